"""How models mark their reasoning, and how the prompt shows that it has begun."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThoughtMarks:
    """What stands around a thought. `anywhere`: also after text; else only where nothing was said before."""

    begin: str
    end: str
    anywhere: bool = False


#: By what models write themselves, whatever their template says.
THINK = ThoughtMarks("<think>", "</think>")

_KNOWN = (
    ThoughtMarks("<|channel>thought", "<channel|>", anywhere=True),
    ThoughtMarks("[THINK]", "[/THINK]", anywhere=True),
    ThoughtMarks("<|START_THINKING|>", "<|END_THINKING|>", anywhere=True),
    ThoughtMarks("<seed:think>", "</seed:think>"),
    ThoughtMarks("<mm:think>", "</mm:think>"),
    ThoughtMarks("<think:opensource>", "</think:opensource>"),
    ThoughtMarks("<|inner_prefix|>", "<|inner_suffix|>", anywhere=True),
    ThoughtMarks("<|open|>think<|sep|>", "<|close|>think<|sep|>", anywhere=True),
    ThoughtMarks("Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]"),
    ThoughtMarks("<|think|>", "<|end|>", anywhere=True),
    ThoughtMarks("<thinking>", "</thinking>"),
    ThoughtMarks("<reasoning>", "</reasoning>"),
    ThoughtMarks("<thought>", "</thought>"),
)


def marks_of(template: str) -> tuple[ThoughtMarks, ...]:
    """The marks that a template's source names, and the commonest."""
    named = tuple(marks for marks in _KNOWN if marks.begin in template and marks.end in template)
    return (THINK, *named)


def opened(prompt_text: str, marks: tuple[ThoughtMarks, ...]) -> ThoughtMarks | None:
    """The marks of the thought that the prompt's end has begun."""
    end = prompt_text.rstrip()
    return next((each for each in marks if end.endswith(each.begin)), None)


def closed(prompt_text: str, marks: tuple[ThoughtMarks, ...]) -> bool:
    """Whether the prompt's end has a thought over and done."""
    end = prompt_text.rstrip()
    return any(end.endswith(each.end) for each in marks)


def left_open(text: str, marks: tuple[ThoughtMarks, ...]) -> ThoughtMarks | None:
    """The marks of a thought that a message, which the reply continues, has begun and not ended."""
    for each in marks:
        begun = text.rfind(each.begin)
        if begun >= 0 and each.end not in text[begun:] and (each.anywhere or not text[:begun].strip()):
            return each
    return None
