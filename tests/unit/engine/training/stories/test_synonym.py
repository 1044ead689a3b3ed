"""Synonyms are put in where another wording says the same, and nowhere else."""

from __future__ import annotations

import pytest

from engine.training.stories.synonym import with_synonyms


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("How many are there in all?", "[altogether|in all|in total]?"),
        ("Every day {A} runs.", "[Every|Each] day {A}"),
        ("{A} runs each week.", "runs [every|each] week."),
        ("{A} reads {n} pages a day.", "pages [a|per|each|every] day."),
        ("{A} reads {n} pages per hour.", "pages [an|per|each|every] hour."),
        ("How many are left?", "How many [are left|remain]?"),
        ("How much is left?", "How much [is left|remains]?"),
        ("Another {n} pears come.", "[another {n}|{n} more|another {n}|{n} additional] pears"),
        ("One. Then {k} came.", "One. [Then|After that,|Next,] {k}"),
        ("One. Later {k} came.", "One. [Later|Afterwards|Later on,] {k}"),
        ("{B} weighs {n} kilograms.", "weighs [{n} kilograms|{n} kilograms|{n.digits} kg]."),
        ("{A} gets ${p} a day.", "{A} [gets|receives] ${p} [a|per|each|every] day."),
        ("{n} children sing.", "{n} [children|kids] sing."),
    ],
    ids=lambda value: value,
)
def test_a_wording_gets_its_choice(text, choice):
    assert choice in with_synonyms(text)


@pytest.mark.parametrize(
    "text",
    [
        "It takes a day.",
        "How much do they take in altogether?",
        "{n} plums each every day.",
        "In all the boxes {n} lie.",
        "The children's {n} books are left over.",
        "Another {bird} has flown in.",
        "Another {s} leave.",
        "The band gets {k.times} as long.",
        "{A} sold the whole eggs.",
    ],
)
def test_other_words_stay(text):
    assert with_synonyms(text) == text
