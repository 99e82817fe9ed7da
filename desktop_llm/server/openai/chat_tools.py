"""Tools of the OpenAI API, and which of them must or may be called -> the engine's. Pure."""

from __future__ import annotations

from desktop_llm.engine.messages import ToolSpec
from desktop_llm.engine.replies.plan import Named, ToolChoice
from desktop_llm.server.exchange.chat_parts import check_tool_names, function_tool
from desktop_llm.server.exchange.chat_wish import ToolWish
from desktop_llm.server.exchange.sampling_fields import bad_parameter
from desktop_llm.server.openai.chat_request import ChatRequest, FunctionSpec, NamedFunction, Tool, ToolChoiceObject


def tools_of(request: ChatRequest) -> ToolWish:
    """What the request asks of tools. Raises ApiError (400)."""
    if request.functions and not request.tools:
        return _functions(request)
    tools = tuple(_spec(tool, f"tools[{i}]") for i, tool in enumerate(request.tools or ()))
    check_tool_names(tools)
    choice: str | ToolChoiceObject | None = request.tool_choice
    if isinstance(choice, ToolChoiceObject) and choice.type == "allowed_tools":
        tools, choice = _allowed(tools, choice)
    wanted = _choice(choice, tools)
    if wanted is ToolChoice.NONE:
        return ToolWish()
    return ToolWish(tools, wanted, request.parallel_tool_calls is not False)


def _functions(request: ChatRequest) -> ToolWish:
    tools = tuple(_described(function) for function in request.functions or ())
    check_tool_names(tools)
    choice = request.function_call
    if choice == "none":
        return ToolWish()
    if not isinstance(choice, NamedFunction):
        return ToolWish(tools, ToolChoice.AUTO, is_parallel=False)
    return ToolWish(tools, _named(choice.name, tools, "function_call"), is_parallel=False)


def _spec(tool: Tool, where: str) -> ToolSpec:
    if tool.type != "function":
        raise bad_parameter("Only tools of the type function are possible.", f"{where}.type")
    if tool.function is None:
        raise bad_parameter(f"{where}.function is missing.", f"{where}.function")
    return _described(tool.function)


def _described(function: FunctionSpec) -> ToolSpec:
    return function_tool(function.name, function.description, function.parameters)


def _allowed(tools: tuple[ToolSpec, ...], choice: ToolChoiceObject) -> tuple[tuple[ToolSpec, ...], str]:
    if choice.allowed_tools is None:
        raise bad_parameter("tool_choice.allowed_tools is missing.", "tool_choice.allowed_tools")
    names = {tool.function.name for tool in choice.allowed_tools.tools if tool.function is not None}
    allowed = tuple(tool for tool in tools if tool["function"]["name"] in names)
    if len(allowed) < len(names):
        raise bad_parameter("tool_choice.allowed_tools names a tool that is not in tools.", "tool_choice.allowed_tools")
    return allowed, choice.allowed_tools.mode


def _choice(choice: str | ToolChoiceObject | None, tools: tuple[ToolSpec, ...]) -> ToolChoice | Named:
    if isinstance(choice, ToolChoiceObject):
        if choice.type != "function" or choice.function is None:
            raise bad_parameter("tool_choice must name a function.", "tool_choice")
        return _named(choice.function.name, tools, "tool_choice")
    if choice == "required":
        if not tools:
            raise bad_parameter("tool_choice is required, but there are no tools.", "tool_choice")
        return ToolChoice.REQUIRED
    return ToolChoice.AUTO if tools and choice != "none" else ToolChoice.NONE


def _named(name: str, tools: tuple[ToolSpec, ...], param: str) -> ToolChoice | Named:
    if all(tool["function"]["name"] != name for tool in tools):
        raise bad_parameter(f"{param} names the function {name}, which is not among the tools.", param)
    return Named(name)
