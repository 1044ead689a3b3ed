"""P(yes) is read from spellings, cut-off lists and models that say something else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.verify.label import Candidate, Labels, read_yes


def read(*pairs: tuple[str, float], labels: Labels | None = None) -> float | None:
    listed = [Candidate(token=token, logprob=math.log(mass)) for token, mass in pairs]
    return read_yes(listed, labels or Labels())


def test_yes_is_weighed_against_no_alone():
    assert read(("yes", 0.3), ("no", 0.1), ("well", 0.6)) == pytest.approx(0.75)


def test_all_spellings_of_a_word_count():
    pairs = [("Yes", 0.1), (" yes", 0.1), ("▁YES", 0.1), ("ĠYes", 0.1), ("no", 0.4)]
    assert read(*pairs) == pytest.approx(0.5)


def test_a_word_within_another_is_not_that_word():
    assert read(("yesterday", 0.5), ("no", 0.5)) == pytest.approx(0.0)


def test_a_missing_word_is_as_probable_as_what_is_left_over():
    assert read(("yes", 0.9), ("well", 0.08)) == pytest.approx(0.9 / 0.92)


def test_a_missing_word_is_less_probable_than_the_least_candidate():
    assert read(("yes", 0.5), ("well", 0.01)) == pytest.approx(0.5 / 0.51)


def test_a_complete_list_may_be_certain():
    assert read(("yes", 1.0)) == 1.0


def test_a_model_that_says_something_else_is_not_read():
    assert read(("The", 0.97), ("yes", 0.02), ("no", 0.01)) is None


def test_other_words_can_be_named():
    assert read(("right", 0.6), ("wrong", 0.2), labels=Labels(yes=("right",), no=("wrong",))) == (
        pytest.approx(0.75)
    )


def test_nothing_is_read_from_nothing():
    assert read_yes([], Labels()) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["yes", " Yes", "no", "No ", "well", ""]), st.floats()),
        max_size=8,
    )
)
def test_whatever_a_server_says_is_a_probability_or_nothing(pairs):
    score = read_yes([Candidate(token=t, logprob=x) for t, x in pairs], Labels())
    assert score is None or 0 <= score <= 1
