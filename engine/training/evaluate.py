"""What a model can do on questions that it never saw: greedy, by a vote, by a verifier's word."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from engine.training.evaluation_set import EvaluationSet, Item
from engine.training.generate import draw_problem
from engine.training.model_folder import WEIGHTS_FILE
from engine.training.problem import Split, WordProblem
from engine.training.row_format import Completion
from engine.training.sampling import Solver
from engine.training.screen import Screen
from engine.training.solution_score import SolutionScorer
from engine.training.statistics import bootstrap_mean

_MOST_OPERATIONS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSettings:
    """How answers are drawn.

    Attributes:
        n_samples: Samples of each question for the vote; 0 answers greedily alone.
        temperatures: Tried on the tuning set; the best vote's is used for all others.
        seed: Of the samples and of the intervals.
    """

    n_samples: int
    temperatures: tuple[float, ...]
    seed: int = 0


@dataclass(slots=True, kw_only=True)
class Tally:
    """Who was right, question by question.

    Attributes:
        greedy: The likeliest solution.
        majority: The answer that most samples agree on.
        verifier: The answer whose samples the verifier gives most to.
        any_right: At least one sample.
    """

    greedy: list[bool] = field(default_factory=list[bool])
    majority: list[bool] = field(default_factory=list[bool])
    verifier: list[bool] = field(default_factory=list[bool])
    any_right: list[bool] = field(default_factory=list[bool])


def tune(
    solver: Solver, tuning: EvaluationSet, settings: EvaluationSettings
) -> dict[float, float]:
    """The share that a vote gets right at each temperature."""
    votes: dict[float, float] = {}
    for temperature in settings.temperatures:
        sampled = _sample(solver, tuning.items, settings, temperature)
        right = [
            item.accepts(majority(found))
            for item, found in zip(tuning.items, sampled, strict=True)
        ]
        votes[temperature] = sum(right) / len(right)
    return votes


def evaluate(
    solver: Solver,
    evaluated: EvaluationSet,
    settings: EvaluationSettings,
    *,
    temperature: float,
    scorer: SolutionScorer | None = None,
) -> dict[str, Any]:
    """Answer one set.

    Args:
        solver: The model.
        evaluated: The questions.
        settings: How many samples.
        temperature: Of the samples.
        scorer: A verifier of the samples.

    Returns:
        Figures that JSON can hold; accuracies are shares of 1, with 95 % bootstrap intervals over
        questions.
    """
    items, tally = evaluated.items, Tally()
    greedy = solver.greedy([item.question for item in items])
    tally.greedy = [item.accepts(one.said) for item, one in zip(items, greedy, strict=True)]
    report: dict[str, Any] = {
        "about": evaluated.about,
        "n_problems": len(items),
        "n_unread": evaluated.n_unread,
        "greedy": _interval(tally.greedy, settings.seed),
        "greedy_executable": _share(greedy),
        "greedy_declined": sum(one.is_declined for one in greedy) / len(greedy),
    }
    if settings.n_samples:
        sampled = _sample(solver, items, settings, temperature)
        report |= _judge_samples(items, sampled, tally, settings, scorer)
    return report | {
        "by_operations": _by(items, tally, _operations_of),
        "by_distraction": _by(items, tally, lambda item: item.distracted),
    }


def draw_set(split: Split, n_problems: int, *, seed: int, screen: Screen) -> list[WordProblem]:
    """Problems of a split, no question twice, none that the screen holds back."""
    rng = Random(f"evaluation:{split}:{seed}")
    found: dict[str, WordProblem] = {}
    while len(found) < n_problems:
        problem = draw_problem(rng, split)
        if not screen.hits(problem.question):
            found.setdefault(problem.question, problem)
    return list(found.values())


def majority(completions: Sequence[Completion]) -> str | None:
    """The answer most samples agree on; the first to appear wins a tie; None when none has one."""
    answers = [one.said for one in completions if one.said is not None]
    return Counter(answers).most_common(1)[0][0] if answers else None


def weighted(completions: Sequence[Completion], scores: Sequence[float]) -> str | None:
    """The answer whose samples have the highest sum of scores (Li et al. 2022, 2206.02336)."""
    sums: defaultdict[str, float] = defaultdict(float)
    for one, score in zip(completions, scores, strict=True):
        if one.said is not None:
            sums[one.said] += score
    return max(sums, key=lambda answer: sums[answer]) if sums else None


def weights_digest(folder: Path) -> str:
    """SHA-256 of the model's weights, so that figures name what they were measured on."""
    return hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()


def _judge_samples(
    items: Sequence[Item],
    sampled: Sequence[Sequence[Completion]],
    tally: Tally,
    settings: EvaluationSettings,
    scorer: SolutionScorer | None,
) -> dict[str, Any]:
    seed = settings.seed
    for item, found in zip(items, sampled, strict=True):
        tally.majority.append(item.accepts(majority(found)))
        tally.any_right.append(any(item.accepts(one.said) for one in found))
    gain = [v - g for v, g in zip(tally.majority, tally.greedy, strict=True)]
    report: dict[str, Any] = {
        "majority": _interval(tally.majority, seed),
        "majority_minus_greedy": _interval(gain, seed),
        "any_sample_right": _interval(tally.any_right, seed),
        "samples_executable": _share([one for found in sampled for one in found]),
    }
    if scorer is not None:
        scores = scorer.score([item.question for item in items], sampled)
        for item, found, given in zip(items, sampled, scores, strict=True):
            tally.verifier.append(item.accepts(weighted(found, given)))
        report["verifier"] = _interval(tally.verifier, seed)
        report["verifier_gap_closed"] = _gap_closed(tally)
    return report


def _gap_closed(tally: Tally) -> float | None:
    """How much of the way from the vote to the best choice there is the verifier goes."""
    gap = sum(tally.any_right) - sum(tally.majority)
    return (sum(tally.verifier) - sum(tally.majority)) / gap if gap else None


def _sample(
    solver: Solver, items: Sequence[Item], settings: EvaluationSettings, temperature: float
) -> list[list[Completion]]:
    return solver.sample(
        [item.question for item in items],
        n_samples=settings.n_samples,
        temperature=temperature,
        seed=settings.seed,
    )


def _share(completions: Sequence[Completion]) -> float:
    return sum(one.said is not None for one in completions) / len(completions)


def _interval(values: Sequence[float], seed: int) -> dict[str, float]:
    return {name: round(v, 4) for name, v in asdict(bootstrap_mean(values, seed=seed)).items()}


def _operations_of(item: Item) -> int | None:
    """Six operations stand for six or more."""
    return None if item.n_operations is None else min(item.n_operations, _MOST_OPERATIONS)


def _by(
    items: Sequence[Item], tally: Tally, key: Callable[[Item], int | None]
) -> dict[str, dict[str, float]]:
    """Accuracy in groups; what is of none is left out."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        name = key(item)
        if name is not None:
            groups[name].append(index)
    ways = {name: values for name, values in asdict(tally).items() if values}
    return {
        str(int(name)): {"n_problems": len(members)}
        | {
            way: round(sum(values[i] for i in members) / len(members), 4)
            for way, values in ways.items()
        }
        for name, members in sorted(groups.items())
    }
