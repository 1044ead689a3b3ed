"""Which tool a model calls for a question, and with what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from engine.training.example import ToolUse
from engine.training.frameworks.framework import TOOLS
from engine.training.row_format import END, NONE, RESULT
from engine.training.rows import Called, InvalidRowError, read_call, render

NO_TOOL: Final = "none"
UNREADABLE: Final = "unreadable"

_NAME: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*\{")


class Writer(Protocol):
    """Whatever continues the beginning of a row."""

    def write(self, prompts: Sequence[str]) -> list[str]:
        """The likeliest continuation of each prompt, up to the end token."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolChoice:
    """What a model chose.

    Attributes:
        name: The tool's name, `none`, or `unreadable` where the text is neither.
        use: The call; None where none was made or its arguments are no JSON object.
        text: What was written.
    """

    name: str
    use: ToolUse | None = None
    text: str = ""

    @property
    def is_call(self) -> bool:
        """Whether a tool was to be called, well written or not."""
        return self.name != NO_TOOL


def render_tool_prompt(question: str, offered: Sequence[str]) -> str:
    """What a model is given to choose a tool; the offer is listed when it is not of all.

    Raises:
        InvalidRowError: The question is empty or holds a mark.
    """
    listed = () if set(offered) == set(TOOLS) else tuple(offered)
    row = render(Called(question=question, calls=(), offered=listed))
    return row.removesuffix(f"{NONE}{END}")


def read_tool_choice(text: str) -> ToolChoice:
    """What was chosen, from the text behind the prompt; what follows the call is left out."""
    written = text.partition(END)[0].partition(RESULT)[0].strip()
    if written == NONE:
        return ToolChoice(name=NO_TOOL, text=written)
    try:
        use = read_call(written)
    except InvalidRowError:
        # The choice can be right although the arguments are not well written.
        match = _NAME.match(written)
        return ToolChoice(name=match[1] if match else UNREADABLE, text=written)
    return ToolChoice(name=use.name, use=use, text=written)


def choose_tools(
    writer: Writer, questions: Sequence[str], offers: Sequence[Sequence[str]]
) -> list[ToolChoice]:
    """A model's choice for each question among the tools offered with it."""
    pairs = zip(questions, offers, strict=True)
    prompts = [render_tool_prompt(question, offered) for question, offered in pairs]
    return [read_tool_choice(text) for text in writer.write(prompts)]
