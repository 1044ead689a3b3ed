"""Figures are counted on executed values, question by question."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.training.evaluate import (
    EvaluationSettings,
    draw_set,
    evaluate,
    majority,
    tune,
    weighted,
)
from engine.training.evaluation_set import EvaluationSet, Item
from engine.training.problem import Split, split_of
from engine.training.row_format import Completion
from engine.training.screen import empty_screen
from engine.training.statistics import bootstrap_mean

SETTINGS = EvaluationSettings(n_samples=3, temperatures=(1.0, 0.5))
ITEMS = tuple(
    Item(
        question=f"How many are {n}?",
        answer=str(n),
        n_operations=n % 9,
        distracted=n % 2 == 0 if n % 4 else None,
    )
    for n in range(40)
)
EVALUATED = EvaluationSet(name="made up", about="numbers", items=ITEMS)


def completion(value, *, declined=False):
    number = None if value is None else Fraction(value)
    return Completion(value=number, is_declined=declined, text=f"a={value}<ans>a")


class ScriptedSolver:
    """Greedy is wrong on every fourth question; at 0.5 two of three samples are right."""

    def greedy(self, questions):
        return [
            completion(int(q.split()[-1][:-1]) + (i % 4 == 0)) for i, q in enumerate(questions)
        ]

    def sample(self, questions, *, n_samples, temperature, seed):
        answers = [int(question.split()[-1][:-1]) for question in questions]
        if temperature != 0.5:
            return [[completion(None)] * n_samples for _ in answers]
        return [[completion(a + 1), completion(a), completion(a)] for a in answers]


class ScriptedScorer:
    """Believes the first sample of every question alone."""

    def score(self, questions, sampled):
        return [[1.0, 0.2, 0.3] for _ in sampled]


@pytest.fixture(scope="module")
def report():
    return evaluate(
        ScriptedSolver(), EVALUATED, SETTINGS, temperature=0.5, scorer=ScriptedScorer()
    )


def test_the_temperature_is_the_one_at_which_a_vote_is_best():
    assert tune(ScriptedSolver(), EVALUATED, SETTINGS) == {1.0: 0.0, 0.5: 1.0}


def test_greedy_and_vote_are_compared_problem_by_problem(report):
    assert report["greedy"]["mean"] == 0.75
    assert report["majority"]["mean"] == 1.0
    assert report["majority_minus_greedy"]["mean"] == 0.25
    low, high = (report["majority_minus_greedy"][name] for name in ("low", "high"))
    assert 0 < low < 0.25 < high


def test_a_verifier_that_is_wrong_makes_the_choice_wrong(report):
    assert report["verifier"]["mean"] == 0.0
    assert report["any_sample_right"]["mean"] == 1.0
    assert report["verifier_gap_closed"] is None


def test_a_verifier_weighs_answers_by_the_sum_of_their_samples():
    found = [completion(1), completion(2), completion(2), completion(None)]
    assert weighted(found, [0.5, 0.3, 0.3, 9.0]) == "2"
    assert weighted(found, [0.7, 0.3, 0.3, 9.0]) == "1"
    assert weighted([completion(None)], [1.0]) is None


def test_without_samples_greedy_is_all():
    settings = EvaluationSettings(n_samples=0, temperatures=(1.0,))
    report = evaluate(ScriptedSolver(), EVALUATED, settings, temperature=1.0)
    assert report["greedy"]["mean"] == 0.75
    assert "majority" not in report


def test_what_cannot_be_executed_is_counted(report):
    assert report["greedy_executable"] == report["samples_executable"] == 1.0
    nothing = evaluate(ScriptedSolver(), EVALUATED, SETTINGS, temperature=1.0)
    assert nothing["samples_executable"] == 0.0


def test_groups_hold_every_problem_whose_group_is_known(report):
    n_found = [group["n_problems"] for group in report["by_operations"].values()]
    assert sum(n_found) == 40
    assert "6" in report["by_operations"]
    assert "7" not in report["by_operations"]
    assert sum(group["n_problems"] for group in report["by_distraction"].values()) == 30


def test_problems_are_of_unseen_templates_and_different():
    problems = draw_set(Split.TEST, 60, seed=3, screen=empty_screen())
    assert {split_of(problem.template) for problem in problems} == {Split.TEST}
    assert len({problem.question for problem in problems}) == 60


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([3, 5, 5], "5", id="most"),
        pytest.param([3, 5], "3", id="first of a tie"),
        pytest.param([None, None, 4], "4", id="what has no value abstains"),
        pytest.param([None], None, id="nothing"),
    ],
)
def test_the_majority_is_of_executed_values(values, expected):
    assert majority([completion(value) for value in values]) == expected


def test_declining_can_win_a_vote():
    declined = completion(None, declined=True)
    assert majority([completion(3), declined, declined]) == "not enough information"


def test_the_interval_of_equal_values_is_a_point():
    interval = bootstrap_mean([0.5] * 20, seed=0)
    assert (interval.mean, interval.low, interval.high) == (0.5, 0.5, 0.5)


def test_the_interval_narrows_with_more_values():
    few = bootstrap_mean([0, 1] * 20, seed=0)
    many = bootstrap_mean([0, 1] * 2_000, seed=0)
    assert few.low < many.low < 0.5 < many.high < few.high
