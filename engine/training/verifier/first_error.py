"""How well scores of steps find the first wrong step, and obvious slips.

F1 as ProcessBench defines it (Zheng et al. 2024, arXiv 2412.06559): the harmonic mean of the share
of wrong chains whose first wrong step is named exactly and the share of right chains in which none
is named. Where all steps are right and the answer is not, the error is the conclusion itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.training.example import Fault
from engine.training.verifier.chain_set import MADE
from engine.training.verifier.verifier_file import question_digest
from engine.training.verifier.within_question import ScoredChain

THRESHOLD: Final = 0.5
# Qwen's lessons (arXiv 2501.07301, section 3.2): beyond this share the scores follow the outcome.
MAX_ON_LAST: Final = 0.4

_GRID: Final = tuple(step / 20 for step in range(1, 20))


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstError:
    """Figures of finding the first wrong step.

    Attributes:
        f1: The harmonic mean of the two.
        wrong: Share of wrong chains whose first wrong step is named.
        right: Share of right chains in which none is named.
        n_wrong: Wrong chains.
        n_right: Right chains.
    """

    f1: float
    wrong: float
    right: float
    n_wrong: int
    n_right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """Chains below the threshold, of those that should be.

    Attributes:
        share: Of them.
        n: How many should be.
    """

    share: float
    n: int


def find_error(one: ScoredChain, threshold: float) -> int | None:
    """The first step that scores below the threshold; the number of steps for the conclusion."""
    scores = (*one.steps, one.score)
    return next((index for index, score in enumerate(scores) if score < threshold), None)


def true_error(one: ScoredChain) -> int | None:
    """The first wrong step by the labels; the number of steps for the conclusion.

    Where nothing is said of the answer apart, the last step and the whole are one claim with one
    score, so a wrong conclusion is named by that step.
    """
    if one.chain.is_right:
        return None
    is_one_claim = bool(one.steps) and one.steps[-1] == one.score
    return min(one.chain.n_right, len(one.steps) - is_one_claim)


def measure_first_error(scored: Sequence[ScoredChain], threshold: float = THRESHOLD) -> FirstError:
    """How well the first wrong step is found at one threshold."""
    hits: defaultdict[bool, list[bool]] = defaultdict(list)
    for one in scored:
        truth = true_error(one)
        hits[truth is None].append(find_error(one, threshold) == truth)
    return _figures(hits[False], hits[True])


def measure_tuned(scored: Sequence[ScoredChain]) -> FirstError:
    """The same, with the threshold that is best for the other half of the questions."""
    halves: tuple[list[ScoredChain], list[ScoredChain]] = ([], [])
    for one in scored:
        halves[int(question_digest(one.chain.question), 16) % 2].append(one)
    hits: defaultdict[bool, list[bool]] = defaultdict(list)
    for seen, unseen in (halves, halves[::-1]):
        best = max(_GRID, key=lambda threshold: measure_first_error(seen, threshold).f1)
        for one in unseen:
            truth = true_error(one)
            hits[truth is None].append(find_error(one, best) == truth)
    return _figures(hits[False], hits[True])


def share_on_last(scored: Sequence[ScoredChain]) -> float | None:
    """The share of chains whose lowest step is the last; None where no chain has two steps."""
    long = [one.steps for one in scored if len(one.steps) > 1]
    if not long:
        return None
    return sum(steps.index(min(steps)) == len(steps) - 1 for steps in long) / len(long)


def count_caught(scored: Sequence[ScoredChain]) -> dict[str, Caught]:
    """Planted slips by their kind, and right chains taken for wrong, as `false alarms`."""
    groups: defaultdict[str, list[bool]] = defaultdict(list)
    for one in scored:
        is_low = one.score < THRESHOLD
        if one.chain.is_right:
            groups["false alarms"].append(is_low)
        elif _is_planted(one):
            groups[str(one.chain.fault)].append(is_low)
            groups["all planted"].append(is_low)
    return {
        name: Caught(share=sum(found) / len(found), n=len(found))
        for name, found in sorted(groups.items())
    }


def _is_planted(one: ScoredChain) -> bool:
    return one.chain.system in MADE and one.chain.fault not in (None, Fault.SAMPLED)


def _figures(wrong: Sequence[bool], right: Sequence[bool]) -> FirstError:
    on_wrong = sum(wrong) / len(wrong) if wrong else 0.0
    on_right = sum(right) / len(right) if right else 0.0
    total = on_wrong + on_right
    return FirstError(
        f1=2 * on_wrong * on_right / total if total else 0.0,
        wrong=on_wrong,
        right=on_right,
        n_wrong=len(wrong),
        n_right=len(right),
    )
