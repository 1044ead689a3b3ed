"""An instance of a block: its question, its answer, its call."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from engine.training.frameworks.item import draw_item, framed
from engine.training.frameworks.scope import ListRule, Scope, parse_constraint
from engine.training.frameworks.slot import fill_exactly, fill_json
from engine.training.problem import Split, split_of


def drawn(framework, index, n=40):
    block = framework.blocks[index]
    found = [draw_item(framework, block, s, Random(f"{s}:{k}")) for s in Split for k in range(n)]
    return [item for item in found if item is not None]


def test_the_answer_is_what_the_program_computes(toys):
    for item in drawn(toys, 0):
        assert item.answer == str(item.values["n"] * item.values["k"])


def test_the_calculator_takes_the_program(toys):
    item = drawn(toys, 0)[0]
    n, k = item.values["n"], item.values["k"]
    assert item.call.name == "calculator"
    assert item.call.arguments == {"program": f"all={n}*{k}"}


def test_an_argument_that_is_one_number_is_a_number(toys):
    item = drawn(toys, 1)[0]
    assert item.call.arguments["value"] == item.values["n"]
    assert isinstance(item.call.arguments["value"], int)


def test_numbers_of_a_row_are_for_programs(toys):
    item = drawn(toys, 1)[0]
    assert item.answer == str(item.values["n"] * int(item.values["k"]))


def test_a_row_holds_the_answer_of_knowledge(toys):
    pairs = {(item.values["thing"], item.answer) for item in drawn(toys, 2)}
    assert pairs == {("a lemon", "yellow"), ("grass", "green"), ("snow", "white")}


def test_a_wording_belongs_to_one_split(toys):
    for item in drawn(toys, 0):
        assert split_of(item.origin.template) is item.origin.split
        assert item.origin.family == "toys.boxes"


def test_values_that_break_a_constraint_are_not_drawn(spoiled):
    never = spoiled('where = "k > n"', 'where = "n > k"')
    assert drawn(never, 0, n=3) == []


def test_the_slots_of_texts_are_filled_without_choice():
    values = {"n": Fraction(5, 2), "t": "cm", "data": (Fraction(3), Fraction(1))}
    assert fill_exactly("{n} {t} {data} {other}", values) == "2.5 cm 3, 1 {other}"
    assert fill_exactly("{n.exact}", {"n": Fraction(1, 3)}) == "1/3"
    assert fill_exactly("{n}", {"n": Fraction(1, 3)}) == "0.333333"


def test_json_is_filled_at_every_depth():
    values = {"n": Fraction(3), "d": Fraction(1, 2), "t": "x", "data": (Fraction(3), Fraction(1))}
    given = {"a": ["{n}", {"{t}": "{n} {t}"}], "b": "{data}", "c": True, "d": "{d}"}
    assert fill_json(given, values) == {
        "a": [3, {"x": "3 x"}],
        "b": [3, 1],
        "c": True,
        "d": 0.5,
    }


@pytest.mark.parametrize(
    ("text", "holds"), [("2*n > 5", True), ("n = 3", True), ("n != 3", False), ("n/0 < 1", None)]
)
def test_a_constraint_compares_two_expressions(text, holds):
    constraint = parse_constraint(text)
    if holds is None:
        with pytest.raises(ValueError, match="zero"):
            constraint.holds({"n": Fraction(3)})
    else:
        assert constraint.holds({"n": Fraction(3)}) is holds


def test_a_list_has_different_numbers_within_its_limits():
    rule = ListRule(name="data", least=3, most=5, low=1, high=6)
    for seed in range(20):
        drawn_list = rule.draw(Random(seed))
        assert 3 <= len(set(drawn_list)) == len(drawn_list) <= 5
        assert all(1 <= value <= 6 for value in drawn_list)


def test_a_frame_keeps_the_words_of_the_question():
    for seed in range(60):
        text = framed("What is 2 plus 3?", Random(seed))
        assert "hat is 2 plus 3" in text


def test_a_pair_of_rows_is_two_different_ones():
    units = ({"u": "km", "k": "1000"}, {"u": "m", "k": "1"}, {"u": "cm", "k": "0.01"})
    scope = Scope(pairs=units)
    assert scope.numeric_names == {"k1", "k2"}
    for seed in range(20):
        values = scope.draw(Random(seed))
        assert values["u1"] != values["u2"]
