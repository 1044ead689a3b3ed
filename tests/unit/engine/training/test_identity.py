"""Rewritten expressions read differently and compute the same."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.program import execute, parse_program, render_program
from engine.training.expression import map_statements
from engine.training.generate import draw_problem
from engine.training.identity import rewrite
from engine.training.problem import Split
from engine.training.variant import join


def readings(source):
    program = parse_program(source)
    drawn = (Random(seed) for seed in range(80))
    return {
        render_program(map_statements(program, lambda e, r=rng: rewrite(e, r))) for rng in drawn
    }


@pytest.mark.parametrize(
    ("source", "other"),
    [
        pytest.param("a=9-4-3", "a=9-(4+3)", id="subtract the sum"),
        pytest.param("a=9-4+3", "a=9+3-4", id="add first"),
        pytest.param("a=6*5/2", "a=6/2*5", id="divide first"),
        pytest.param("a=60/5/2", "a=60/(5*2)", id="divide by the product"),
        pytest.param("a=(4+3)*2", "a=4*2+3*2", id="distribute over a sum"),
        pytest.param("a=(4-3)*2", "a=4*2-3*2", id="distribute over a difference"),
        pytest.param("a=80-80*20/100", "a=80*(100-20)/100", id="keep the percentage"),
        pytest.param("a=80-80/4", "a=80/4*(4-1)", id="keep the part"),
    ],
)
def test_an_identity_is_used_now_and_then(source, other):
    assert {source, other} <= readings(source)


@pytest.mark.parametrize("source", ["a=4+3", "a=9-(4+3)", "a=8-4/2", "a=-(4+3)"], ids=str)
def test_what_no_identity_fits_stays(source):
    assert readings(source) == {source}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_rewriting_keeps_the_value(seed):
    rng = Random(seed)
    problem = draw_problem(rng, Split.TRAIN)
    program = map_statements(join(problem.program), lambda e: rewrite(e, rng))
    assert execute(program).value == problem.answer
