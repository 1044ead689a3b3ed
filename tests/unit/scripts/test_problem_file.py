"""Files of problems."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.svend.errors import ProblemFileError
from scripts.svend.problem_file import parse_problems, read_problems


def parse_one(line: str):
    (problem,) = parse_problems([line], "file")
    return problem


def test_a_line_gives_id_question_and_answer():
    problem = parse_one('{"id":"a","problem":"2+2?","answer":4}')

    assert (problem.name, problem.text, problem.expected) == ("a", "2+2?", "4")


def test_question_is_another_name_for_problem():
    assert parse_one('{"question":"2+2?"}').text == "2+2?"


def test_a_worked_solution_ends_in_its_answer():
    assert parse_one('{"question":"?","answer":"48/2=<<48/2=24>>24\\n#### 72"}').expected == "72"


def test_a_line_without_id_is_called_by_its_number():
    names = [problem.name for problem in parse_problems(["", '{"problem":"?"}'], "file")]

    assert names == ["2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "an object is needed"),
        ('{"prompt":"x"}', 'neither "problem" nor "question"'),
        ('{"problem":" "}', "is blank"),
        ('{"problem":7}', "is not a text"),
        ('{"problem":"x","answer":true}', "neither a text nor a number"),
        ('{"problem":"x","answer":["1"]}', "neither a text nor a number"),
        ('{"problem":"' + "x" * 20_001 + '"}', "20,001 characters"),
    ],
    ids=["cut", "list", "no field", "blank", "number", "flag", "list of answers", "too long"],
)
def test_a_bad_line_is_named_with_its_number(line, reason):
    with pytest.raises(ProblemFileError, match=f"^file, line 2: .*{reason}"):
        parse_problems(['{"problem":"ok"}', line], "file")


@given(st.text())
def test_any_text_is_a_problem_or_a_clear_error(line):
    # Anything else that is raised fails the test.
    with suppress(ProblemFileError):
        parse_problems([line], "file")


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "empty.jsonl"
    path.write_text("\n\n")

    with pytest.raises(ProblemFileError, match="holds no problem"):
        read_problems(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ProblemFileError, match="cannot be read"):
        read_problems(tmp_path / "nowhere.jsonl")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "bytes.jsonl"
    path.write_bytes(b"\xff\xfe{}")

    with pytest.raises(ProblemFileError, match="not UTF-8"):
        read_problems(path)
