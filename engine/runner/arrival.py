"""A trial that has ended, before the log knows: what came, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.domain.event import EventDraft
from engine.domain.outcome import OutcomeStatus
from engine.domain.tool import ToolCall, ToolResult
from engine.domain.trial import Trial
from engine.domain.verdict import Verdict
from engine.ports import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """A call of a tool, and what came back.

    Attributes:
        call: What was called.
        source: What the tool ran, as text: a program, or the call as JSON.
        result: What came back.
    """

    call: ToolCall
    source: str
    result: ToolResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What a trial comes to.

    Attributes:
        reason: Short code for the log.
        status: How it ended.
        answer_text: The text of its answer; ``None`` abstains.
        error: What failed, for people.
        run: The run of a tool behind it.
        is_final: Whether the path ends here.
        parts: The proposals that it holds.
        final_parts: Which of them hold an answer.
        score: How probably the path is right, in [0, 1].
        verdict: What a check of the path found.
        pick: Which of a vote's subjects was chosen.
        call: Name of the tool whose call the text ends with.
    """

    reason: str
    status: OutcomeStatus = OutcomeStatus.COMPLETE
    answer_text: str | None = None
    error: str | None = None
    run: ToolRun | None = None
    is_final: bool = True
    parts: tuple[str, ...] = ()
    final_parts: tuple[int, ...] = ()
    score: float | None = None
    verdict: Verdict | None = None
    pick: int | None = None
    call: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A trial that has ended, before the log knows.

    Attributes:
        trial: Which.
        choice: What was returned for it; of a verifier or a tool its words, as if a model's.
        concluded: What it comes to.
        at_ms: When it arrived, in milliseconds since the attempt began.
    """

    trial: Trial
    choice: Choice
    concluded: Concluded
    at_ms: int


Bodies: TypeAlias = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Events and the bodies they refer to.

    Attributes:
        drafts: In order.
        bodies: Digest to bytes.
    """

    drafts: tuple[EventDraft, ...] = ()
    bodies: Bodies = field(default_factory=dict[str, bytes])
