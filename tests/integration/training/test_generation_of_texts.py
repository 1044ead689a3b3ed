"""`svend data generate` over given questions: solutions and paraphrases."""

from __future__ import annotations

import json

import pytest

from engine.training.datasets.file import read_examples
from tests.integration.training.generating import ScriptedServer, blueprint, rows, run


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.jsonl"
    entries = [
        {"question": "Ann has 4 boxes of 5 pens. How many pens?", "answer": "20"},
        {"question": "Bo has 9 pens and loses 2. How many are left?"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in entries), encoding="utf-8")
    return path


def test_solutions_are_labelled_by_answer_or_majority(questions, tmp_path):
    def solve(prompt, seed):
        if "Ann" in prompt:
            program = "a=4*5" if seed % 2 else "a=4+5"
            return json.dumps({"program": program, "explanation": "4 * 5 = 20. The answer is 20."})
        program = ("a=9-2", "b=9;c=b-2", "a=9-1-1")[seed % 3]
        return json.dumps({"program": program})

    with ScriptedServer(solve) as server:
        result = run(
            *("generate", "--kind", "solutions", "--from", str(questions), "--url", server.url),
            *("--out", str(tmp_path / "out"), "--samples", "6", "--no-screen"),
        )
    assert result.exit_code == 0, result.output
    answers = [example.answer for example in read_examples(tmp_path / "out" / "examples.jsonl")]
    assert answers == ["20", "7", "7", "7"]
    assert "answer-disagrees 3" in result.output


def test_refused_question_is_set_aside_and_the_others_are_asked(questions, tmp_path):
    out = tmp_path / "out"
    arguments = ("generate", "--kind", "solutions", "--from", str(questions), "--out", str(out))
    more = ("--no-screen", "--samples", "1", "--concurrency", "1", "--majority")
    with ScriptedServer(lambda *_: json.dumps({"program": "a=9-2"})) as server:
        server.refuse(400, 1)
        result = run(*arguments, "--url", server.url, *more)
    assert result.exit_code == 0, result.output
    assert "1 requests set aside" in result.output
    [refused] = rows(out / "refused.jsonl")
    assert "Ann has 4 boxes" in refused["question"]
    assert "400" in refused["reason"]
    assert len(rows(out / "examples.jsonl")) == 1


def test_paraphrases_keep_slots_and_numbers(tmp_path):
    source = tmp_path / "blueprints.jsonl"
    source.write_text(json.dumps({**blueprint("q"), "category": "math"}) + "\n", encoding="utf-8")
    texts = [
        "How many pens are on shelf q, with {n} boxes of {k} each?",
        "How many pens are on shelf q, with 4 boxes of {k} each?",
        "How many pens are on shelf 12, with {n} boxes of {k} each?",
        "Shelf q: it holds {n} boxes of {k} pens. HOW many pens?",
    ]
    with ScriptedServer(lambda *_: json.dumps({"paraphrases": texts})) as server:
        result = run(
            *("generate", "--kind", "paraphrases", "--from", str(source), "--url", server.url),
            *("--out", str(tmp_path / "out"), "--no-screen", "--instances", "3"),
        )
    assert result.exit_code == 0, result.output
    assert len(rows(tmp_path / "out" / "examples.jsonl")) == 3
    assert {row["question"] for row in rows(tmp_path / "out" / "blueprints.jsonl")} == {texts[0]}
    for reason in ("slot-unbound 1", "numbers-changed 1", "duplicate 1"):
        assert reason in result.output


def test_majority_that_contradicts_stated_answers_fails_the_check(questions, tmp_path):
    with ScriptedServer(lambda *_: json.dumps({"program": "a=4+5"})) as server:
        result = run(
            *("generate", "--kind", "solutions", "--from", str(questions), "--url", server.url),
            *("--out", str(tmp_path / "out"), "--samples", "3", "--no-screen", "--majority"),
        )
    assert result.exit_code == 1
    assert "re-checked by execution: 50.00% right (n = 2)" in result.output
