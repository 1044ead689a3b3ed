"""The command measures families, stories and both, and what they cover."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from engine.training.variety.commands import variety


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.jsonl"
    # Words that every thousand problems have, whatever is drawn, and one that none has.
    questions = ["How many apples are left?", "What is the zygote of the apples?"]
    lines = [json.dumps({"question": question}) for question in questions]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_three_sources_are_measured(rows):
    result = CliRunner().invoke(variety, ["--n", "1000", "--gsm8k", str(rows)])
    assert result.exit_code == 0
    assert [s for s in ("families", "stories", "all") if s in result.stdout] == [
        "families",
        "stories",
        "all",
    ]
    # Of each source: eleven of twelve words as they run, nine of ten different ones.
    assert result.stdout.count("91.7%") == 3
    assert result.stdout.count("90.0%") == 3


def test_a_row_without_a_question_is_told_with_its_line(rows):
    rows.write_text('{"question": "x"}\n{"problem": "y"}\n', encoding="utf-8")
    result = CliRunner().invoke(variety, ["--n", "1000", "--gsm8k", str(rows)])
    assert result.exit_code == 2
    assert "rows.jsonl:2" in result.stderr
