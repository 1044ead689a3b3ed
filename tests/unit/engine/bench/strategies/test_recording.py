from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bench.strategies.recording import parse_recording, render_line
from engine.domain.errors import InvalidInputError
from engine.domain.verdict import Verdict
from tests.unit.engine.bench.strategies.tape import problem, recording, sample


def to_lines(tape):
    return [render_line(tape.header.to_data())] + [
        render_line(each.to_data()) for each in tape.problems
    ]


@given(names=st.lists(st.none() | st.text(max_size=4), min_size=1, max_size=4))
def test_what_was_written_is_read_back(names):
    tape = recording(problem(names, name="a"), problem(names, name="b"))

    assert parse_recording(to_lines(tape)) == tape


def test_a_last_line_that_was_cut_off_is_left_out():
    tape = recording(problem(["7"], name="a"), problem(["7"], name="b"))
    lines = to_lines(tape)

    read = parse_recording([*lines[:2], lines[2][:40]])

    assert [each.problem_id for each in read.problems] == ["a"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda lines: [], "empty"),
        (lambda lines: ["nonsense\n"], "line 1: not JSON"),
        (lambda lines: [json.dumps({"kind": "other"}) + "\n"], "no header"),
        (lambda lines: [*lines, lines[1]], "line 3: a is there twice"),
        (lambda lines: [*lines, '{"id": "c"}\n'], "line 3: no recorded problem"),
    ],
    ids=["empty", "no-json", "no-header", "twice", "no-problem"],
)
def test_a_file_that_is_no_recording_is_refused_with_its_line(spoil, words):
    lines = to_lines(recording(problem(["7"], name="a")))

    with pytest.raises(InvalidInputError, match=words):
        parse_recording(spoil(lines))


def test_a_problem_with_another_number_of_samples_is_refused():
    lines = to_lines(recording(problem(["7"], name="a")))
    extra = render_line(problem(["7", "8"], name="b").to_data())

    with pytest.raises(InvalidInputError, match="2 samples, not 1"):
        parse_recording([*lines, extra])


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("7.0", Verdict.RIGHT), ("8", Verdict.WRONG), (None, Verdict.WRONG)],
    ids=["same-number", "other", "none"],
)
def test_an_answer_is_graded_by_what_it_means(name, verdict):
    assert problem(["1"], gold="7").grade(sample(name).answer) is verdict
