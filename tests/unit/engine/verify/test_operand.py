"""What a program does with numbers follows from its tree, whatever names it gives to values."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.program import parse_program
from engine.verify.operand import Direction, Relation, Role, read_operands

TOLD = tuple(map(Fraction, (3, 5, 7)))


def read(program, told=TOLD):
    return read_operands(parse_program(program), told)


@pytest.mark.parametrize(
    ("program", "roles"),
    [
        ("a=3+5", [(3, Role.ADDEND), (5, Role.ADDEND)]),
        ("a=3-5", [(3, Role.MINUEND), (5, Role.SUBTRAHEND)]),
        ("a=3*5", [(3, Role.FACTOR), (5, Role.FACTOR)]),
        ("a=3/5", [(3, Role.DIVIDEND), (5, Role.DIVISOR)]),
        ("a=3;b=a-9", [(3, Role.ALONE), (9, Role.SUBTRAHEND)]),
        ("a=-(3+5)", [(3, Role.ADDEND), (5, Role.ADDEND)]),
    ],
)
def test_a_literal_has_the_role_of_its_place_in_its_operation(program, roles):
    assert list(read(program).roles) == roles


@pytest.mark.parametrize(
    ("program", "relation"),
    [
        ("a=3+5", Relation.SUM),
        ("a=5+3", Relation.SUM),
        ("a=3-5", Relation.DIFFERENCE),
        ("a=5-3", Relation.DIFFERENCE_FROM),
        ("a=3/5", Relation.QUOTIENT),
        ("a=5/3", Relation.QUOTIENT_OF),
        ("a=3*2;b=5*9;c=b-a", Relation.DIFFERENCE_FROM),
        ("c=5*9-3*2", Relation.DIFFERENCE_FROM),
        # They meet for the first time in the product.
        ("a=3*5;b=3+a", Relation.PRODUCT),
    ],
)
def test_two_numbers_are_related_where_they_first_meet(program, relation):
    assert read(program).relations == {(Fraction(3), Fraction(5)): relation}


@pytest.mark.parametrize(
    ("program", "down"),
    [
        ("a=3+5*7", set()),
        ("a=3-5", {5}),
        ("a=3-(5-7)", {5}),
        ("a=5+7;b=3/a", {5, 7}),
        ("a=-3+5", {3}),
    ],
)
def test_the_answer_moves_down_with_what_is_taken_from_it(program, down):
    directions = read(program).directions

    assert {value for value, way in directions.items() if way is Direction.DOWN} == down


def test_numbers_that_the_answer_does_not_rest_on_have_no_direction():
    assert set(read("a=3+5;b=7*2").directions) == {7}


def test_the_last_operator_gives_the_answer():
    assert read("a=3+5;b=a*7").last == "*"
    assert read("a=3+5;b=a").last == ""


def test_the_statement_that_is_named_gives_the_answer():
    found = read_operands(parse_program("a=3*5;b=a-7"), TOLD, "a")

    assert found.last == "*"
    assert set(found.directions) == {3, 5}


def test_a_name_used_twice_is_read_once():
    doubling = ";".join(f"{chr(98 + i)}={chr(97 + i)}+{chr(97 + i)}" for i in range(24))

    assert len(read(f"a=3+5;{doubling}").roles) == 2


@given(st.permutations(["a=3*2", "b=5-1"]))
def test_the_order_of_statements_apart_makes_no_difference(first):
    found = read(f"{';'.join(first)};c=a+b")

    assert found.relations == {(Fraction(3), Fraction(5)): Relation.SUM}
    assert found.directions == {Fraction(3): Direction.UP, Fraction(5): Direction.UP}
