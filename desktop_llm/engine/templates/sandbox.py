"""The sandbox a chat template runs in: Jinja as Hugging Face sets it up, with a meter on every step.

Jinja's ImmutableSandboxedEnvironment keeps a template from reaching Python; it does not keep it
from running for ever or from filling the memory. Three things are added, all portable:

- the generated Python code ticks in every body (loops, branches, macros) and comparison, and
  reports every list, slice, join and output (`_MeteredCode`);
- operators, calls, filters and tests go through the environment, which checks what they would make
  before they make it (`guards`);
- nothing is computed while compiling: `optimized` is off, or `{{ 'A' * 2000000000 }}` would be folded.

The rest follows transformers.utils.chat_template_utils, so that a prompt is the one the model was trained on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from desktop_llm.engine.templates.guards import FILTERS, check_binop, check_call, check_format, guarded, ticked
from desktop_llm.engine.templates.meter import LimitError, Meter, TemplateLimits


class RefusedError(jinja2.TemplateError):
    """The template called raise_exception: it does not want these messages."""


class _MeteredCode(CodeGenerator):
    """Writes the same Python code as Jinja, with calls of the environment's meter in it."""

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        self.writeline("environment.tick()")
        super().blockvisit(nodes, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        self.write("(environment.tick() or ")
        super().visit_Compare(node, frame)
        self.write(")")

    def visit_List(self, node: nodes.List, frame: Frame) -> None:
        self._kept(super().visit_List, node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        self._kept(super().visit_Dict, node, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:
        if node.ctx == "load":
            self._kept(super().visit_Tuple, node, frame)
        else:
            super().visit_Tuple(node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        if isinstance(node.arg, nodes.Slice):  # Jinja lets these bypass environment.getitem
            self._kept(super().visit_Getitem, node, frame)
        else:
            super().visit_Getitem(node, frame)

    def visit_ScopedEvalContextModifier(self, node: nodes.ScopedEvalContextModifier, frame: Frame) -> None:
        self.fail("autoescape is not possible in a chat template", node.lineno)

    def signature(
        self, node: nodes.Call | nodes.Filter | nodes.Test, frame: Frame, extra_kwargs: Any | None = None
    ) -> None:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self.fail("'*' and '**' are not possible in a chat template's calls", node.lineno)
        super().signature(node, frame, extra_kwargs)

    def _kept(self, visit: Callable[[Any, Frame], None], node: nodes.Node, frame: Frame) -> None:
        self.write("environment.kept(")
        visit(node, frame)
        self.write(")")


class _GenerationTag(Extension):
    """{% generation %} marks an assistant's text for training; here its body is just rendered."""

    tags = {"generation"}  # noqa: RUF012  (Jinja declares it so)

    def parse(self, parser: Parser) -> nodes.Node:
        lineno = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(lineno)

    def _body(self, caller: Callable[[], str]) -> str:
        return caller()


class _DictMaker:
    """`dict` for templates, without the type's own attributes."""

    def __call__(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(*args, **kwargs)


class _TemplateNamespace(Namespace):
    """`namespace()`; names with an underscore stay out, and its text does not show what it holds."""

    def __init__(*args: Any, **kwargs: Any) -> None:
        attributes = dict(*args[1:], **kwargs)
        for name in attributes:
            _TemplateNamespace._check_name(name)
        Namespace.__init__(args[0], attributes)

    def __setitem__(self, name: str, value: Any) -> None:
        _TemplateNamespace._check_name(name)
        super().__setitem__(name, value)

    def __repr__(self) -> str:
        return "<Namespace>"  # Jinja's shows the content, which namespaces in namespaces can blow up

    @staticmethod
    def _check_name(name: object) -> None:
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(f"a namespace cannot hold {name!r}")


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Compiles and runs one template. One rendering at a time; `meter` is its account."""

    code_generator_class = _MeteredCode
    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "**", "%"])

    def __init__(self, limits: TemplateLimits) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=[_GenerationTag, loopcontrols],
            optimized=False,
            finalize=self._finalize,
            cache_size=0,
        )
        self.meter = Meter(limits)
        self.filters = {name: guarded(self, name, rule) for name, rule in FILTERS.items()}
        self.filters["tojson"] = self._tojson
        self.tests = {name: ticked(self, cast("Callable[..., Any]", test)) for name, test in self.tests.items()}
        self.globals.pop("lipsum", None)
        self.globals["raise_exception"] = _raise_exception
        self.globals["strftime_now"] = _strftime_now
        self.globals["dict"] = _DictMaker()
        self.globals["namespace"] = _TemplateNamespace

    def tick(self) -> None:
        """Called by the generated code, in every body."""
        self.meter.tick()

    def kept(self, value: Any) -> Any:
        """Called by the generated code, around every list, tuple, dict and slice."""
        return self.meter.keep(value)

    def joined(self, parts: Sequence[Any]) -> str:
        """The operator ~."""
        self.meter.tick()
        texts = [str(part) for part in parts]
        self.meter.check_size(sum(map(len, texts)))
        return str(self.meter.keep("".join(texts)))

    def concat(self, parts: Iterable[str]) -> str:
        """Join a buffer: a macro's, a block's or a {% set %} block's."""
        pieces = []
        size = 0
        for piece in parts:
            pieces.append(piece)
            size += len(piece)
            self.meter.check_size(size)
        return str(self.meter.keep("".join(pieces)))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Any operator of arithmetic."""
        self.meter.tick()
        check_binop(self.meter, operator, left, right)
        return self.meter.keep(super().call_binop(context, operator, left, right))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Any call in the template; the names are Jinja's, to stay clear of the template's own."""
        __self.meter.enter()
        try:
            check_call(__self.meter, __obj, args, kwargs)
            return __self.meter.keep(super().call(__context, __obj, *args, **kwargs))
        finally:
            __self.meter.leave()

    def getitem(self, obj: Any, argument: Any) -> Any:
        """x[y]."""
        self.meter.tick()
        return super().getitem(obj, argument)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """str.format and str.format_map, checked before they run."""
        inner = super().wrap_str_format(value)
        if inner is None:
            return None
        formats, text = inner, str(value.__self__)

        def checked_format(*args: Any, **kwargs: Any) -> str:
            check_format(self.meter, text, "{", [*args, *kwargs.values()])
            return formats(*args, **kwargs)

        return checked_format

    def _finalize(self, value: Any) -> str:
        return str(self.meter.keep(str(value)))

    def _tojson(
        self,
        value: Any,
        ensure_ascii: bool = False,
        indent: Any = None,
        separators: Any = None,
        sort_keys: bool = False,
    ) -> str:
        self.meter.check_size(self.meter.weigh(value))
        if (isinstance(indent, int) and indent > 64) or (isinstance(indent, str) and len(indent) > 64):
            raise LimitError("makes too much text")
        encoder = json.JSONEncoder(
            ensure_ascii=bool(ensure_ascii),
            indent=indent,
            separators=None if separators is None else (str(separators[0]), str(separators[1])),
            sort_keys=bool(sort_keys),
        )
        if indent is None and separators is None:
            return str(self.meter.keep(encoder.encode(value)))
        return self.concat(encoder.iterencode(value))


def _raise_exception(message: object) -> None:
    raise RefusedError(str(message)[:500])


def _strftime_now(format: str) -> str:  # noqa: A002  (transformers' name, which templates may use)
    if len(format) > 256 or any(digit in format for digit in "123456789"):
        raise LimitError("makes too much text")  # C libraries take a width: %1000000000Y
    return datetime.now().strftime(format)  # noqa: DTZ005  (as transformers: the local time, without a zone)
