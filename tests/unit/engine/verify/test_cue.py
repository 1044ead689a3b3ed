"""The cues of a number are the words that stand near it; those of a question are what it asks."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.verify.cue import read_cues


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
