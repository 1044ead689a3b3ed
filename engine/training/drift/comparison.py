"""How behaviour moved between two versions, and how stable each of them is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.domain.statistics import mcnemar_exact
from engine.training.drift.behaviour import Behaviour
from engine.training.drift.measure import Measure, Shift, measure, shift
from engine.training.drift.prompt import Prompt
from engine.training.drift.reply import agreement, answer_entropy_bits

Confusion = Mapping[str, Mapping[str, int]]
Pairs = Sequence[tuple[Behaviour, Behaviour]]
Property = Callable[[Behaviour], float]

_MIN_SAMPLES: Final = 2
# What every prompt has a value of, by the name in the report.
_PROPERTIES: Final[Mapping[str, Property]] = {
    "tokens": lambda one: one.greedy.n_tokens,
    "statements": lambda one: one.greedy.n_statements,
    "declined": lambda one: one.greedy.is_declined,
    "no_answer": lambda one: one.greedy.said is None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Correctness:
    """What is right of the prompts whose answer is known.

    Attributes:
        accuracy: Greedy.
        transitions: How many went from right or wrong to right or wrong.
        mcnemar_p: How surprising the split of those that changed would be if both were as good.
    """

    accuracy: Shift
    transitions: Mapping[str, int]
    mcnemar_p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDrift:
    """Which tools are called.

    Attributes:
        agreement: How often both versions choose the same.
        confusion: Counts by the old version's choice, then by the new one's.
    """

    agreement: Measure
    confusion: Confusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that is reported; None where the prompts hold nothing to measure it on.

    Attributes:
        n_prompts: How many prompts were asked.
        agreement: How often both versions say the same, or both nothing.
        properties: Of the greedy solutions: length, refusals.
        correctness: Where answers are known.
        tools: Where tools are offered.
        paraphrase: The share of pairs of phrasings that get the same answer.
        seed: The share of pairs of samples that give the same answer.
        entropy_bits: Of the samples' answers.
    """

    n_prompts: int
    agreement: Measure
    properties: Mapping[str, Shift]
    correctness: Correctness | None = None
    tools: ToolDrift | None = None
    paraphrase: Shift | None = None
    seed: Shift | None = None
    entropy_bits: Shift | None = None


def compare(
    prompts: Sequence[Prompt], old: Sequence[Behaviour], new: Sequence[Behaviour], *, seed: int
) -> Comparison:
    """Compare two versions prompt by prompt.

    Args:
        prompts: At least one.
        old: What the old version did, in their order.
        new: What the new one did, likewise.
        seed: Of the intervals.

    Raises:
        ValueError: Without a prompt.
    """
    pairs = list(zip(old, new, strict=True))
    same = measure([a.greedy.said == b.greedy.said for a, b in pairs], seed=seed)
    if same is None:
        raise ValueError("nothing was asked")
    sampled = [pair for pair in pairs if len(pair[0].samples) >= _MIN_SAMPLES]
    retold = [pair for pair in pairs if pair[0].retold]
    properties = {name: _shift(pairs, get, seed) for name, get in _PROPERTIES.items()}
    return Comparison(
        n_prompts=len(prompts),
        agreement=same,
        properties={name: found for name, found in properties.items() if found is not None},
        correctness=_correctness(prompts, pairs, seed),
        tools=_tools(pairs, seed),
        paraphrase=_shift(retold, lambda one: agreement((one.greedy, *one.retold)), seed),
        seed=_shift(sampled, lambda one: agreement(one.samples), seed),
        entropy_bits=_shift(sampled, lambda one: answer_entropy_bits(one.samples), seed),
    )


def _shift(pairs: Pairs, get: Property, seed: int) -> Shift | None:
    return shift([get(a) for a, _ in pairs], [get(b) for _, b in pairs], seed=seed)


def _correctness(prompts: Sequence[Prompt], pairs: Pairs, seed: int) -> Correctness | None:
    right = [
        (prompt.item.accepts(old.greedy.said), prompt.item.accepts(new.greedy.said))
        for prompt, (old, new) in zip(prompts, pairs, strict=True)
        if prompt.item is not None
    ]
    accuracy = shift([a for a, _ in right], [b for _, b in right], seed=seed)
    if accuracy is None:
        return None
    counts = Counter(right)
    return Correctness(
        accuracy=accuracy,
        transitions={
            "right_to_right": counts[True, True],
            "right_to_wrong": counts[True, False],
            "wrong_to_right": counts[False, True],
            "wrong_to_wrong": counts[False, False],
        },
        mcnemar_p=mcnemar_exact(counts[True, False], counts[False, True]),
    )


def _tools(pairs: Pairs, seed: int) -> ToolDrift | None:
    chosen = [(a.tool, b.tool) for a, b in pairs if a.tool is not None and b.tool is not None]
    same = measure([a == b for a, b in chosen], seed=seed)
    return None if same is None else ToolDrift(agreement=same, confusion=confusion_of(chosen))


def confusion_of(pairs: Sequence[tuple[str, str]]) -> Confusion:
    """Counts by the first name, then by the second, both in alphabetical order."""
    counts = Counter(pairs)
    return {
        first: {second: counts[first, second] for _, second in sorted(counts) if _ == first}
        for first in sorted({first for first, _ in pairs})
    }
