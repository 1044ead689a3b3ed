"""`svend data generate` with the project's own model behind a real vLLM."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from engine.training.datasets.file import read_examples
from scripts.svend.data_commands import data
from tests.acceptance.conftest import API_KEY

pytestmark = pytest.mark.timeout(900)
QUESTIONS = (
    "Tom has 5 apples and buys 7 more apples. How many apples does Tom have now?",
    "Mia has 9 pencils. She gives 4 pencils to Ben. How many pencils does Mia have left?",
    "There are 6 boxes with 8 pens in each box. How many pens are there in all?",
    "A baker makes 24 rolls and puts them into 4 bags equally. How many rolls are in each bag?",
    "A ticket costs 12 dollars. How much do 5 tickets cost?",
    "Anna has 30 stickers. She loses 6 and then finds 3. How many stickers does she have?",
)


def test_served_model_writes_programs_that_are_labelled_by_majority(
    vllm_server, tmp_path, monkeypatch
):
    source, out = tmp_path / "questions.jsonl", tmp_path / "out"
    source.write_text("".join(json.dumps({"question": text}) + "\n" for text in QUESTIONS))
    monkeypatch.setenv("SVEND_TEST_KEY", API_KEY)
    result = CliRunner().invoke(
        data,
        [
            *("generate", "--kind", "solutions", "--mini", "--from", str(source)),
            *("--url", vllm_server.vllm.url(), "--key-variable", "SVEND_TEST_KEY"),
            *("--out", str(out), "--samples", "8", "--max-tokens", "120", "--no-screen"),
        ],
        catch_exceptions=False,
    )
    assert result.exit_code == 0, result.output
    assert "re-checked by execution: 100.00% right" in result.output
    examples = list(read_examples(out / "examples.jsonl"))
    assert {example.messages[0].content for example in examples} <= set(QUESTIONS)
    # One question has one label, whatever program it was reached by.
    labels = {(example.messages[0].content, example.answer) for example in examples}
    assert len(labels) == len({question for question, _ in labels}) >= 1
    tokens = [json.loads(line) for line in (out / "journal.jsonl").read_text().splitlines()[1:]]
    assert len(tokens) == len(QUESTIONS)
    assert all(row["tokens_in"] and row["tokens_out"] for row in tokens)
