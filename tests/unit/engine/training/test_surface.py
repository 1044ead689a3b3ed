"""Sentence forms choose, fill and spell."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from engine.training import surface
from engine.training.words import Person

ANNA = Person(name="Anna", subject="she", owner="her", object_="her")


def fillings(masked, slots):
    return {surface.fill(masked, slots, Random(seed)) for seed in range(200)}


def test_every_reading_can_be_chosen():
    texts = {surface.choose("a [b|c [d|e]|] f", Random(seed)) for seed in range(60)}
    assert texts == {"a b f", "a c d f", "a c e f", "a  f"}


@pytest.mark.parametrize("template", ["a [b|c", "a ]b", "[a|[b]"], ids=str)
def test_unbalanced_forms_are_refused(template):
    with pytest.raises(ValueError, match="sentence form"):
        surface.choose(template, Random(0))


def test_a_person_may_become_a_pronoun_where_the_form_says_so():
    assert fillings("{A?}", {"A": ANNA}) == {"Anna", "she"}
    assert fillings("{A} and {A.his} {A.him} {A.he}", {"A": ANNA}) == {"Anna and her her she"}


def test_a_thing_has_a_singular_and_an_article():
    slots = {"item": "apples", "box": "boxes"}
    assert fillings("{item} {item.one} {item.a} {box.a}", slots) == {"apples apple an apple a box"}


def test_numbers_are_written_in_several_ways():
    assert fillings("{x}", {"x": Fraction(12)}) == {"12", "twelve"}
    assert fillings("{x}", {"x": Fraction(1250)}) == {"1250", "1,250"}
    assert fillings("{x.money}", {"x": Fraction(5, 2)}) == {"2.50"}
    assert fillings("{x.digits}", {"x": Fraction(3)}) == {"3"}
    assert fillings("{x.plain}", {"x": Fraction(1996)}) == {"1996"}


def test_times_and_parts_are_worded():
    assert "twice" in fillings("{x.times}", {"x": Fraction(2)})
    assert "7 times" in fillings("{x.times}", {"x": Fraction(7)})
    assert "a third" in fillings("{x.part}", {"x": Fraction(3)})
    assert fillings("{x.part}", {"x": Fraction(7)}) == {"1/7"}


def test_a_sentence_begins_with_a_capital():
    assert surface.sentence("how many", "?") == "How many?"


def test_readings_are_counted_without_blanks_that_say_nothing():
    assert surface.list_readings("a [b|c [d|e]|] {x}") == {
        "a b {x}",
        "a c d {x}",
        "a c e {x}",
        "a {x}",
    }


def test_a_multiple_of_a_number_may_be_worded_as_double():
    assert fillings("{x.fold}", {"x": Fraction(2)}) == {"twice", "double", "two times"}
    assert fillings("{x.times}", {"x": Fraction(2)}) == {"twice", "two times", "2 times"}
