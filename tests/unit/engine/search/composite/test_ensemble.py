"""An ensemble pools what its parts find, and stops once none of them could change it."""

from __future__ import annotations

import dataclasses

import pytest

from engine.domain.errors import InvalidInputError
from engine.domain.problem import Problem
from engine.search.composite.ensemble import Ensemble
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop
from tests.unit.engine.search.simulation import play, vote_for


def _votes(*counts):
    return Ensemble(
        parts={
            str(number): SelfConsistency(samples=n, stop=Stop.FULL)
            for number, n in enumerate(counts)
        }
    )


def _by_branch(**names):
    """Return a script in which every sample of a branch gives the same answer."""
    return lambda trial: vote_for(trial, names[f"b{trial.branch.partition('/')[0]}"])


def test_votes_of_different_parts_for_one_answer_count_together():
    standing = play(_votes(2, 3, 2), _by_branch(b0="a", b1="b", b2="a")).standing

    assert standing.answer.text == "a"
    assert {vote.answer.text: vote.n_votes for vote in standing.votes} == {"a": 4, "b": 3}


def test_a_part_that_cannot_change_the_winner_is_not_asked_any_more():
    slow = Ensemble(parts={"big": SelfConsistency(samples=9), "small": SelfConsistency(samples=2)})
    script = _by_branch(bbig="a", bsmall="b")
    played = play(slow, script, slots=1)

    # Five of nine votes decide the big part; the small one's two could not outvote them.
    assert played.standing.answer.text == "a"
    assert len([trial for trial in played.trials if trial.branch == "small"]) <= 2


def test_parts_of_one_kind_draw_different_samples():
    trials = _votes(2, 2).ask(_votes(2, 2).start(Problem(text="?")), 9)

    assert len({trial.seed for trial in trials}) == len(trials) == 4
    assert {trial.branch for trial in trials} == {"0", "1"}


def test_ties_go_to_the_earlier_part():
    script = _by_branch(b0="a", b1="b")
    answers = {
        play(_votes(3, 3), script, order_seed=order, slots=slots).standing.answer.text
        for order in range(5)
        for slots in (1, 2, 9)
    }

    assert answers == {"a"}


@pytest.mark.parametrize("names", [(), ("a/b",), ("",), tuple("abcdefghi")], ids=str)
def test_parts_without_a_usable_name_or_number_are_refused(names):
    with pytest.raises(InvalidInputError, match="part"):
        Ensemble(parts=dict.fromkeys(names, SelfConsistency()))


def test_an_outcome_of_no_known_trial_is_ignored():
    state = _votes(2).start(Problem(text="?"))
    (trial, *_) = _votes(2).ask(state, 1)
    stranger = dataclasses.replace(vote_for(trial, "a"), trial_id="stranger")

    assert _votes(2).tell(state, stranger) == state
