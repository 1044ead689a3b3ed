from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from engine.bench.strategies.recording import render_line
from scripts.svend.bench import bench
from tests.unit.engine.bench.strategies.tape import problem, recording

NAMES = ["7", "8", "7", "7", None, "7", "7", "8"]


@pytest.fixture
def tape_file(tmp_path):
    tape = recording(problem(NAMES, name="a"), problem(NAMES, name="b", gold="8"))
    lines = [tape.header, *tape.problems]
    path = tmp_path / "tape.jsonl"
    path.write_text("".join(render_line(each.to_data()) for each in lines), encoding="utf-8")
    return path


def run(*words):
    return CliRunner().invoke(bench, ["strategies", *map(str, words)])


def test_a_recording_becomes_a_table_a_report_and_a_picture(tape_file, tmp_path):
    out, table, plot = (tmp_path / name for name in ("out.json", "table.md", "plot.svg"))

    ended = run("--recording", tape_file, "--out", out, "--table", table, "--plot", plot)

    assert ended.exit_code == 0, ended.output
    assert "fixed vote of 8" in ended.output
    assert json.loads(out.read_text())["n_problems"] == 2
    assert table.read_text() in ended.output + "\n"
    assert plot.read_text().startswith("<?xml")


def test_a_suite_chooses_among_the_recorded_problems(tape_file, tmp_path):
    suite = tmp_path / "suite.jsonl"
    suite.write_text('{"id": "b", "problem": "What is b?", "answer": "8"}\n')

    ended = run("--recording", tape_file, "--suite", suite)

    assert "1 problems" in ended.output


def test_a_suite_with_another_answer_is_refused(tape_file, tmp_path):
    suite = tmp_path / "suite.jsonl"
    suite.write_text('{"id": "b", "problem": "What is b?", "answer": "9"}\n')

    ended = run("--recording", tape_file, "--suite", suite)

    assert ended.exit_code == 1
    assert "recorded with another text" in ended.output


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    path = tmp_path / "other.jsonl"
    path.write_text('{"problem": "?"}\n')

    ended = run("--recording", path)

    assert ended.exit_code == 1
    assert "no header of a recording" in ended.output
