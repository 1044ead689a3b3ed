from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answers.judgement import MAX_PROPOSALS, read_value, read_vote, split_proposals


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1. 4 + 5 = 9\n2) 13 - 10 = 3\n- go on", ("4 + 5 = 9", "13 - 10 = 3", "go on")),
        ("a\n\n  a \nb", ("a", "b")),
        (
            "3 apples\n-5 is below zero\n1.5 is left",
            ("3 apples", "-5 is below zero", "1.5 is left"),
        ),
        ("Step 1: halve\nThought 2. add", ("halve", "add")),
        (" \n\n", ()),
    ],
    ids=["numbers-and-bullets", "repeated", "numbers-of-their-own", "words", "empty"],
)
def test_each_line_is_a_proposal(text, parts):
    assert split_proposals(text) == parts


@given(st.text())
def test_proposals_are_few_distinct_and_not_empty(text):
    parts = split_proposals(text)
    assert len(set(parts)) == len(parts) <= MAX_PROPOSALS
    assert all(part.strip() == part and part for part in parts)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Reasons.\nsure", 1.0),
        ("LIKELY", 0.5),
        ("It is **impossible**.", 0.001),
        ("sure at first\nimpossible in the end", 0.001),
        ("not likely, but impossible", 0.001),
        ("Score: 0.75", 0.75),
        ("80%", 0.8),
        ("1", 1.0),
        ("There are 24 left.\nlikely", 0.5),
        ("unlikely", None),
        ("It is surely 24", None),
        ("7/10", None),
        ("2026-11-21", None),
        ("", None),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_the_last_line_that_says_so_is_the_value(text, score):
    assert read_value(text) == score


@given(st.text() | st.from_regex(r"[a-z ]*[0-9.]{1,9}%?"))
def test_a_value_is_a_probability(text):
    score = read_value(text)
    assert score is None or 0 <= score <= 1


@pytest.mark.parametrize(
    ("text", "pick"),
    [
        ("The best choice is 2", 1),
        ("Choice 1 errs in 5 places.\nThe best choice is **3**.", 2),
        ("2", 1),
        ("The best choice is 4", None),
        ("The best choice is 0", None),
        ("All are wrong.", None),
        ("They differ by 2 steps.", None),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_vote_names_one_of_three_choices(text, pick):
    assert read_vote(text, 3) == pick


@given(st.text(), st.integers(0, 9))
def test_a_pick_is_one_of_the_choices(text, n_choices):
    pick = read_vote(text, n_choices)
    assert pick is None or 0 <= pick < n_choices
