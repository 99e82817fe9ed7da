"""What a program sends to the local API, in a few languages. Plain text; no key stands in it."""

from __future__ import annotations

import json
import shlex
from typing import Final

from desktop_llm.server.api_server import address_of
from desktop_llm.server.config import ServerConfig

#: What stands for a key.
MASK: Final = "dllm-••••••"

EXAMPLES: Final = ("curl", "Python (openai)", "Node (openai)", "Python (anthropic)", "Python (ollama)")

_CURL: Final = """curl {address}/v1/chat/completions{options} \\
  -H "Authorization: Bearer {key}" \\
  -H "Content-Type: application/json" \\
  -d {body}"""

_OPENAI: Final = """{before}from openai import OpenAI

client = OpenAI(base_url="{address}/v1", api_key="{key}"{over})
reply = client.chat.completions.create(
    model={model},
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(reply.choices[0].message.content)"""

_NODE: Final = """{before}import OpenAI from "openai";

const client = new OpenAI({{ baseURL: "{address}/v1", apiKey: "{key}"{over} }});
const reply = await client.chat.completions.create({{
  model: {model},
  messages: [{{ role: "user", content: "Hello" }}],
}});
console.log(reply.choices[0].message.content);"""

_ANTHROPIC: Final = """{before}from anthropic import Anthropic

client = Anthropic(base_url="{address}", api_key="{key}"{over})
reply = client.messages.create(
    model={model},
    max_tokens=500,
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(reply.content[0].text)"""

_OLLAMA: Final = """{before}from ollama import Client

client = Client(host="{address}", headers={{"Authorization": "Bearer {key}"}}{over})
reply = client.chat(model={model}, messages=[{{"role": "user", "content": "Hello"}}])
print(reply.message.content)"""

_TEXTS: Final = dict(zip(EXAMPLES, (_CURL, _OPENAI, _NODE, _ANTHROPIC, _OLLAMA), strict=True))


#: How each client is led over a Unix socket: further imports, and what its client is given.
_OVER_A_SOCKET: Final = {
    "Python (openai)": (
        "from httpx2 import HTTPTransport  # httpx in older versions\nfrom openai import DefaultHttpxClient\n",
        ",\n    http_client=DefaultHttpxClient(transport=HTTPTransport(uds={path})),\n",
    ),
    "Node (openai)": (
        'import {{ Agent, fetch }} from "undici";\n',
        ",\n  fetch, fetchOptions: {{ dispatcher: new Agent({{ connect: {{ socketPath: {path} }} }}) }}",
    ),
    "Python (anthropic)": (
        "from anthropic import DefaultHttpxClient\nfrom httpx2 import HTTPTransport  # httpx in older versions\n",
        ",\n    http_client=DefaultHttpxClient(transport=HTTPTransport(uds={path})),\n",
    ),
    "Python (ollama)": ("from httpx import HTTPTransport\n", ", transport=HTTPTransport(uds={path})"),
}


def example(name: str, config: ServerConfig, model: str) -> str:
    """One of EXAMPLES for a server that is, or would be, served so."""
    address = address_of(config)
    options = before = over = ""
    if config.socket_path is not None:
        path, address = str(config.socket_path), "http://localhost"
        options = f" --unix-socket {shlex.quote(path)}"
        before, over = (part.format(path=_quoted(path)) for part in _OVER_A_SOCKET.get(name, ("", "")))
    elif config.tls is not None:
        certificate = shlex.quote(str(config.tls.certificate))
        options = f" --cacert {certificate}"
        is_node = name.startswith("Node")
        variable = "NODE_EXTRA_CA_CERTS" if is_node else "SSL_CERT_FILE"
        before = f"{'//' if is_node else '#'} {variable}={certificate}\n"
    body = shlex.quote(f'{{"model": {_quoted(model)}, "messages": [{{"role": "user", "content": "Hello"}}]}}')
    return _TEXTS[name].format(
        address=address, key=MASK, model=_quoted(model), options=options, before=before, over=over, body=body
    )


def _quoted(text: str) -> str:
    """As Python, JavaScript and JSON write it."""
    return json.dumps(text, ensure_ascii=False)
