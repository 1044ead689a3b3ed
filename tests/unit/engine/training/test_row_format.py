"""What a model writes is executed, and never believed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.domain.program import parse_program
from engine.training.row_format import (
    read_completion,
    render_completion,
    render_prompt,
    render_row,
)

PROGRAM = parse_program("a=48/2;b=48+a")


def test_a_row_is_prompt_completion_and_end():
    row = render_row("How many?", PROGRAM)
    assert row == "<q>How many?<prog>a=48/2;b=48+a<ans>b</s>"
    assert row == render_prompt("How many?") + render_completion(PROGRAM) + "</s>"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a=48/2;b=48+a<ans>b</s>", Fraction(72), id="last name"),
        pytest.param("a=48/2;b=48+a<ans>a", Fraction(24), id="earlier name, no end"),
        pytest.param("a=1/3<ans>a</s>a=5<ans>a", Fraction(1, 3), id="text after the end"),
    ],
)
def test_the_named_statement_is_the_answer(text, value):
    assert read_completion(text).value == value


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("a=48/2", "no answer is marked", id="no mark"),
        pytest.param("a=48/2<ans>c", "'c' is not set", id="unknown name"),
        pytest.param("a=48/0<ans>a", "divides by zero", id="no value"),
        pytest.param("a=48/<ans>a", "statement ends", id="no program"),
    ],
)
def test_what_cannot_be_executed_has_no_value(text, fault):
    completion = read_completion(text)
    assert completion.value is None
    assert fault in completion.fault
