"""What a program sends to the local API, in a few languages. Plain text; no key stands in it."""

from __future__ import annotations

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
  -d '{{"model": "{model}", "messages": [{{"role": "user", "content": "Hello"}}]}}'"""

_OPENAI: Final = """{trust}from openai import OpenAI

client = OpenAI(base_url="{address}/v1", api_key="{key}")
reply = client.chat.completions.create(
    model="{model}",
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(reply.choices[0].message.content)"""

_NODE: Final = """{trust}import OpenAI from "openai";

const client = new OpenAI({{ baseURL: "{address}/v1", apiKey: "{key}" }});
const reply = await client.chat.completions.create({{
  model: "{model}",
  messages: [{{ role: "user", content: "Hello" }}],
}});
console.log(reply.choices[0].message.content);"""

_ANTHROPIC: Final = """{trust}from anthropic import Anthropic

client = Anthropic(base_url="{address}", api_key="{key}")
reply = client.messages.create(
    model="{model}",
    max_tokens=500,
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(reply.content[0].text)"""

_OLLAMA: Final = """{trust}from ollama import Client

client = Client(host="{address}", headers={{"Authorization": "Bearer {key}"}})
reply = client.chat(model="{model}", messages=[{{"role": "user", "content": "Hello"}}])
print(reply.message.content)"""

_TEXTS: Final = dict(zip(EXAMPLES, (_CURL, _OPENAI, _NODE, _ANTHROPIC, _OLLAMA), strict=True))


def example(name: str, config: ServerConfig, model: str) -> str:
    """One of EXAMPLES for a server that is, or would be, served so."""
    options, address = "", address_of(config)
    if config.socket_path is not None:
        options, address = f" --unix-socket {shlex.quote(str(config.socket_path))}", "http://localhost"
    trust = ""
    if config.tls is not None and config.socket_path is None:
        certificate = shlex.quote(str(config.tls.certificate))
        options = f" --cacert {certificate}"
        is_node = name.startswith("Node")
        variable = "NODE_EXTRA_CA_CERTS" if is_node else "SSL_CERT_FILE"
        trust = f"{'//' if is_node else '#'} {variable}={certificate}\n"
    return _TEXTS[name].format(address=address, key=MASK, model=model, options=options, trust=trust)
