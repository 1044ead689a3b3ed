"""The shape of a program is what its arithmetic does with the numbers of its question."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.verify.shape import FEATURES, list_shape

QUESTION = "Ann has twelve cups, buys 7 more and breaks 3. Each holds 2.5 litres. How many?"


def shape(program, answer="16", question=QUESTION):
    return dict(zip(FEATURES, list_shape(question, program, answer), strict=True))


def test_numbers_are_told_in_digits_and_in_words():
    found = shape("a=12+7;b=a-3<ans>b")

    assert (found["n_told"], found["share_of_told_used"], found["n_unused"]) == (4, 0.75, 1)
    assert (found["n_used_not_told"], found["is_one_unused"]) == (0, 1)
    assert found["n_small_unused"] == 1


def test_a_number_out_of_nowhere_and_one_used_twice_are_counted():
    found = shape("a=12+12;b=a*99")

    assert (found["n_used_not_told"], found["n_used_again"]) == (1, 1)


def test_operators_and_statements_are_counted_without_the_answers_name():
    found = shape("a=12+7;b=a-3;c=b*2<ans>c")

    assert (found["n_statements"], found["n_plus"], found["n_minus"]) == (3, 1, 1)
    assert (found["n_times"], found["n_over"], found["n_characters"]) == (1, 0, 18)


def test_a_value_that_nothing_takes_up_is_a_dead_end():
    assert shape("a=12+7;b=12-3;c=a*2<ans>c")["n_dead_ends"] == 1
    assert shape("a=12+7;b=a-3;c=a*b<ans>c")["n_dead_ends"] == 0


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("16", {"is_whole"}),
        ("12", {"is_whole", "is_told"}),
        ("-4", {"is_whole", "is_negative"}),
        ("1/3", {"is_odd_fraction", "is_below_one"}),
        ("0.25", {"is_below_one"}),
        ("x+1", {"is_no_number"}),
        ("1/0", {"is_no_number"}),
        (None, {"is_no_number"}),
    ],
)
def test_the_answer_is_looked_at_as_a_number(answer, named):
    flags = {name: value for name, value in shape("a=1", answer).items() if name.startswith("is_")}

    assert {name for name, value in flags.items() if value} - {"is_one_unused"} == named


@given(question=st.text(max_size=60), program=st.text(max_size=60), answer=st.text(max_size=9))
def test_every_text_has_a_shape_of_finite_numbers(question, program, answer):
    assert all(math.isfinite(value) for value in list_shape(question, program, answer))


def test_an_answer_too_large_for_a_float_has_a_size():
    assert shape("a=9", "9" * 400)["log_answer"] == pytest.approx(400 * math.log(10), rel=1e-3)
