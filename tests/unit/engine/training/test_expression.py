"""Walks over expressions visit every leaf once, from left to right."""

from __future__ import annotations

from fractions import Fraction

from engine.domain.program import Name, Number, parse_program, render_program
from engine.training.expression import (
    count_operations,
    leaves,
    map_statements,
    names_in,
    replace_names,
)

EXPRESSION = parse_program("r=-(a+2)*b/a").statements[0].expression


def test_leaves_come_from_left_to_right():
    assert list(leaves(EXPRESSION)) == [
        Name(name="a"),
        Number(value=Fraction(2)),
        Name(name="b"),
        Name(name="a"),
    ]


def test_every_use_of_a_name_is_listed():
    assert names_in(EXPRESSION) == ["a", "b", "a"]


def test_minus_is_no_operation():
    assert count_operations(EXPRESSION) == 3


def test_names_without_replacement_stay():
    program = parse_program("r=-(a+2)*b/a")
    replaced = map_statements(
        program, lambda expression: replace_names(expression, {"a": Number(value=Fraction(7))})
    )
    assert render_program(replaced) == "r=-(7+2)*b/7"
