"""Numbers in words are found in a text, however they are joined."""

from __future__ import annotations

import pytest

from engine.domain.number_word import find_number_words


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Seven birds and eleven cats.", [7, 11]),
        ("Fifty-two sheep, thirty cows", [52, 30]),
        ("twenty one of them", [21]),
        ("Two hundred sixty letters", [260]),
        ("three hundred and five, or four hundred", [305, 400]),
        ("nobody often told the tension", []),
        ("", []),
    ],
)
def test_a_number_in_words_is_one_number(text, values):
    assert [value for _, value in find_number_words(text)] == values


def test_a_number_is_found_where_it_begins():
    assert list(find_number_words("He has nineteen.")) == [(7, 19)]
