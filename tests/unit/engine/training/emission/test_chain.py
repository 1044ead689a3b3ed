"""Judged chains: what execution says, and nothing that shape would give away."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.program import execute, parse_program, render_program
from engine.training.emission.chain import emit_chains
from engine.training.emission.slip import FAULTS, Slip, slip_into
from engine.training.generate import draw_problem
from engine.training.problem import Split, WordProblem, split_of
from engine.verify.told import numbers_told

seeds = st.integers(0, 2**32)


def problem_of(source, question="Ann has 40 apples and 6 pears. How many?"):
    return WordProblem(
        question=question, program=parse_program(source), source="gsm8k", family="", template="0f"
    )


@settings(max_examples=50, deadline=None)
@given(seeds)
def test_labels_are_what_execution_says(seed):
    problem = draw_problem(Random(seed), Split.TRAIN)
    for chain in emit_chains(problem, Random(seed)):
        program = parse_program(";".join(chain.steps))
        assert chain.is_right == (execute(program).value == problem.answer)
        assert chain.n_right == len(chain.steps) or not chain.is_right


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_one_chain_is_right_and_the_others_are_wrong(seed):
    problem = draw_problem(Random(seed), Split.TRAIN)
    first, *others = emit_chains(problem, Random(seed))
    assert first.is_right
    assert first.fault is None
    assert not any(chain.is_right for chain in others)
    assert all(chain.fault and chain.system == "mutation" for chain in others)
    assert len({chain.steps for chain in others}) == len(others) <= 3


def test_a_program_of_one_step_has_wrong_chains_too():
    counts = [len(emit_chains(problem_of("a=40-6"), Random(seed))) for seed in range(20)]
    assert min(counts) >= 3


def test_what_a_published_set_emits_counts_as_training():
    chain = emit_chains(problem_of("a=40-6"), Random(0))[0]
    assert chain.origin.split is Split.TRAIN
    assert chain.origin.licence == "MIT"


def test_what_is_generated_keeps_its_split():
    problem = draw_problem(Random(1), Split.DEV)
    assert {chain.origin.split for chain in emit_chains(problem, Random(0))} == {
        split_of(problem.template)
    }


@pytest.mark.parametrize(
    ("slip", "expected"),
    [
        pytest.param(Slip.SWAPPED_OPERANDS, {"a=6-40;b=a*12", "a=40-6;b=a*12"}, id="swapped"),
        pytest.param(Slip.WRONG_OPERATOR, {"a=40+6;b=a*12", "a=40-6;b=a/12"}, id="operator"),
        pytest.param(Slip.WRONG_UNIT, {"a=40-6;b=a*60", "a=40-6;b=a*10"}, id="unit"),
        pytest.param(Slip.DISTRACTOR_USED, {"a=9-6;b=a*12", "a=40-9;b=a*12"}, id="distractor"),
        pytest.param(Slip.DROPPED_FACT, {"a=40;b=a*12", "a=40-6;b=12"}, id="dropped"),
        pytest.param(Slip.STOPPED_EARLY, {"a=40-6;b=a"}, id="early"),
        pytest.param(Slip.ONE_TOO_MANY, {"a=40-6;b=a*12;b_more=b-9"}, id="too many"),
        pytest.param(Slip.FACT_TWICE, {"a=40-6;apart_1=a-6;b=apart_1*12"}, id="twice"),
        pytest.param(Slip.OTHER_OPERAND, {"a=40-9;b=a*12", "a=6-6;b=a*12"}, id="other operand"),
        pytest.param(Slip.COPIED_NUMBER, {"a=41-6;b=a*12", "a=40-6;b=a*21"}, id="copied"),
    ],
)
def test_every_slip_does_what_it_is_called(slip, expected):
    program = parse_program("a=40-6;b=a*12")
    told = numbers_told("Ann has 40 apples, 6 pears and 9 plums.")
    found = [slip_into(program, slip, told, Random(seed)) for seed in range(400)]
    texts = {render_program(drawn.program) for drawn in found if drawn}
    assert texts & expected
    assert {drawn.fault for drawn in found if drawn} == {FAULTS[slip]}


@pytest.mark.parametrize(
    ("slip", "source"),
    [
        pytest.param(Slip.SWAPPED_OPERANDS, "a=2+3", id="nothing to swap"),
        pytest.param(Slip.WRONG_UNIT, "a=2+3", id="every number is told"),
        pytest.param(Slip.DISTRACTOR_USED, "a=2+3", id="no spare number"),
        pytest.param(Slip.STOPPED_EARLY, "a=2+3", id="one step"),
    ],
)
def test_a_slip_without_a_place_is_none(slip, source):
    told = numbers_told("2 and 3")
    assert slip_into(parse_program(source), slip, told, Random(0)) is None


def test_numbers_are_told_in_digits_and_in_words():
    found = numbers_told("In 1,200 boxes lie twelve pears at $2.50 each, and 12 more by Ann2.")
    assert [str(value) for value in found] == ["1200", "12", "5/2"]
