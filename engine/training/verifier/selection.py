"""What scores are worth where an answer is chosen among samples: best, weighted, filtered votes.

The measure is the share of the gap from the majority to the oracle that a way of choosing closes.
Samples of one system and one question are a group, since that is what a search draws.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.search.scoring import to_log_odds
from engine.training.verifier.answer_key import find_answer
from engine.training.verifier.chain_set import MADE
from engine.training.verifier.within_question import ScoredChain

GREEDY_SUFFIX: Final = "@0"
FILTER_THRESHOLD: Final = 0.5

_MIN_SAMPLES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Samples of one system for one question.

    Attributes:
        question: The question.
        system: Who drew them.
        samples: In the order of the file, at most as many as are chosen among.
        answers: What each comes to; None abstains.
        is_greedy_right: Whether the model's likeliest solution is right; None where it is unknown.
    """

    question: str
    system: str
    samples: tuple[ScoredChain, ...]
    answers: tuple[str | None, ...]
    is_greedy_right: bool | None

    def is_right(self, answer: str | None) -> bool:
        """Whether an answer is right; choosing none is wrong."""
        return answer is not None and any(
            one.chain.is_right
            for one, given in zip(self.samples, self.answers, strict=True)
            if given == answer
        )


Choose = Callable[[Group], str | None]


def list_groups(scored: Sequence[ScoredChain], *, n_samples: int) -> tuple[Group, ...]:
    """The groups of at least two samples; made chains and greedy ones are none."""
    samples: defaultdict[tuple[str, str], list[ScoredChain]] = defaultdict(list)
    greedy: dict[tuple[str, str], bool] = {}
    for one in scored:
        system, question = one.chain.system, one.chain.question
        if system.endswith(GREEDY_SUFFIX):
            greedy[system.rpartition("@")[0], question] = one.chain.is_right
        elif system not in MADE:
            samples[system, question].append(one)
    return tuple(
        Group(
            question=question,
            system=system,
            samples=tuple(found[:n_samples]),
            answers=tuple(find_answer(one.chain) for one in found[:n_samples]),
            is_greedy_right=greedy.get((system.rpartition("@")[0], question)),
        )
        for (system, question), found in samples.items()
        if len(found) >= _MIN_SAMPLES
    )


def choose_majority(group: Group) -> str | None:
    """The answer that most samples come to; the first to appear wins a tie."""
    return _heaviest(group, [1.0] * len(group.samples))


def choose_weighted(group: Group) -> str | None:
    """The answer with the greatest sum of scores."""
    return _heaviest(group, [one.score for one in group.samples])


def choose_filtered(group: Group) -> str | None:
    """The majority of those that score at least one half, or of all where none does."""
    passes = [float(one.score >= FILTER_THRESHOLD) for one in group.samples]
    is_any = any(
        passed and answer is not None for passed, answer in zip(passes, group.answers, strict=True)
    )
    return _heaviest(group, passes) if is_any else choose_majority(group)


def choose_evidence(group: Group) -> str | None:
    """The answer with the greatest sum of log-odds, as a search's rule `verifier` counts.

    A score below one half counts against its answer.
    """
    return _heaviest(group, [to_log_odds(one.score) for one in group.samples])


def choose_best(group: Group) -> str | None:
    """The answer of the sample that scores highest."""
    answered = [
        (one.score, -index)
        for index, one in enumerate(group.samples)
        if group.answers[index] is not None
    ]
    return group.answers[-max(answered)[1]] if answered else None


WAYS: Final[Mapping[str, Choose]] = {
    "majority": choose_majority,
    "best": choose_best,
    "weighted": choose_weighted,
    "evidence": choose_evidence,
    "filtered": choose_filtered,
}


def list_outcomes(groups: Sequence[Group], way: Choose) -> list[float]:
    """For each group 1 where the chosen answer is right, else 0."""
    return [float(group.is_right(way(group))) for group in groups]


def list_random(groups: Sequence[Group]) -> list[float]:
    """For each group the share of right samples: what choosing blindly comes to."""
    return [sum(one.chain.is_right for one in g.samples) / len(g.samples) for g in groups]


def list_oracle(groups: Sequence[Group]) -> list[float]:
    """For each group 1 where any sample is right."""
    return [float(any(one.chain.is_right for one in group.samples)) for group in groups]


def close_gap(value: float, majority: float, oracle: float) -> float | None:
    """The share of the gap from majority to oracle that is closed; None where there is none."""
    return (value - majority) / (oracle - majority) if oracle > majority else None


def _heaviest(group: Group, weights: Sequence[float]) -> str | None:
    sums: dict[str, float] = {}
    for answer, weight in zip(group.answers, weights, strict=True):
        if answer is not None:
            sums[answer] = sums.get(answer, 0.0) + weight
    return max(sums, key=lambda answer: sums[answer]) if sums else None
