"""Chat templates that would never end, or would fill the memory, each by another door."""

# ruff: noqa: E501  (a template stands on one line)

BOMBS: dict[str, str] = {
    # loops
    "nested loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}"
    "{% endfor %}{% endfor %}",
    "nested loops that print": "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "nested loops that print values": "{% for a in range(99999) %}{% for b in range(99999) %}{{ a * b }}{% endfor %}"
    "{% endfor %}",
    "loops in a set block": "{% set x %}{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}"
    "{% endfor %}{% endset %}",
    "filtered loop": "{% for a in range(99999) if range(99999)|select('odd')|list|length < 0 %}{% endfor %}",
    "recursive loop": "{% for a in [1] recursive %}{{ loop([1, 1]) }}{% endfor %}",
    "huge range": "{% for a in range(2000000000) %}{% endfor %}",
    "huge range as a list": "{{ range(2000000000)|list }}",
    "loop over a long text": "{% set s = 'ab' * 1000000 %}{% for a in s %}{% for b in s %}{% endfor %}{% endfor %}",
    "comparisons": "{% set a = 'x' * 3900000 %}{% set b = a ~ '' %}{% for i in range(99999) %}"
    "{% set c = a == b and a == b and a == b and a == b and a == b and a == b and a == b %}{% endfor %}",
    "searches in a list": "{% set a = range(99999)|list %}{% for i in range(99999) %}{% set c = -1 in a %}{% endfor %}",
    # calls
    "macro calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "macro calls itself twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(50) }}",
    "macro doubles its text": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% else %}{{ 'x' * 1000 }}{% endif %}"
    "{% endmacro %}{{ m(40) }}",
    "block calls itself": "{% block b %}{{ self.b() }}{% endblock %}",
    "call block": "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}"
    + "{% call m() %}" * 18
    + "x" * 1000
    + "{% endcall %}" * 18,
    # operators
    "text times number": "{{ 'A' * 2000000000 }}",
    "number times text": "{{ 2000000000 * 'A' }}",
    "list times number": "{{ ([1] * 2000000000)|length }}",
    "tuple times number": "{{ ((1,) * 2000000000)|length }}",
    "text times number, folded": "{% if 'A' * 2000000000 %}{% endif %}",
    "power": "{{ 10 ** (10 ** 10) }}",
    "power tower": "{{ 9 ** (9 ** (9 ** 9)) }}",
    "power of a negative": "{{ (-9) ** 999999999 }}",
    "square and square again": "{% set ns = namespace(x=99) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    "width in %": "{{ '%2000000000d' % 1 }}",
    "width in % from a value": "{{ '%*d' % (2000000000, 1) }}",
    "precision in %": "{{ '%.2000000000f' % 1.5 }}",
    "width in % with a name": "{{ '%(a)2000000000d' % {'a': 1} }}",
    "zeros in % width": "{{ '%000000000002000000000d' % 1 }}",
    "many long % values": "{% set s = 'x' * 3900000 %}{{ ('%s' * 1000) % ([s] * 1)|list }}{{ '%s%s%s%s%s%s%s%s%s%s' % (s, s, s, s, s, s, s, s, s, s) }}",
    "many % of one name": "{% set s = 'x' * 3000000 %}{{ ('%(a)s' * 100000) % {'a': s} }}",
    "doubling by ~": "{% set ns = namespace(s='A') %}{% for i in range(64) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
    "doubling by +": "{% set ns = namespace(s='A') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}",
    "doubling a list": "{% set ns = namespace(s=[1]) %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "doubling by set": "".join(f"{{% set a{i + 1} = a{i} ~ a{i} %}}" for i in range(64)).replace("a0", "'A'"),
    "doubling by a set block": "".join(
        f"{{% set a{i + 1} %}}{{{{ a{i} }}}}{{{{ a{i} }}}}{{% endset %}}" for i in range(64)
    ).replace("{{ a0 }}", "A"),
    "many texts": "{% set s = 'x' * 3900000 %}" + "".join(f"{{% set a{i} = s ~ {i} %}}" for i in range(2000)),
    "many texts in a list": "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}"
    "{% set ns.l = ns.l + ['x' * 100000 ~ i] %}{% endfor %}",
    "many slices": "{% set s = 'x' * 3900000 %}" + "".join(f"{{% set a{i} = s[1:] %}}" for i in range(2000)),
    # values that hold each other
    "shared lists": "{% set ns = namespace(x=[1]) %}{% for i in range(64) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    "shared dicts": "{% set ns = namespace(x=1) %}{% for i in range(64) %}{% set ns.x = {'a': ns.x, 'b': ns.x} %}{% endfor %}"
    "{{ ns.x|tojson }}",
    "shared views": "{% set ns = namespace(x=1) %}{% for i in range(64) %}"
    "{% set ns.x = {'a': ns.x, 'b': ns.x}.values() %}{% endfor %}{{ ns.x }}",
    "shared tuples as keys": "{% set ns = namespace(x=(1,)) %}{% for i in range(64) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}"
    "{{ {ns.x: 1} }}",
    "equal deep lists": "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(64) %}{% set ns.x = [ns.x, ns.x] %}"
    "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
    "shared in dict()": "{% set ns = namespace(x=1) %}{% for i in range(64) %}{% set ns.x = dict(a=ns.x, b=ns.x) %}{% endfor %}{{ ns.x }}",
    "shared namespaces": "{% set ns = namespace(x=namespace()) %}{% for i in range(64) %}"
    "{% set ns.x = namespace(a=ns.x, b=ns.x) %}{% endfor %}{{ [ns.x] * 300000 }}",
    "deep list": "{% set ns = namespace(x=[1]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
    # methods
    "ljust": "{{ 'x'.ljust(2000000000) }}",
    "rjust": "{{ 'x'.rjust(2000000000) }}",
    "center method": "{{ 'x'.center(2000000000) }}",
    "zfill": "{{ 'x'.zfill(2000000000) }}",
    "expandtabs": "{{ '\\t'.expandtabs(2000000000) }}",
    "expandtabs many": "{{ ('\\t' * 3000000).expandtabs(9999) }}",
    "replace method": "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
    "replace nothing": "{{ ('a' * 100000).replace('', 'b' * 100000) }}",
    "join method": "{{ ('x' * 100000).join('a' * 100000) }}",
    "join method of a list": "{{ ('x' * 100000).join(range(99999)|map('string')|list) }}",
    "format width": "{{ '{:2000000000}'.format(1) }}",
    "format width from a value": "{{ '{:{}}'.format(1, 2000000000) }}",
    "format precision": "{{ '{:.2000000000f}'.format(1.5) }}",
    "format many": "{% set s = 'x' * 3000000 %}{{ ('{0}' * 100000).format(s) }}",
    "format_map": "{% set s = 'x' * 3000000 %}{{ ('{a}' * 100000).format_map({'a': s}) }}",
    "translate": "{{ ('a' * 100000).translate({97: 'b' * 100000}) }}",
    "to_bytes": "{{ (1).to_bytes(2000000000, 'little') }}",
    "encode": "{{ ('x' * 1000).encode().ljust(2000000000) }}",
    "split": "{% set s = 'a ' * 1900000 %}{{ s.split(' ')|length }}",
    "splitlines": "{% set s = 'a\\n' * 1900000 %}{{ s.splitlines()|length }}",
    "strip of many": "{{ ('a' * 3900000).strip('b' * 3900000 ~ 'a') }}",
    "rfind": "{{ ('a' * 3900000).rfind('b' ~ 'a' * 1900000) }}",
    "range method": "{{ range(0, 10 ** 18, 10 ** 18)|list }}{{ range(10 ** 18)|length }}",
    # filters
    "center": "{{ 'x'|center(2000000000) }}",
    "indent": "{{ ('a\\n' * 100000)|indent(100000, true) }}",
    "indent by a text": "{{ ('a\\n' * 100000)|indent('b' * 100000, true) }}",
    "replace": "{{ ('a' * 100000)|replace('a', 'b' * 100000) }}",
    "join": "{{ range(99999)|join('x' * 100000) }}",
    "join a text": "{{ ('a' * 199999)|join('x' * 100000) }}",
    "join many": "{% set s = 'x' * 100000 %}{{ ([s] * 39)|join(s) }}{{ [s, s, s]|batch(1)|map('join', s)|list }}"
    "{{ ([s] * 39)|map('string')|join(s ~ s ~ s) }}",
    "format filter": "{{ '%2000000000d'|format(1) }}",
    "format filter by name": "{{ '%(a)2000000000d'|format(a=1) }}",
    "batch": "{{ [1]|batch(2000000000, 0)|list }}",
    "slice": "{{ [1]|slice(2000000000)|list }}",
    "slice many": "{% for a in [1]|slice(9999) %}{% for b in [1]|slice(9999) %}{% for c in [1]|slice(9999) %}x"
    "{% endfor %}{% endfor %}{% endfor %}",
    "round": "{{ 1|round(2000000000, 'ceil') }}",
    "sum of lists": "{{ ([[1, 2]] * 60000)|sum(start=[])|length }}{{ ([[1] * 90] * 2000)|sum(start=[])|length }}",
    "tojson indent": "{{ [[[[[[[[1]]]]]]]]|tojson(indent=2000000000) }}",
    "tojson indent many": "{% set ns = namespace(x=range(9999)|list) %}{% for i in range(90) %}{% set ns.x = [ns.x] %}{% endfor %}"
    "{{ ns.x|tojson(indent=60) }}",
    "lipsum": "{{ lipsum(n=2000000000) }}",
    "wordwrap": "{{ ('x' * 3000000)|wordwrap(1) }}",
    "list of a text": "{{ ('é漢' * 1900000)|list|length }}",
    "sort many": "{% for i in range(99999) %}{% set x = range(99999, 0, -1)|sort %}{% endfor %}",
    "map of map": "{% set x = range(99999)|map('string')|map('list')|map('join')|list %}" * 40,
    "escape": "{{ ('<' * 3900000)|e|e|e|e|e|e }}",
    "markup times": "{{ ('<' * 1000000)|safe + '<' * 3900000 }}{{ ('%s' * 300000)|safe % (('<' * 1000,) * 3000) }}",
    "int of a long text": "{{ ('f' * 3900000)|int(base=16) * 2 }}",
    "urlencode": "{{ ('é' * 3900000)|urlencode }}",
    "strftime_now": "{{ strftime_now('%2000000000Y') }}",
    "strftime_now long": "{{ strftime_now('%c' * 1900000) }}",
    "attribute path": "{{ [1]|map(attribute='a.' * 1900000)|list }}",
    "unpacked text": "{% macro m() %}{% endmacro %}{{ m(*('é' * 3900000)) }}",
    "cycler": "{{ cycler('x' * 3900000).next() * 10 }}",
    "generation tag": "{% generation %}{{ 'A' * 2000000000 }}{% endgeneration %}",
    "filter block": "{% filter replace('a', 'b' * 100000) %}" + "a" * 1000 + "{% endfilter %}",
    # the source itself
    "long source": "x" * 2_000_000,
    "deep parentheses": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "deep loops": "{% for a in [1] %}" * 200 + "{% endfor %}" * 200,
    "deep conditions": "{% if 1 %}" * 500 + "{% endif %}" * 500,
    "long sum": "{{ " + "1 + " * 20000 + "1 }}",
}

