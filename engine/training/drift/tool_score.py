"""How well tools are chosen and called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain.tool import ToolStatus
from engine.training.drift.comparison import Confusion, confusion_of
from engine.training.drift.measure import Measure, measure
from engine.training.drift.tool_case import ToolCase
from engine.training.drift.tool_choice import NO_TOOL, ToolChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolScore:
    """What is reported; a figure is None where there is nothing to measure it on.

    Attributes:
        n_cases: How many questions were asked.
        right_choice: The right tool, or none where none fits; of all questions.
        right_tool: Of questions that a tool offered answers.
        declined_rightly: No tool, of questions that none answers.
        readable_calls: Of calls made: a name with a JSON object behind it.
        executed_calls: Of calls made: the tool accepts the arguments and succeeds.
        same_call: Of calls of the right tool: every argument as it was expected.
        constant_choice: What always choosing the commonest answer would get right.
        confusion: Counts by the right choice, then by the model's.
        endings: How calls ended; empty where none was executed.
    """

    n_cases: int
    right_choice: Measure | None
    right_tool: Measure | None
    declined_rightly: Measure | None
    readable_calls: Measure | None
    executed_calls: Measure | None
    same_call: Measure | None
    constant_choice: float
    confusion: Confusion
    endings: Mapping[str, int]


def score_choices(
    cases: Sequence[ToolCase],
    choices: Sequence[ToolChoice],
    endings: Sequence[str | None] | None,
    *,
    seed: int,
) -> ToolScore:
    """Score a model's choices.

    Args:
        cases: The questions; at least one.
        choices: The model's, in their order.
        endings: How each call ended; None when none was executed.
        seed: Of the intervals.

    Raises:
        ValueError: Without a question.
    """
    if not cases:
        raise ValueError("nothing was asked")
    pairs = list(zip(cases, choices, strict=True))
    fitting = [(case, choice) for case, choice in pairs if case.use is not None]
    unfitting = [choice for case, choice in pairs if case.use is None]
    called = [choice for choice in choices if choice.is_call]
    ended = [one for one in endings or () if one is not None]
    chosen_right = [(a, b) for a, b in fitting if a.expected == b.name and b.use is not None]
    return ToolScore(
        n_cases=len(cases),
        right_choice=measure([a.expected == b.name for a, b in pairs], seed=seed),
        right_tool=measure([a.expected == b.name for a, b in fitting], seed=seed),
        declined_rightly=measure([one.name == NO_TOOL for one in unfitting], seed=seed),
        readable_calls=measure([one.use is not None for one in called], seed=seed),
        executed_calls=measure([one == ToolStatus.OK for one in ended], seed=seed),
        same_call=measure([a.is_same_call(b.use) for a, b in chosen_right], seed=seed),
        constant_choice=max(Counter(case.expected for case in cases).values()) / len(cases),
        confusion=confusion_of([(a.expected, b.name) for a, b in pairs]),
        endings=dict(sorted(Counter(ended).items())),
    )
