"""Stability is of answers, length of what was written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.drift.reply import Reply, agreement, answer_entropy_bits, read_reply
from engine.training.row_format import Completion, read_completion


def replies(*answers):
    return [Reply(said=answer) for answer in answers]


def test_length_is_counted_in_marks_names_digits_and_signs():
    found = read_reply(read_completion("a=48/2;b=48+a<ans>b</s>"))
    assert (found.said, found.n_statements, found.n_tokens) == ("72", 2, 15)


def test_declining_is_an_answer_and_no_program_is_none():
    declined = read_reply(read_completion("<ans><none></s>"))
    assert (declined.said, declined.is_declined) == ("not enough information", True)
    assert declined.n_statements == 0
    nothing = read_reply(Completion(value=None, fault="no answer is marked", text="a=1"))
    assert (nothing.said, nothing.is_declined) == (None, False)


def test_equal_values_are_one_answer_however_they_were_reached():
    found = [
        read_reply(Completion(value=Fraction(6, 2))),
        read_reply(Completion(value=Fraction(3))),
    ]
    assert agreement(found) == 1.0


@pytest.mark.parametrize(
    ("answers", "share"),
    [
        pytest.param(("1", "1", "1"), 1.0, id="all"),
        pytest.param(("1", "1", "2"), 1 / 3, id="one pair of three"),
        pytest.param((None, None), 0.0, id="no answer agrees with none"),
    ],
)
def test_agreement_is_of_pairs(answers, share):
    assert agreement(replies(*answers)) == pytest.approx(share)


@pytest.mark.parametrize(
    ("answers", "bits"),
    [
        pytest.param(("1",) * 4, 0.0, id="one answer"),
        pytest.param(("1", "2") * 2, 1.0, id="two alike"),
        pytest.param(("1", "2", "3", None), 2.0, id="all different"),
    ],
)
def test_entropy_is_that_of_the_shares(answers, bits):
    assert answer_entropy_bits(replies(*answers)) == pytest.approx(bits)


@given(st.lists(st.sampled_from(["1", "2", "3"]), min_size=2, max_size=12))
def test_full_agreement_is_no_entropy(answers):
    found = replies(*answers)
    assert 0 <= agreement(found) <= 1
    assert (agreement(found) == 1.0) == (answer_entropy_bits(found) == 0.0)
