"""What a model can do on templates that it never saw: greedy against a vote over its samples."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from engine.training.generate import draw_problem
from engine.training.human import HumanProblem
from engine.training.model_folder import WEIGHTS_FILE
from engine.training.problem import Split, WordProblem
from engine.training.row_format import Completion
from engine.training.sampling import Solver
from engine.training.screen import Screen
from engine.training.statistics import bootstrap_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSettings:
    """What is drawn.

    Attributes:
        n_problems: Problems of the test split.
        n_samples: Samples of each for the vote.
        temperatures: Tried on the development split; the best vote's is used on the test split.
        n_tuning: Problems of the development split for each temperature.
        seed: Of problems and samples.
    """

    n_problems: int
    n_samples: int
    temperatures: tuple[float, ...]
    n_tuning: int
    seed: int = 0


def evaluate(
    solver: Solver,
    settings: EvaluationSettings,
    *,
    screen: Screen,
    human: Sequence[HumanProblem],
) -> dict[str, Any]:
    """Choose the temperature on development templates, then report on test templates.

    Args:
        solver: The model.
        settings: How much of what.
        screen: Generated problems that hit it are not used.
        human: Held-out GSM8K problems; may be empty.

    Returns:
        Figures that JSON can hold; accuracies are shares of 1.
    """
    tuning = draw_set(Split.DEV, settings.n_tuning, seed=settings.seed, screen=screen)
    votes = {
        t: _accuracy(tuning, _votes(solver, tuning, settings, t)) for t in settings.temperatures
    }
    temperature = max(votes, key=lambda t: votes[t])
    test = draw_set(Split.TEST, settings.n_problems, seed=settings.seed, screen=screen)
    return {
        "split": "templates whose hash falls in buckets 21-22 of 23, never trained",
        "settings": asdict(settings),
        "tuning": {"votes_by_temperature": {str(t): v for t, v in votes.items()}},
        "sampling_temperature": temperature,
        "test": _report(solver, test, settings, temperature),
        "gsm8k_dev": _report_human(solver, [held.problem for held in human]),
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


def majority(completions: Sequence[Completion]) -> Fraction | None:
    """The value most samples agree on; the first to appear wins a tie; None when none has one."""
    values = [c.value for c in completions if c.value is not None]
    return Counter(values).most_common(1)[0][0] if values else None


def weights_digest(folder: Path) -> str:
    """SHA-256 of the model's weights, so that figures name what they were measured on."""
    return hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()


def _report(
    solver: Solver,
    problems: Sequence[WordProblem],
    settings: EvaluationSettings,
    temperature: float,
) -> dict[str, Any]:
    greedy = solver.greedy([problem.question for problem in problems])
    sampled = _samples(solver, problems, settings, temperature)
    voted = [majority(found) for found in sampled]
    right = [_is_right(p, c.value) for p, c in zip(problems, greedy, strict=True)]
    right_vote = [_is_right(p, value) for p, value in zip(problems, voted, strict=True)]
    right_any = [
        any(_is_right(p, c.value) for c in found)
        for p, found in zip(problems, sampled, strict=True)
    ]
    gain = [v - g for v, g in zip(right_vote, right, strict=True)]
    every = [c for found in sampled for c in found]
    return {
        "n_problems": len(problems),
        "greedy": _interval(right, settings.seed),
        "majority": _interval(right_vote, settings.seed),
        "majority_minus_greedy": _interval(gain, settings.seed),
        "any_sample_right": sum(right_any) / len(problems),
        "greedy_executable": _share(greedy),
        "samples_executable": _share(every),
        "by_operations": _by(problems, right, right_vote, lambda p: min(p.n_operations, 6)),
        "by_distraction": _by(problems, right, right_vote, lambda p: int(p.distracted)),
    }


def _report_human(solver: Solver, problems: Sequence[WordProblem]) -> dict[str, Any]:
    if not problems:
        return {"n_problems": 0}
    found = solver.greedy([problem.question for problem in problems])
    right = [_is_right(p, c.value) for p, c in zip(problems, found, strict=True)]
    return {
        "n_problems": len(problems),
        "greedy": _interval(right, 0),
        "greedy_executable": _share(found),
    }


def _samples(
    solver: Solver,
    problems: Sequence[WordProblem],
    settings: EvaluationSettings,
    temperature: float,
) -> list[list[Completion]]:
    return solver.sample(
        [problem.question for problem in problems],
        n_samples=settings.n_samples,
        temperature=temperature,
        seed=settings.seed,
    )


def _votes(
    solver: Solver,
    problems: Sequence[WordProblem],
    settings: EvaluationSettings,
    temperature: float,
) -> list[Fraction | None]:
    return [majority(found) for found in _samples(solver, problems, settings, temperature)]


def _accuracy(problems: Sequence[WordProblem], values: Sequence[Fraction | None]) -> float:
    right = [_is_right(p, value) for p, value in zip(problems, values, strict=True)]
    return sum(right) / len(right)


def _is_right(problem: WordProblem, value: Fraction | None) -> bool:
    return value == problem.answer


def _share(completions: Sequence[Completion]) -> float:
    return sum(c.value is not None for c in completions) / len(completions)


def _interval(values: Sequence[float], seed: int) -> dict[str, float]:
    return {name: round(v, 4) for name, v in asdict(bootstrap_mean(values, seed=seed)).items()}


def _by(
    problems: Sequence[WordProblem],
    greedy: Sequence[bool],
    voted: Sequence[bool],
    key: Callable[[WordProblem], int],
) -> dict[str, dict[str, float]]:
    """Accuracy in groups; six operations stand for six or more."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for index, problem in enumerate(problems):
        groups[key(problem)].append(index)
    return {
        str(name): {
            "n_problems": len(members),
            "greedy": round(sum(greedy[i] for i in members) / len(members), 4),
            "majority": round(sum(voted[i] for i in members) / len(members), 4),
        }
        for name, members in sorted(groups.items())
    }
