"""A framework is read whole, or refused with the file, the table and the field."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.training.errors import FrameworkError
from engine.training.example import Category
from engine.training.frameworks.check import check_framework
from engine.training.frameworks.reader import read_framework

ROOT = Path(__file__).parents[5]
FAULTS = {
    "unknown-field": ('about = "Toys in boxes."', 'abuot = "Toys"', "toml: `abuot` is not known"),
    "no-category": ('category = "math"', 'category = "maths"', "`category` is 'maths', not one"),
    "missing-text": ('states = "Equal groups multiply."\n', "", "groups: `states` is missing"),
    "level": ("level = 1", "level = 9", "block boxes: `level` must be a whole number from 1 to 5"),
    "number-rule": ("n 2..9; k 11..40", "n twice", "block boxes: `numbers` cannot be read"),
    "program-name": ('"all=n*k"', '"all=n*z"', "`program` uses 'z', which is no number"),
    "program-syntax": ('"all=n*k"', '"all=n*"', "block boxes: `program` In `all=n*`"),
    "slot": ("How many {toy}", "How many {toys}", "`ask` has the slot {toys}"),
    "form": ("{n.raw} boxes", "{n.rew} boxes", "`ask` has the slot {n.rew}"),
    "say-slot": ("are {answer} {toy}.", "are {answr} {toy}.", "`say` has the slot {answr}"),
    "bracket": ("[Count|Add up]", "[Count|Add up", "`ask` missing `]`"),
    "tool": ('tool = "unit_convert"', 'tool = "units"', "`tool` is 'units', not one of"),
    "no-arguments": ("arguments = { value", "words = { value", "`arguments` are missing"),
    "cells": ("km | kilometers | m | 1000", "km | kilometers", "has 2 cells for 4 names"),
    "one-pair": ('where = "k > n"', 'pairs = ["u", "km"]', "`pairs` has one row"),
    "list": ('where = "k > n"', 'lists = "data of 5"', "`lists` has 'data of 5'"),
    "list-size": (
        'where = "k > n"',
        'lists = "data 5..6 of 1..3"',
        "no list of different numbers",
    ),
    "no-words": ('["balls", "dolls"]', "[]", "`toy` has no text to choose"),
    "number-ways": ('"n 2..9; k 11..40"', '["n 2..9", "k 2..9"]', "declare different names"),
    "no-block": ("[[principle.block]]", "[[principle.blok]]", "`blok` is not known"),
    "not-lines": ("logic =", "logic = 3 #", "is not TOML"),
    "not-a-table": ('words.toy = ["balls", "dolls"]', "words = 3", "`words` must be a table"),
    "no-tool": ('tool = "unit_convert"\n', "", "`arguments` are there, but no `tool`"),
    "where": ('where = "k > n"', 'where = "k and n"', "`where` `k and n` is no comparison"),
    "where-name": ('where = "k > n"', 'where = "k > z"', "speaks of 'z'"),
    "text-slot": ('texts.q = "{n} {f}"', 'texts.q = "{n} {g}"', "`texts` has the slot 'g'"),
    "twice": ('name = "lengths"', 'name = "boxes"', "has the name 'boxes' 2 times"),
    "declared-twice": ("words.toy =", "words.n =", "'n' is declared twice"),
    "few-wordings": ("Convert {q} to {t}.\n", "", "`ask` has 2 wordings; at least 3"),
    "no-answer": ("thing | answer", "thing | colour", "{answer}"),
    "no-toml": ('domain = "toys"', "domain = toys", "is not TOML"),
}


@pytest.mark.parametrize(("old", "new", "words"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_place(spoiled, old, new, words):
    if words == "{answer}":
        words = "`answer` is missing"
    with pytest.raises(FrameworkError) as caught:
        spoiled(old, new)
    assert words in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FrameworkError, match=r"none\.toml"):
        read_framework(tmp_path / "none.toml")


def test_a_principle_keeps_its_reasons_and_its_logic(toys):
    (principle,) = toys.principles
    assert principle.because == ("Adding the same number again and again is multiplying.",)
    assert principle.logic == ("Count the groups.", "Multiply.")
    assert toys.category is Category.MATH
    assert toys.principle_of(toys.blocks[0]) == principle


def test_blocks_come_as_a_curriculum(toys):
    assert [block.level for block in toys.blocks] == [1, 2, 3]
    assert toys.count_levels() == {1: 1, 2: 1, 3: 1}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(junk=st.text(max_size=40), place=st.integers(0, 1_200))
def test_no_text_breaks_the_reader(tmp_path, text, junk, place):
    file = tmp_path / "junk.toml"
    file.write_bytes((text[:place] + junk + text[place:]).encode("utf-8", "replace"))
    with suppress(FrameworkError):
        read_framework(file)


def test_the_documented_example_is_read_and_comes_out(tmp_path):
    page = (ROOT / "docs" / "frameworks.md").read_text(encoding="utf-8")
    file = tmp_path / "gardening.toml"
    file.write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    faults = [str(fault) for fault in check_framework(read_framework(file))]
    assert faults == ["gardening: 3 blocks over 3 levels; a curriculum needs 6 over 3"]
