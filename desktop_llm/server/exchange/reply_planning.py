"""A chat's wish as a plan of its reply, and the parameters that go with it. Any thread; it renders the prompt."""

from __future__ import annotations

from desktop_llm.engine.replies.either import either
from desktop_llm.engine.replies.forcing import schema_grammar
from desktop_llm.engine.replies.plan import ReplyPlan, ToolChoice, reply_plan
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.server.exchange.chat_wish import ChatWish
from desktop_llm.server.exchange.sampling_fields import changed


def planned(template: str | None, wish: ChatWish) -> tuple[ReplyPlan, SamplingParams]:
    """The plan for a model with this template, and what is asked of the engine.

    Where the model may call tools and what it says has a schema, the reply is either: calls, or JSON of the schema.
    Raises GrammarError, ApiError.
    """
    tools = wish.tools
    plan = reply_plan(template, wish.prompt, tools.choice, tools.is_parallel)
    params = plan.params(wish.params)
    if wish.params.json_schema is None or tools.choice is not ToolChoice.AUTO or not tools.tools:
        return plan, params
    said = params.grammar if params.json_schema is None else schema_grammar(params.json_schema)
    calls = reply_plan(template, wish.prompt, ToolChoice.REQUIRED, tools.is_parallel).grammar
    assert said is not None and calls is not None
    return plan, changed(params, grammar=either(calls, said), json_schema=None)
