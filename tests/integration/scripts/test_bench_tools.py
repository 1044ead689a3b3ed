"""`svend bench tools` against a server over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scripts.svend.main import main
from tests.fakes.model_server import FakeModelServer

QUESTIONS = Path(__file__).parents[2] / "fixtures" / "tool_choice" / "questions.jsonl"
CLOCK = '```tool\n{"name": "wind_clock", "arguments": {"room": "hall"}}\n```'


def _say(prompt, _seed):
    return "I cannot tell." if "paint" in prompt else CLOCK


@pytest.fixture(name="server")
def _server():
    with FakeModelServer(script=_say) as server:
        yield server


def _run(*options, **environment):
    return CliRunner().invoke(
        main, ["bench", "tools", *map(str, options)], env={"SVEND_LLM_URL": None, **environment}
    )


def test_the_table_and_the_report_say_what_was_right(server, tmp_path):
    out = tmp_path / "report.json"
    done = _run("--path", QUESTIONS, "--llm-url", server.url, "--out", out, "--verbose")

    assert done.exit_code == 0, done.output
    assert "| all | 0.0% (0.0% to 56.1%), 0 of 3 |" in done.output
    assert "irrelevance_0: right" in done.output
    report = json.loads(out.read_text())
    assert report["model"] == server.model
    assert [row["grade"] for row in report["questions"]] == [
        "wrong-tool",
        "wrong-tool",
        "wrong-count",
        "right",
    ]


def test_the_server_may_come_from_the_environment(server):
    done = _run("--path", QUESTIONS, "--limit", 1, SVEND_LLM_URL=server.url)

    assert done.exit_code == 0, done.output
    assert "1 questions" in done.output


def test_without_a_server_it_is_said_how_to_name_one():
    done = _run("--path", QUESTIONS)

    assert done.exit_code == 2
    assert "--llm-url" in done.output


def test_a_server_that_is_away_is_named():
    done = _run("--path", QUESTIONS, "--llm-url", "http://127.0.0.1:9")

    assert done.exit_code == 3


def test_a_faulty_file_is_refused_with_its_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "simple_0", "question": "?"}\n')
    done = _run("--path", path, "--llm-url", "http://127.0.0.1:9")

    assert done.exit_code == 2
    assert "line 1 needs a `function`" in done.output
