"""Questions with the call that answers them, in wordings that training never saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from engine.domain.canonical import canonical_bytes
from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall
from engine.ports import ToolRunner
from engine.training.drift.tool_choice import NO_TOOL, ToolChoice
from engine.training.example import Conversation, ToolUse
from engine.training.frameworks.tool_draw import draw_tool_conversation
from engine.training.problem import Split


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCase:
    """One question.

    Attributes:
        question: The text.
        offered: Names of the tools to choose from.
        use: The call that answers it; None where no tool offered fits.
    """

    question: str
    offered: tuple[str, ...]
    use: ToolUse | None

    @property
    def expected(self) -> str:
        """The right tool's name, or `none`."""
        return NO_TOOL if self.use is None else self.use.name

    def is_same_call(self, use: ToolUse | None) -> bool:
        """Whether a call is the expected one, argument by argument."""
        if self.use is None or use is None:
            return self.use is use
        same = canonical_bytes(dict(self.use.arguments)) == canonical_bytes(dict(use.arguments))
        return self.use.name == use.name and same


def draw_cases(n_cases: int, *, seed: int) -> tuple[ToolCase, ...]:
    """Draw questions of the test split, none twice."""
    rng = Random(f"tool-eval:{seed}")
    found: dict[str, ToolCase] = {}
    while len(found) < n_cases:
        case = _to_case(draw_tool_conversation(rng, Split.TEST))
        found.setdefault(case.question, case)
    return tuple(found.values())


async def run_choices(
    choices: Sequence[ToolChoice],
    runner: ToolRunner,
    tell: Callable[[], object] = lambda: None,
) -> list[str | None]:
    """Make every call that was chosen.

    Args:
        choices: What a model chose.
        runner: The real tools.
        tell: Called after each.

    Returns:
        How each ended: the tool's status, `unreadable` for text that is no call, `unknown-tool`;
        None where no tool was called.
    """
    found: list[str | None] = []
    for choice in choices:
        found.append(await _run(choice, runner))
        tell()
    return found


async def _run(choice: ToolChoice, runner: ToolRunner) -> str | None:
    if not choice.is_call:
        return None
    if choice.use is None:
        return "unreadable"
    try:
        call = ToolCall(name=choice.use.name, arguments=choice.use.arguments)
        return (await runner.run(call)).status.value
    except UnknownToolError as error:
        return error.code


def _to_case(conversation: Conversation) -> ToolCase:
    first, *_, last = conversation.messages
    return ToolCase(
        question=" ".join(first.content.split()),
        offered=conversation.tools,
        use=last.calls[0] if last.calls else None,
    )
