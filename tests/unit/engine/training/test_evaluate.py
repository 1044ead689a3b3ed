"""Figures are counted on executed values, over problems of templates never trained."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.training.evaluate import EvaluationSettings, draw_set, evaluate, majority
from engine.training.problem import Split, split_of
from engine.training.row_format import Completion
from engine.training.screen import empty_screen
from engine.training.statistics import bootstrap_mean


def completion(value):
    return Completion(value=None if value is None else Fraction(value))


class ScriptedSampler:
    """Greedy is wrong on every fourth problem; two of three samples are always right."""

    def __init__(self, problems):
        self.answers = {problem.question: problem.answer for problem in problems}
        self.temperatures = []

    def greedy(self, questions):
        return [
            completion(self.answers[q] + (index % 4 == 0)) for index, q in enumerate(questions)
        ]

    def sample(self, questions, *, n_samples, temperature, seed):
        self.temperatures.append(temperature)
        right = temperature == 0.5
        return [
            [
                completion(self.answers[q] + (not right)),
                completion(self.answers[q]),
                completion(None),
            ]
            if right
            else [completion(None)] * n_samples
            for q in questions
        ]


@pytest.fixture(scope="module")
def results():
    sets = [
        draw_set(split, 40, seed=0, screen=empty_screen()) for split in (Split.DEV, Split.TEST)
    ]
    sampler = ScriptedSampler([*sets[0], *sets[1]])
    settings = EvaluationSettings(n_problems=40, n_samples=3, temperatures=(1.0, 0.5), n_tuning=40)
    return evaluate(sampler, settings, screen=empty_screen(), human=())


def test_the_temperature_is_chosen_on_development_templates(results):
    assert results["tuning"]["votes_by_temperature"] == {"1.0": 0.0, "0.5": 1.0}
    assert results["sampling_temperature"] == 0.5


def test_greedy_and_vote_are_compared_problem_by_problem(results):
    test = results["test"]
    assert test["greedy"]["mean"] == 0.75
    assert test["majority"]["mean"] == 1.0
    assert test["majority_minus_greedy"]["mean"] == 0.25
    assert 0 < test["majority_minus_greedy"]["low"] < 0.25 < test["majority_minus_greedy"]["high"]


def test_what_cannot_be_executed_is_counted(results):
    assert results["test"]["samples_executable"] == pytest.approx(2 / 3)
    assert results["test"]["greedy_executable"] == 1.0


def test_groups_hold_every_problem(results):
    for name in ("by_operations", "by_distraction"):
        groups = results["test"][name].values()
        assert sum(group["n_problems"] for group in groups) == 40


def test_without_human_problems_none_are_reported(results):
    assert results["gsm8k_dev"] == {"n_problems": 0}


def test_problems_are_of_unseen_templates_and_different():
    problems = draw_set(Split.TEST, 60, seed=3, screen=empty_screen())
    assert {split_of(problem.template) for problem in problems} == {Split.TEST}
    assert len({problem.question for problem in problems}) == 60


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([3, 5, 5], 5, id="most"),
        pytest.param([3, 5], 3, id="first of a tie"),
        pytest.param([None, None, 4], 4, id="what has no value abstains"),
        pytest.param([None], None, id="nothing"),
    ],
)
def test_the_majority_is_of_executed_values(values, expected):
    assert majority([completion(value) for value in values]) == expected


def test_the_interval_of_equal_values_is_a_point():
    interval = bootstrap_mean([0.5] * 20, seed=0)
    assert (interval.mean, interval.low, interval.high) == (0.5, 0.5, 0.5)


def test_the_interval_narrows_with_more_values():
    few = bootstrap_mean([0, 1] * 20, seed=0)
    many = bootstrap_mean([0, 1] * 2_000, seed=0)
    assert few.low < many.low < 0.5 < many.high < few.high
