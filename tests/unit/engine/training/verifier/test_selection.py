"""Ways of choosing an answer among samples, and what they close of the gap to the oracle."""

from __future__ import annotations

import pytest

from engine.training.verifier.answer_key import find_answer
from engine.training.verifier.selection import (
    WAYS,
    choose_best,
    choose_evidence,
    choose_filtered,
    choose_majority,
    choose_weighted,
    close_gap,
    list_groups,
    list_oracle,
    list_outcomes,
    list_random,
)
from engine.training.verifier.within_question import ScoredChain
from tests.unit.engine.training.verifier.made_up import make_chain


def sample(step, score, *, right=False, system="one@1"):
    return ScoredChain(chain=make_chain("q", (step,), int(right), system=system), score=score)


# Three of five agree on a wrong answer that the verifier doubts; one is no program at all.
SAMPLES = [
    sample("a=1+1", 0.2),
    sample("a=2", 0.1),
    sample("a=1+2", 0.9, right=True),
    sample("a=4-2", 0.3),
    sample("no program", 0.95),
]


def group():
    (found,) = list_groups(SAMPLES, n_samples=16)
    return found


@pytest.mark.parametrize(
    ("choose", "expected"),
    [
        pytest.param(choose_majority, "2", id="majority"),
        pytest.param(choose_weighted, "3", id="weighted"),
        pytest.param(choose_filtered, "3", id="filtered"),
        pytest.param(choose_evidence, "3", id="evidence"),
        pytest.param(choose_best, "3", id="best abstainers apart"),
    ],
)
def test_an_answer_is_chosen(choose, expected):
    assert choose(group()) == expected


def test_where_no_sample_passes_the_filter_all_of_them_vote():
    (found,) = list_groups(
        [sample("a=1", 0.1), sample("b=1", 0.2), sample("c=5", 0.3)], n_samples=8
    )
    assert choose_filtered(found) == "1"


def test_samples_without_an_answer_choose_none():
    (found,) = list_groups([sample("?", 0.9), sample("!", 0.8)], n_samples=8)
    assert [way(found) for way in WAYS.values()] == [None] * len(WAYS)
    assert not found.is_right(None)


def test_random_counts_abstainers_and_the_oracle_any_right_one():
    assert list_random([group()]) == [0.2]
    assert list_oracle([group()]) == [1.0]
    assert list_outcomes([group()], choose_majority) == [0.0]


def test_only_the_first_samples_are_chosen_among():
    (found,) = list_groups(SAMPLES, n_samples=2)
    assert len(found.samples) == 2


def test_made_chains_and_single_ones_are_no_group():
    made = ("exact", "mutation", "exact", "tool-mutation", "tool-mutation")
    scored = [sample("a=1", 0.5, system=system) for system in made]
    assert list_groups([*scored, sample("a=1", 0.5)], n_samples=8) == ()


def test_the_greedy_solution_belongs_to_all_temperatures_of_its_model():
    greedy = sample("a=3", 0.5, right=True, system="one@0")
    (found,) = list_groups([greedy, *SAMPLES], n_samples=8)
    assert found.is_greedy_right is True
    assert group().is_greedy_right is None


@pytest.mark.parametrize(
    ("value", "expected"), [(0.5, 0.0), (0.75, 0.5), (1.0, 1.0), (0.25, -0.5)]
)
def test_a_gap_is_closed_in_shares(value, expected):
    assert close_gap(value, 0.5, 1.0) == expected


def test_where_there_is_no_gap_none_is_closed():
    assert close_gap(0.5, 0.5, 0.5) is None


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (("a=1+2",), "3"),
        (("a=1+2", "b=a*2<ans>a"), "3"),
        (("<ans><none>",), "not enough information"),
        (("So it is twelve.", "The answer is 12."), "n:12"),
        (("nothing",), None),
    ],
    ids=["program", "named", "declined", "prose", "none"],
)
def test_a_chain_comes_to_an_answer(steps, expected):
    found = find_answer(make_chain("q", steps, 0))
    assert found == expected or (expected == "n:12" and found is not None and "12" in found)
