"""A variant is another way to the same value."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.program import execute, parse_program, render_program
from engine.training.errors import TrainingError
from engine.training.expression import count_operations
from engine.training.generate import draw_problem
from engine.training.problem import Split
from engine.training.variant import join, rename, split, vary


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_every_variant_computes_the_same(seed):
    rng = Random(seed)
    problem = draw_problem(rng, Split.TRAIN)
    assert execute(vary(problem.program, rng)).value == problem.answer


def test_programs_come_in_several_ways():
    program = parse_program("a=4*5;b=2*3;c=a+b")
    texts = {render_program(vary(program, Random(seed))) for seed in range(60)}
    assert {"a=4*5;b=2*3;c=a+b", "a=4*5+2*3", "a=2*3;b=4*5;c=b+a"} <= texts


def test_split_leaves_one_operation_a_statement():
    program = split(parse_program("a=2*(3+4)-5;b=a/(a-1)"))
    assert [count_operations(s.expression) for s in program.statements] == [1, 1, 1, 1, 1]
    assert execute(program).value == execute(parse_program("a=2*(3+4)-5;b=a/(a-1)")).value


def test_split_may_set_only_some_operations_apart():
    program = parse_program("a=2*(3+4)-5")
    texts = {render_program(rename(split(program, Random(seed)))) for seed in range(40)}
    assert {"a=2*(3+4)-5", "a=2*(3+4);b=a-5", "a=3+4;b=2*a;c=b-5", "a=3+4;b=2*a-5"} == texts


@pytest.mark.parametrize(
    ("source", "joined"),
    [
        pytest.param("a=2+3;b=a*4", "b=(2+3)*4", id="used once"),
        pytest.param("a=2+3;b=a*a", "a=2+3;b=a*a", id="used twice"),
    ],
)
def test_join_inlines_what_is_used_once(source, joined):
    assert render_program(join(parse_program(source))) == joined


def test_more_statements_than_names_are_refused():
    program = parse_program(";".join(f"s{number}={number}+1" for number in range(27)))
    with pytest.raises(TrainingError, match="26 statements"):
        rename(program)


def test_rename_follows_the_order():
    assert render_program(rename(parse_program("x=1+2;w=x*3"))) == "a=1+2;b=a*3"
