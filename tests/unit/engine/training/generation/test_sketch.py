"""Sketches as they are read, and what execution tells of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.program import render_number
from engine.training.errors import DatasetError
from engine.training.example import Category
from engine.training.generation.check import check_paraphrase, check_sketch, fit_draws
from engine.training.generation.reply import Reason, RejectedError
from engine.training.generation.sketch import (
    fold_words,
    from_row,
    read_sketches,
    read_value,
    to_row,
)

ROW = {
    "question": "A shelf has {n} boxes of {k} pens. {m} are sold. How many pens are left?",
    "category": "math",
    "family": "shop.pens",
    "variables": {"n": "3..20", "k": "4..30", "m": "1..90"},
    "values": {"n": "4", "k": 5, "m": "2"},
    "program": "all=n*k;left=all-m",
    "answer": "18",
}


def reason_of(**changes):
    with pytest.raises(RejectedError) as caught:
        check_sketch(from_row({**ROW, **changes}))
    return caught.value.reason


def test_sketch_survives_a_file():
    sketch = from_row(ROW)
    assert from_row(to_row(sketch)) == replace(sketch, split=sketch.home)


def test_one_wording_belongs_to_one_split_whoever_asked_for_it():
    one = from_row(ROW)
    same = {**ROW, "question": ROW["question"].replace("shelf has", "SHELF has,")}
    other = from_row({**same, "category": "finance", "family": "stock.pens"})
    changed = from_row({**ROW, "question": ROW["question"].replace("{n} boxes of", "{n} -")})

    assert other.template == one.template
    assert other.home is one.home
    assert changed.template != one.template
    assert fold_words("What is {n} - {k}?") != fold_words("What is {n} + {k}?")
    assert fold_words("Twenty-five, then.") == fold_words("twenty five then")


def test_sound_blueprint_passes():
    check_sketch(from_row(ROW))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"question": "{n} boxes of {k}?"}, Reason.UNBOUND, id="variable unasked"),
        pytest.param({"question": ROW["question"] + " {x}"}, Reason.UNBOUND, id="slot unbound"),
        pytest.param({"question": ROW["question"] + " {}"}, Reason.UNBOUND, id="stray brace"),
        pytest.param({"program": "left=n*q"}, Reason.UNBOUND, id="program uses another name"),
        pytest.param({"program": "n=3;left=n*k-m"}, Reason.UNBOUND, id="program sets a variable"),
        pytest.param({"program": "left=n**k"}, Reason.PROGRAM, id="no program"),
        pytest.param({"program": "left=n*k/(m-m)"}, Reason.PROGRAM, id="division by zero"),
        pytest.param({"answer": "19"}, Reason.ANSWER, id="answer disagrees"),
        pytest.param({"answer": "many"}, Reason.ANSWER, id="answer is no number"),
        pytest.param(
            {"values": {"n": "2", "k": "10", "m": "2"}}, Reason.RANGE, id="value out of range"
        ),
        pytest.param(
            {"variables": {**ROW["variables"], "m": "1..9000000"}},
            Reason.RANGE,
            id="hardly any draw gives a like answer",
        ),
    ],
)
def test_unsound_blueprint_is_rejected(changes, reason):
    assert reason_of(**changes) is reason


def test_draws_give_answers_like_the_stated_one():
    sketch = from_row(ROW)
    for values in fit_draws(sketch, 50):
        assert values["n"] * values["k"] > values["m"]


@pytest.mark.parametrize(
    "changes",
    [
        {"question": " "},
        {"question": 3 * [1]},
        {"category": "poetry"},
        {"split": "other"},
        {"variables": {"n": "20..3"}},
        {"variables": {"n": 3}},
        {"variables": [1]},
        {"values": {"n": "about 4"}},
        {"values": {"n": True}},
        {"values": {"a b": "4"}},
    ],
    ids=str,
)
def test_row_that_is_no_sketch_is_refused(changes):
    with pytest.raises(DatasetError):
        from_row({**ROW, **changes})


def test_file_faults_name_the_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"question": "How many?"}\n{"question": ""}\n')
    with pytest.raises(DatasetError, match="line 2: `question` is missing"):
        read_sketches(path)
    path.write_text("\n")
    with pytest.raises(DatasetError, match="holds no question"):
        read_sketches(path)


def test_question_of_a_file_takes_the_category_math():
    assert from_row({"question": "2+2?"}).category is Category.MATH


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=64))
def test_written_numbers_are_read_back(value):
    assert read_value(render_number(value)) == value


def test_numbers_are_read_as_people_write_them():
    assert read_value("1,250") == 1250
    assert read_value("$3.50") == Fraction(7, 2)
    assert read_value("1.5/2") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("What is left of {n} boxes of {k}?", Reason.UNBOUND),
        ("{n} boxes, {k} pens each, {m} sold in 3 days: what is left?", Reason.NUMBERS),
        ("{n} boxes, {k} pens each, {m} sold}: what is left?", Reason.UNBOUND),
    ],
    ids=["slot lost", "number added", "stray brace"],
)
def test_paraphrase_that_changes_facts_is_rejected(text, reason):
    with pytest.raises(RejectedError) as caught:
        check_paraphrase(from_row(ROW), text)
    assert caught.value.reason is reason


def test_paraphrase_may_write_a_number_with_commas():
    original = from_row({"question": "A town has 12,500 people. How many?"})
    check_paraphrase(original, "How many live in a town of 12500?")
