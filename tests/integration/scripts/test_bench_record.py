"""`svend bench record` over HTTP: from the running stack's model, or from any server."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from engine.prompts.prompt_set import load_prompt_set
from scripts.svend.bench_record import read_recording, record
from tests.fakes.model_server import FakeModelServer

NO_MODEL = dict.fromkeys(("SVEND_LLM_URL", "SVEND_PROFILE", "SVEND_MODEL_NAME", "SVEND_DATA_DIR"))


@pytest.fixture
def model():
    with FakeModelServer() as server:
        yield server


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "two.jsonl"
    rows = [{"id": name, "problem": f"What is {name}?", "answer": "42"} for name in ("a", "b")]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def draw(suite, out, *given):
    command = ["--suite", str(suite), "--out", str(out), "--samples", "4", *map(str, given)]
    done = CliRunner().invoke(record, command, env=NO_MODEL)
    assert done.exit_code == 0, done.output
    return read_recording(out)


def test_any_server_can_be_recorded(model, suite, tmp_path):
    drawn = draw(suite, tmp_path / "tape.jsonl", "--llm-url", f"{model.url}/v1")

    assert drawn.header.model == model.model
    assert [
        problem.problem_id for problem in sorted(drawn.problems, key=lambda one: one.problem_id)
    ] == ["a", "b"]
    assert all(len(problem.samples) == 4 for problem in drawn.problems)


def test_a_server_that_tells_no_candidates_is_recorded_without_certainty(model, suite, tmp_path):
    drawn = draw(suite, tmp_path / "tape.jsonl", "--llm-url", model.url)
    samples = [sample for problem in drawn.problems for sample in problem.samples]

    assert {sample.certainty for sample in samples} == {None}
    assert all(sample.likelihood is not None for sample in samples)


def test_the_running_stack_is_recorded_with_the_same_prompts(model, suite, tmp_path):
    told = {"url": model.url, "name": model.model, "profile": "", "api_key_file": ""}
    (tmp_path / "stack.json").write_text(json.dumps({"url": "http://here:1", "model": told}))
    by_stack = draw(suite, tmp_path / "stack.jsonl", "--data-dir", tmp_path)
    by_url = draw(suite, tmp_path / "url.jsonl", "--llm-url", model.url)

    assert by_stack.header == by_url.header
    assert by_stack.header.prompt_ids == load_prompt_set("chat").prompt_ids()
    texts = [
        {problem.problem_id: [one.text for one in problem.samples] for problem in drawn.problems}
        for drawn in (by_stack, by_url)
    ]
    assert texts[0] == texts[1]


def test_without_any_server_it_is_wrong_usage(suite, tmp_path):
    given = ["--suite", str(suite), "--out", str(tmp_path / "tape.jsonl")]
    done = CliRunner().invoke(record, [*given, "--data-dir", str(tmp_path)], env=NO_MODEL)

    assert done.exit_code == 2
    assert "svend up" in done.output
