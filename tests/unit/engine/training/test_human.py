"""Published solutions become programs that reproduce them, and keep their sense renumbered."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from engine.domain.program import execute, render_program
from engine.training.human import (
    convert_equation,
    convert_gsm8k,
    development_split,
    load_gsm8k,
    load_mawps,
    renumber,
    renumberable,
)

FIXTURES = Path(__file__).parents[4] / "tests" / "fixtures" / "training"


def programs(found):
    return [render_program(held.problem.program) for held in found]


def test_solutions_become_programs():
    assert programs(load_gsm8k(FIXTURES / "gsm8k.jsonl")) == [
        "s0=48/2;s1=48+s0",
        "s0=25/100*40;s1=40-s0;s2=s1*3",
        "s0=1200-450",
        "s0=5*4;s1=s0+7",
    ]


def test_equations_become_programs():
    assert programs(load_mawps(FIXTURES / "mawps.jsonl")) == ["a=31-12", "a=24.5-10"]


def test_a_solution_that_misses_its_answer_is_left_out():
    assert convert_gsm8k("What is 3 and 4?", "It is <<3+4=7>>7.\n#### 8") is None


def test_an_operand_that_may_be_two_things_is_left_out():
    solution = "<<6-4=2>>2 and <<2*2=4>>4, so <<4+1=5>>5.\n#### 5"
    assert convert_gsm8k("Of 6 take 4, double it and add 1.", solution) is None


def test_what_the_answer_does_not_need_is_pruned():
    problem = convert_gsm8k("Of 9 and 5 and 3?", "<<9*5=45>>45, <<9+3=12>>12.\n#### 12")
    assert problem is not None
    assert render_program(problem.program) == "s1=9+3"


def test_an_equation_that_misses_its_answer_is_left_out():
    assert convert_equation("What are 3 and 5?", "x=3.0*5.0", 8.0) is None


@pytest.mark.parametrize("seed", range(8), ids=str)
def test_renumbered_question_and_program_agree(seed):
    held = load_gsm8k(FIXTURES / "gsm8k.jsonl")[2]
    problem = renumber(held, Random(seed))
    first, second = (
        int(word.replace(",", "")) for word in problem.question.split() if word[0].isdigit()
    )
    assert problem.answer == first - second > 0


def test_numbers_that_spell_something_else_stay():
    problem = convert_gsm8k(
        "In 1999 a 40% part of 5 apples and 5 pears, or 1/3 of 30?", "<<30+5=35>>35\n#### 35"
    )
    assert problem is not None
    held = renumberable(problem)
    assert [problem.question[a:b] for a, b in held.places] == ["30"]


def test_whole_results_stay_whole():
    held = load_gsm8k(FIXTURES / "gsm8k.jsonl")[0]
    for seed in range(30):
        values = execute(renumber(held, Random(seed)).program).bindings.values()
        assert all(value.denominator == 1 for value in values)


def test_development_rows_are_fixed_by_their_questions():
    held = load_gsm8k(FIXTURES / "gsm8k.jsonl")
    train, dev = development_split(held, n_rows=3)
    train_again, dev_again = development_split(reversed(held), n_rows=3)
    assert (train, dev) == (train_again, dev_again)
    assert (len(train), len(dev)) == (1, 3)


def test_an_operand_that_is_told_and_computed_is_not_clear(tmp_path):
    path = tmp_path / "rows.jsonl"
    told = {"question": "2 pairs of shorts at $6 and 4 pants at $12?"}
    told["answer"] = "<<2*6=12>>12 <<4*12=48>>48 <<12+48=60>>60\n#### 60"
    path.write_text(json.dumps(told))
    (held,) = load_gsm8k(path)
    assert not held.is_clear
    assert all(one.is_clear for one in load_gsm8k(FIXTURES / "gsm8k.jsonl"))
