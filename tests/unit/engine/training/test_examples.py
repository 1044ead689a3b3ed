"""The demo's problems, of the recipe that the shipped weights were made by.

The generator has changed since, so they cannot be drawn again; the next weights bring new ones.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from engine.domain.program import render_number

EXAMPLES = Path(__file__).parents[4] / "examples" / "word_problems.jsonl"


def test_examples_are_distinct_problems_with_canonical_answers():
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len({row["problem"] for row in rows}) == 24
    assert [render_number(Fraction(row["answer"])) for row in rows] == [r["answer"] for r in rows]