#: What a sandbox must not let out: each must be refused, or come out as nothing.
ESCAPES: dict[str, str] = {
    "class": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "class by attr": "{{ (''|attr('__class__'))|attr('__mro__') }}",
    "class by item": "{{ ''['__class__']['__mro__'] }}",
    "globals of a function": "{{ raise_exception.__globals__['os'].system('true') }}",
    "globals of strftime_now": "{{ strftime_now.__globals__ }}",
    "globals by self": "{{ self.__init__.__globals__ }}",
    "cycler": "{{ cycler.__init__.__globals__.os.popen('true').read() }}",
    "joiner": "{{ joiner.__init__.__globals__ }}",
    "namespace": "{{ namespace.__init__.__globals__ }}",
    "namespace's class": "{{ namespace().__class__ }}",
    "namespace with an underscore": "{% set ns = namespace(__class__=1) %}{{ ns }}!",
    "namespace set underscore": "{% set ns = namespace() %}{% set ns._x = 1 %}{{ ns._x }}!",
    "format class": "{{ '{0.__class__.__mro__}'.format('') }}",
    "format map class": "{{ '{a.__class__}'.format_map({'a': ''}) }}",
    "format by map": "{{ ['{0.__class__}']|map('format', '')|list }}{{ (['{0.__class__}']|map(attribute='format')|first)(1) }}",
    "import": "{% import 'os' as os %}{{ os }}",
    "include": "{% include '/etc/passwd' %}",
    "extends": "{% extends '/etc/passwd' %}",
    "from": "{% from 'os' import system %}",
    "dict's class": "{{ dict.__class__.__mro__ }}",
    "macro's function": "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "loop's internals": "{% for a in [1] %}{{ loop._iterator.__class__ }}{% endfor %}",
    "generator's frame": "{{ ([1]|map('string')).gi_frame.f_globals }}",
    "undefined's class": "{{ nothing.__class__ }}",
    "list append": "{{ messages.append(1) }}",
    "dict update": "{{ messages[0].update({'a': 1}) }}",
    "dict clear": "{{ messages[0].clear() }}",
    "environment": "{{ environment }}{{ environment.meter }}!",
    "context": "{{ context.environment }}",
    "filters by attr": "{{ ('x'|upper)|attr('__str__')|attr('__self__') }}",
}
