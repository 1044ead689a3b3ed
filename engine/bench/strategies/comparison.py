"""Sets strategies against the fixed vote over the same problems, in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from statistics import fmean

from engine.bench.proportion import Proportion
from engine.bench.strategies.contest import Contestant
from engine.bench.strategies.replay import Run
from engine.domain.errors import InvalidInputError
from engine.domain.statistics import Interval, bootstrap_mean, mcnemar_exact
from engine.domain.verdict import Verdict

SEED = 20_251
# An adaptive rule is to be as accurate as the fixed vote for at most this share of its samples.
BAR_SHARE = 1 / 3


class Bar(StrEnum):
    """How an adaptive rule stands to the bar.

    ``MET``: as accurate or better for at most a third of the samples. ``UNTOLD``: for that many,
    less accurate by what chance alone may explain. ``MISSED``: less accurate beyond that, or for
    more samples.
    """

    MET = "met"
    UNTOLD = "within chance"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one strategy did with every problem.

    Attributes:
        contestant: Which strategy.
        runs: One a problem.
    """

    contestant: Contestant
    runs: tuple[Run, ...]

    @property
    def accuracy(self) -> Proportion:
        """Problems answered rightly."""
        return Proportion(n_hits=sum(run.is_right for run in self.runs), n_cases=len(self.runs))

    @property
    def n_unchecked(self) -> int:
        """Problems whose answer could not be compared with the right one; none counts."""
        return sum(run.verdict is Verdict.UNCHECKED for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A strategy, held against the fixed vote of all samples.

    Attributes:
        contestant: Which strategy.
        accuracy: Problems answered rightly.
        n_unchecked: Problems whose answer could not be compared.
        samples: Mean samples started a problem.
        tokens: Mean tokens generated, dropped ones included.
        wall_ms: Mean time to the decision.
        difference: Of accuracy, to the fixed vote, in pairs.
        p_value: McNemar's, of the same pairs.
        share: Samples started, over those of the fixed vote.
        equal_size: Samples of the smallest fixed vote that is at least as accurate; ``None`` where
            none is.
        bar: How an adaptive rule stands to the bar; ``None`` for others.
    """

    contestant: Contestant
    accuracy: Proportion
    n_unchecked: int
    samples: Interval
    tokens: Interval
    wall_ms: Interval
    difference: Interval
    p_value: float
    share: float
    equal_size: float | None
    bar: Bar | None


def compare_entries(
    entries: Sequence[Entry], *, baseline: Entry, fixed: Sequence[Entry]
) -> tuple[Row, ...]:
    """Return a row for each entry.

    Args:
        entries: What is compared.
        baseline: The fixed vote of all samples.
        fixed: Fixed votes of growing size.

    Raises:
        InvalidInputError: When an entry was run on problems that the baseline was not.
    """
    return tuple(_compare(entry, _restrict(baseline, entry), fixed) for entry in entries)


def _compare(entry: Entry, baseline: Entry, fixed: Sequence[Entry]) -> Row:
    rng = Random(SEED)
    pairs = [
        (run.is_right, held.is_right) for run, held in zip(entry.runs, baseline.runs, strict=True)
    ]
    difference = bootstrap_mean([float(mine) - float(held) for mine, held in pairs], rng)
    samples = bootstrap_mean([float(run.n_samples) for run in entry.runs], rng)
    share = samples.mean / fmean(run.n_samples for run in baseline.runs)
    return Row(
        contestant=entry.contestant,
        accuracy=entry.accuracy,
        n_unchecked=entry.n_unchecked,
        samples=samples,
        tokens=bootstrap_mean([run.tokens for run in entry.runs], rng),
        wall_ms=bootstrap_mean([float(run.wall_ms) for run in entry.runs], rng),
        difference=difference,
        p_value=mcnemar_exact(
            sum(mine and not held for mine, held in pairs),
            sum(held and not mine for mine, held in pairs),
        ),
        share=share,
        equal_size=_find_equal_size(entry, fixed),
        bar=judge_bar(difference, share) if entry.contestant.is_adaptive else None,
    )


def judge_bar(difference: Interval, share: float) -> Bar:
    """Return how a rule stands to the bar.

    Args:
        difference: Of its accuracy, to that of the fixed vote.
        share: Of the fixed vote's samples.
    """
    if share > BAR_SHARE or difference.high < 0:
        return Bar.MISSED
    return Bar.MET if difference.mean >= 0 else Bar.UNTOLD


def _restrict(baseline: Entry, entry: Entry) -> Entry:
    """Return the baseline on the entry's problems, in their order."""
    held = {run.problem_id: run for run in baseline.runs}
    try:
        runs = tuple(held[run.problem_id] for run in entry.runs)
    except KeyError as error:
        raise InvalidInputError(
            f"{entry.contestant.label} ran on {error}, the vote did not"
        ) from error
    return Entry(contestant=baseline.contestant, runs=runs)


def _find_equal_size(entry: Entry, fixed: Sequence[Entry]) -> float | None:
    n_hits = entry.accuracy.n_hits
    for size in fixed:
        if _restrict(size, entry).accuracy.n_hits >= n_hits:
            return fmean(run.n_samples for run in size.runs)
    return None
