"""The command asks two folders the same prompts, writes both reports, and stops at its gates."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from scripts.svend.training_commands import train

ROWS = (
    {"id": 1, "problem": "Ann has 3 pens and gets 4. How many has she?", "answer": 7},
    {
        "id": 2,
        "problem": "What is 5 yd in ft?",
        "tools": ["unit_convert", "plot"],
        "paraphrases": ["Give 5 yd in ft.", "5 yd are how many ft?"],
    },
)


@pytest.fixture(autouse=True)
def few_tokens(monkeypatch):
    monkeypatch.setattr("engine.training.sampling.MAX_NEW_TOKENS", 4)


@pytest.fixture
def prompts(tmp_path):
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def run(*arguments):
    return CliRunner().invoke(train, ["drift", *map(str, arguments)])


def test_a_model_has_not_moved_from_itself(save_model, prompts, tmp_path):
    folder, out = save_model(0), tmp_path / "out"
    done = run(folder, folder, "--prompts", prompts, "--samples", 2, "--out", out)
    assert done.exit_code == 0, done.output
    report = json.loads((out / "report.json").read_text())
    assert report["found"]["agreement"]["mean"] == 1.0
    assert report["found"]["tools"]["agreement"]["n"] == 1
    assert report["found"]["paraphrase"]["new"]["n"] == 1
    assert report["found"]["seed"]["change"]["mean"] == 0.0
    assert report["old"]["temperature"] == 0.8
    assert "same answer" in done.stdout
    assert "## Tools" in (out / "report.md").read_text()


def test_a_gate_that_is_not_reached_fails(save_model, prompts, tmp_path):
    folder = save_model(0)
    done = run(
        *(folder, folder, "--prompts", prompts, "--samples", 0, "--out", tmp_path),
        *("--fail-below", "agreement=1", "--fail-below", "accuracy=0.9"),
    )
    assert done.exit_code == 1
    assert "accuracy is 0.000" in done.output
    assert "agreement is" not in done.output


def test_stories_serve_as_prompts(save_model, tmp_path):
    arguments = ["--stories", 6, "--samples", 0, "--out", tmp_path]
    done = run(save_model(0), save_model(1), *arguments)
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "report.json").read_text())["found"]
    assert found["n_prompts"] == found["correctness"]["accuracy"]["old"]["n"] == 6
    assert 0 < found["paraphrase"]["old"]["n"] <= 6
    assert found["seed"] is None


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        pytest.param([], 2, id="no prompts"),
        pytest.param(["--stories", 1, "--fail-below", "charm=0.9"], 2, id="no such gate"),
        pytest.param(["--stories", 1, "--fail-below", "agreement=most"], 2, id="no number"),
        pytest.param(["--stories", 1], 1, id="no model"),
    ],
)
def test_what_is_missing_is_said_in_one_line(tmp_path, arguments, exit_code):
    done = run(tmp_path / "old", tmp_path / "new", "--out", tmp_path, *arguments)
    assert done.exit_code == exit_code
    assert "Error: " in done.output
    assert "Traceback" not in done.output


def test_a_server_that_is_not_there_is_said_in_one_line(tmp_path):
    url = "http://127.0.0.1:9"
    done = run(url, url, "--stories", 1, "--out", tmp_path)
    assert done.exit_code == 1
    assert "the server does not answer" in done.output


def test_without_a_profile_the_temperature_must_be_given(save_model, prompts, tmp_path):
    folder = save_model(2)
    (folder / "svend-profile.json").unlink()
    done = run(folder, folder, "--prompts", prompts, "--out", tmp_path)
    assert done.exit_code == 2
    assert "--temperature" in done.output
