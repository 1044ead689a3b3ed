"""Every part of a program can be found and replaced."""

from __future__ import annotations

import pytest

from engine.domain.program import Number, parse_program, render_program
from engine.training.emission.place import Place, Side, put, walk

PROGRAM = parse_program("a=-(3+b)*2;c=a/5")
SEVEN = Number(value=parse_program("x=7").statements[0].expression.value)


def test_the_whole_comes_before_its_parts():
    found = list(walk(PROGRAM))
    assert [part.place.statement for part in found] == [0] * 6 + [1] * 3
    assert found[0].place.path == ()
    assert found[1].place.path == (Side.LEFT,)
    assert found[2].place.path == (Side.LEFT, Side.OPERAND)


@pytest.mark.parametrize(
    ("index", "text"),
    [
        pytest.param(0, "a=7;c=a/5", id="a whole statement"),
        pytest.param(2, "a=-7*2;c=a/5", id="below a minus"),
        pytest.param(5, "a=-(3+b)*7;c=a/5", id="a right operand"),
        pytest.param(7, "a=-(3+b)*2;c=7/5", id="a left operand"),
    ],
)
def test_a_part_is_replaced_where_it_stands(index, text):
    place = list(walk(PROGRAM))[index].place
    assert render_program(put(PROGRAM, place, SEVEN)) == text


def test_a_number_has_no_parts():
    with pytest.raises(ValueError, match="nothing at left"):
        put(parse_program("a=3"), Place(statement=0, path=(Side.LEFT,)), SEVEN)
