"""The demo's problems come from templates that the model never saw."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from engine.domain.program import render_number
from engine.training.evaluation_set import drawn_sets
from engine.training.screen import empty_screen

EXAMPLES = Path(__file__).parents[4] / "examples" / "word_problems.jsonl"


def test_examples_are_the_first_problems_of_the_test_split_with_their_answers():
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    drawn = next(one for one in drawn_sets(24, seed=24, screen=empty_screen()))
    assert drawn.name == "test"
    expected = {item.question: render_number(Fraction(item.answer)) for item in drawn.items}
    assert {row["problem"]: row["answer"] for row in rows} == expected
    assert len({row["id"] for row in rows}) == 24
