"""The figure of merit counts pairs of right and wrong, within groups."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.verifier.within_question import (
    ScoredChain,
    auroc,
    by_question,
    grouped_auroc,
)
from tests.unit.engine.training.verifier.made_up import make_chain


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=30))
def test_it_is_the_share_of_pairs_in_the_right_order(rows):
    right = [score for score, is_right in rows if is_right]
    wrong = [score for score, is_right in rows if not is_right]
    found = auroc([float(score) for score, _ in rows], [is_right for _, is_right in rows])
    if not right or not wrong:
        assert math.isnan(found)
        return
    pairs = [(a > b) + (a == b) / 2 for a in right for b in wrong]
    assert found == pytest.approx(sum(pairs) / len(pairs))


def test_knowing_how_hard_a_question_is_orders_nothing_within_it():
    scored = [
        ScoredChain(chain=make_chain(question, ("a=1",), n_right), score=score)
        for question, score in (("easy", 0.9), ("hard", 0.1))
        for n_right in (0, 1)
    ]
    assert grouped_auroc(scored, by_question).mean == 0.5


def test_questions_of_one_label_say_nothing():
    scored = [ScoredChain(chain=make_chain("q", ("a=1",), 1), score=0.5)] * 2
    found = grouped_auroc(scored, by_question)
    assert math.isnan(found.mean)
    assert found.values == ()
