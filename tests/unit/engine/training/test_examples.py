"""The demo's problems come from templates that the model never saw."""

from __future__ import annotations

import json
from pathlib import Path

from engine.domain.program import render_number
from engine.training.evaluate import draw_set
from engine.training.problem import Split
from engine.training.screen import empty_screen

EXAMPLES = Path(__file__).parents[4] / "examples" / "word_problems.jsonl"


def test_examples_are_problems_of_the_test_split_with_their_answers():
    drawn = draw_set(Split.TEST, 300, seed=24, screen=empty_screen())
    answers = {problem.question: render_number(problem.answer) for problem in drawn}
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 24
    assert {row["problem"]: row["answer"] for row in rows}.items() <= answers.items()
