"""Programs that differ in order and grouping alone mostly have one plain form."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.program import execute, parse_program, render_program
from engine.training.expression import count_operations
from engine.training.generate import draw_problem
from engine.training.plain import plain_form
from engine.training.problem import Split, WordProblem
from engine.training.stories.draw import draw_story_problem
from engine.training.variant import vary

QUESTION = "Ann has 9 pins, loses 4, finds 7 and buys 3 boxes of twelve. How many in all?"


def plain(program, question=QUESTION):
    return render_program(plain_form(parse_program(program), question))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([draw_problem, draw_story_problem]))
def test_the_plain_form_computes_the_same(seed, draw):
    rng = Random(seed)
    problem = draw(rng, Split.TRAIN)
    if isinstance(problem, WordProblem):
        program = plain_form(problem.program, problem.question)
        assert execute(program).value == problem.answer
        assert all(count_operations(s.expression) <= 1 for s in program.statements)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_plain_form_is_its_own(seed):
    problem = draw_problem(Random(seed), Split.TRAIN)
    once = plain_form(problem.program, problem.question)
    assert plain_form(once, problem.question) == once


@pytest.mark.parametrize(
    ("programs", "expected"),
    [
        pytest.param(["a=9+7", "a=7+9"], "a=9+7", id="sum"),
        pytest.param(["a=9-4;b=a+7", "a=9+7-4", "a=7+(9-4)"], "a=9-4;b=a+7", id="difference"),
        pytest.param(["a=9-4-3", "a=9-3-4"], "a=9-4;b=a-3", id="two taken away"),
        pytest.param(["a=7-4"], "a=7-4", id="what is first may be told last"),
        pytest.param(["a=12*3", "a=3*12"], "a=3*12", id="numbers in words have a place"),
        pytest.param(["a=9-(4+3)", "a=3+4;b=9-a"], "a=4+3;b=9-a", id="a total taken away"),
        pytest.param(["a=9*7/3", "a=9/3*7"], "a=9*7;b=a/3", id="factors"),
        pytest.param(["a=3*12;b=9-4;c=a+b"], "a=9-4;b=3*12;c=a+b", id="groups by their first"),
        pytest.param(["a=2*7", "a=7*2"], "a=7*2", id="what is not told comes last"),
    ],
)
def test_order_and_grouping_do_not_matter(programs, expected):
    assert {plain(program) for program in programs} == {expected}


@pytest.mark.parametrize("program", ["a=60*24", "a=24*60"])
def test_what_is_not_told_keeps_its_order(program):
    assert plain(program) == program


def test_a_program_of_too_many_operations_keeps_its_statements():
    long = "a=" + "+".join(str(number) for number in range(1, 33))
    assert execute(plain_form(parse_program(long), QUESTION)).value == 528


def test_what_is_used_twice_is_computed_once():
    assert plain("a=4+9;b=a*7;c=b-a") == "a=9+4;b=a*7;c=b-a"


def test_variants_mostly_come_back_to_one_form():
    rng = Random(0)
    problems = [draw_problem(rng, Split.TRAIN) for _ in range(200)]
    n_same = sum(
        plain_form(vary(p.program, rng), p.question) == plain_form(p.program, p.question)
        for p in problems
    )
    # Where a sum was multiplied out, or a percentage taken otherwise, the form is another.
    assert n_same > 160
