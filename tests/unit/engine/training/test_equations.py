"""One linear unknown is solved for, in the numbers that were published."""

from __future__ import annotations

import json

import pytest

from engine.domain.program import ProgramError, render_program
from engine.training.equations import NotLinearError, convert_row, load_equations, solve


@pytest.mark.parametrize(
    ("equation", "program"),
    [
        pytest.param("9*m+12*m=12*15-9*15", "a=(12*15-9*15)/(9+12)", id="collected"),
        pytest.param("m=27.5*42", "a=27.5*42", id="solved already"),
        pytest.param("2*m-5=11", "a=(11+5)/2", id="constant moved"),
        pytest.param("-m+9=2", "a=(2-9)/-1", id="negative slope"),
        pytest.param("(m+3)/2=8", "a=(8-3/2)/(1/2)", id="divided"),
        pytest.param("3*m=m+8", "a=8/(3-1)", id="unknown on both sides"),
    ],
)
def test_an_equation_is_solved(equation, program):
    assert render_program(solve(equation, "m")) == program


@pytest.mark.parametrize(
    "equation", ["m*m=4", "2/m=4", "m=m", "3=3", "m", "2*m=0", "m=n"], ids=str
)
def test_what_is_not_linear_is_refused(equation):
    with pytest.raises(NotLinearError):
        solve(equation, "m")


def test_what_cannot_be_read_is_refused():
    with pytest.raises(ProgramError):
        solve("m^2=4", "m")


def test_rows_of_both_layouts_are_read(tmp_path):
    rows = [
        {"original_text": "Of $ 8 , half ?", "equation": "2.0*m=8.0", "ans": [4.0]},
        {"text": "A third of 9?", "equations": ["unkn: x", "equ: 3*x = 9"], "ans": "3"},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = [held.problem for held in load_equations(path)]
    assert [problem.question for problem in found] == ["Of $8, half?", "A third of 9?"]
    assert [render_program(problem.program) for problem in found] == ["a=8/2", "a=9/3"]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"equation": "m+n=3;m=1", "ans": [1, 2]}, id="two unknowns"),
        pytest.param({"equation": "2*m=8", "ans": [5]}, id="another answer"),
        pytest.param({"equation": "m=8", "ans": [8]}, id="nothing to compute"),
        pytest.param({"equation": "2*m=8", "ans": ["4 or 5"]}, id="no number"),
        pytest.param({"equation": "2*m=-8", "ans": [-4]}, id="negative"),
        pytest.param({"equations": ["unkn: x, x+1", "equ: 2*x=8"], "ans": "4"}, id="several"),
        pytest.param({"equation": None, "ans": "4"}, id="no equation"),
        pytest.param({"equation": "2*m=8"}, id="no answer"),
    ],
)
def test_other_rows_are_left_out(row):
    assert convert_row({"original_text": "How many?", **row}) is None
