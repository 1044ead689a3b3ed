"""The cues of a number are the words that stand near it; those of a question are what it asks."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.verify.cue import MOST_MENTIONS, read_cues


def told(question):
    return [(mention.value, mention.place) for mention in read_cues(question).mentions]


def cues_of(question, value):
    (mention,) = (m for m in read_cues(question).mentions if m.value == value)
    return set(mention.cues)


def test_numbers_are_met_in_digits_in_words_and_as_words_that_imply_one():
    found = told("Ann has 1,200 pens, twelve cups, and twice as many hats. 30% are red.")

    assert [value for value, _ in found] == [1200, 12, 2, 30, 100]
    assert [place for _, place in found] == sorted(place for _, place in found)


def test_cues_have_their_side_and_the_nearest_their_place():
    cues = cues_of("Ben owns 5 times as many cups as Ann.", 5)

    assert {"=#", "<owns", "<0owns", "<1ben", ">times", ">0times", ">1as", ">many"} <= cues
    assert not {">ann", ">2many", "<times"} & cues


def test_other_numbers_among_the_cues_are_all_alike():
    assert cues_of("He has 7 of 30 cups.", 7) == cues_of("He has 7 of 91 cups.", 7)


def test_what_asks_is_the_sentence_with_the_last_question_mark():
    asking = read_cues("Why? She has 4 cups. How many are left? Say it.").asking

    assert asking == ("how", "many", "are", "left", "how many", "many are", "are left")


def test_what_asks_without_a_mark_are_the_last_words():
    assert read_cues("Find the sum of 4 and 5.").asking[-1] == "# ."


def test_a_number_in_words_of_two_is_met_once():
    assert told("There are fifty-two cards.") == [(Fraction(52), 2)]


@given(st.text(max_size=80))
def test_every_text_has_cues_in_the_order_of_reading(question):
    places = [place for _, place in told(question)]

    assert places == sorted(set(places))


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Add 4,5,6 and 1,000.", [4, 5, 6, 1000]),
        ("\u0130stanbul has 12 cups and 5 more.", [12, 5]),
        ("She ate one-half and sold two-thirds.", [2, 2, 3]),
        ("Pay $.50 of 12.5.", [Fraction(1, 2), Fraction(25, 2)]),
    ],
)
def test_every_number_told_is_met_where_it_stands(question, values):
    assert [value for value, _ in told(question)] == values


def test_a_decimal_point_ends_no_sentence():
    assert read_cues("It rains. How much is .5 of 20?").asking[:3] == ("how", "much", "is")


def test_a_long_question_has_no_more_mentions_than_are_allowed():
    assert len(told("5 " * 8_000)) == MOST_MENTIONS


def test_a_number_without_end_is_not_told():
    assert told("He has " + "9" * 9_000 + " or 4.") == [(Fraction(4), 4)]
