"""Step labels hold for every right way of solving, and fall at the first slip."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.program import parse_program
from engine.training.emission.label import Judgement, judge, judge_slip, shake
from engine.training.generate import draw_problem
from engine.training.problem import Split
from engine.training.variant import split, vary

RIGHT = parse_program("a=40-7;b=a-5;c=b*3")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_every_way_to_the_answer_is_right_in_all_its_steps(seed):
    rng = Random(seed)
    problem = draw_problem(rng, Split.TRAIN)
    other = split(vary(problem.program, rng))
    assert judge(other, problem.program) == Judgement(n_right=len(other.statements), is_right=True)


@pytest.mark.parametrize(
    ("source", "n_right"),
    [
        pytest.param("a=7+5;b=40-a", 2, id="both amounts taken off at once, then stopped"),
        pytest.param("a=40-5;b=a-7", 2, id="another order, then stopped"),
        pytest.param("a=40-7;b=a+5;c=b*3", 1, id="wrong operator in the second step"),
        pytest.param("a=7-40;b=a-5;c=b*3", 1, id="operands swapped leave a part of the sum"),
        pytest.param("a=40-8;b=a-5;c=b*3", 0, id="number copied wrong"),
        pytest.param("a=40-7;b=a-5", 2, id="stopped one step early"),
        pytest.param("a=40-7;b=a-5;c=b*3;d=c+40", 3, id="one step too many"),
        pytest.param("a=40;b=a-7;c=b-6", 2, id="a copy computes nothing that could be wrong"),
        pytest.param("a=40-7;b=a/0", 1, id="a step that cannot be run"),
        pytest.param("a=b+1", 0, id="a name that is not set"),
    ],
)
def test_the_first_wrong_step_is_where_the_value_leaves_the_solution(source, n_right):
    judged = judge(parse_program(source), RIGHT)
    assert judged == Judgement(n_right=n_right, is_right=False)


@pytest.mark.parametrize(
    ("source", "right"),
    [
        pytest.param("a=2*5;b=a-40", "a=2*5;b=40-a", id="a difference"),
        pytest.param("a=2*5;b=a/40", "a=2*5;b=40/a", id="a quotient"),
    ],
)
def test_operands_swapped_in_the_last_step_make_it_wrong(source, right):
    judged = judge(parse_program(source), parse_program(right))
    assert judged == Judgement(n_right=1, is_right=False)


def test_a_way_that_no_identity_covers_counts_as_right_when_it_reaches_the_answer():
    judged = judge(parse_program("a=100-16"), RIGHT)
    assert judged == Judgement(n_right=1, is_right=True)


@pytest.mark.parametrize(
    ("source", "right", "n_right"),
    [
        pytest.param("a=2*8+8*2", "a=2*8+16*2", 0, id="a right value by chance"),
        pytest.param("a=2+2;b=a*9", "a=2*2;b=a+9", 0, id="two and two"),
        pytest.param("a=8*2;b=a+8", "a=2*8;b=a+16*2", 1, id="a right step in another order"),
    ],
)
def test_a_right_value_by_chance_does_not_make_a_slip_right(source, right, n_right):
    judged = judge_slip(parse_program(source), parse_program(right))
    assert judged == Judgement(n_right=n_right, is_right=False)


def test_other_numbers_stand_for_the_same_ones_everywhere():
    shaken = shake(parse_program("a=5+1;b=a*5-0"))
    five = shaken.statements[0].expression.left
    assert five.value != 5
    assert shaken.statements[1].expression.left.right == five
    assert shake(parse_program("z=5*2")).statements[0].expression.left == five


def test_a_minus_before_a_sum_is_walked_through():
    right = parse_program("a=-(3-10)*2")
    assert judge(parse_program("a=3-10;b=a*2"), right) == Judgement(n_right=1, is_right=False)


def test_a_program_that_other_numbers_break_is_judged_by_its_own():
    # Sixteen factors of four figures are more digits than a calculation may have.
    product = "*".join(["2"] * 18)
    judged = judge_slip(parse_program(f"a={product};b=a-6"), parse_program(f"a={product};b=a-7"))
    assert judged == Judgement(n_right=1, is_right=False)
