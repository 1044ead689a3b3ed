"""One computation has one name, however it is written; another has another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.computation import name_computation


@pytest.mark.parametrize(
    "other",
    ["a=4/11*33", "a=33/11*4", "x=4*33;a=x/11", "a=4*(33/11)", "y=11;a=33*4/y"],
)
def test_another_spelling_is_the_same_computation(other):
    assert name_computation(other, "a") == name_computation("a=4*33/11", "a") is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a=224/4;b=85+a;c=224-b", "c=224-224/4-85"),
        ("c=1+2+3", "c=3+(2+1)"),
        ("c=5-(3-2)", "c=5-3+2"),
        ("x=2;y=3;c=x*y+x", "c=2+3*2"),
    ],
)
def test_sums_may_be_reordered_and_regrouped(one, other):
    assert name_computation(one, "c") == name_computation(other, "c") is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a=12", "a=3*4"),
        ("a=2+2", "a=2*2"),
        ("a=6/3", "a=3/6"),
        ("a=5-3", "a=3-5"),
        ("a=2*3+4", "a=2*(3+4)"),
        ("a=2", "a=3"),
    ],
)
def test_another_computation_has_another_name(one, other):
    assert name_computation(one, "a") != name_computation(other, "a")


@pytest.mark.parametrize(
    ("source", "variable"),
    [("print(3)", "a"), ("", "a"), ("a=3", "b"), ("a=b+1", "a"), ("a=3", "")],
)
def test_what_is_no_computation_has_no_name(source, variable):
    assert name_computation(source, variable) is None


def test_a_program_that_doubles_in_each_statement_is_named_at_once():
    doubling = "v0=2*3;" + ";".join(f"v{i}=(v{i - 1}+1)*(v{i - 1}+1)" for i in range(1, 60))
    assert name_computation(doubling, "v59") is not None


@given(st.lists(st.integers(0, 99), min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_any_order_of_a_sum_or_a_product_is_the_same(numbers, rng):
    mixed = rng.sample(numbers, len(numbers))
    for sign in "+*":
        one, other = (f"a={sign.join(map(str, listed))}" for listed in (numbers, mixed))
        assert name_computation(one, "a") == name_computation(other, "a")


@given(st.text(alphabet="ab=+-*/();0123456789. ", max_size=60))
def test_no_text_breaks_it(text):
    name = name_computation(text, "a")
    assert name is None or len(name) == 64
