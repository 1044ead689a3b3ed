"""The demo against a server over real sockets."""

from __future__ import annotations

import json

import pytest

from engine.domain.event import EventType
from tests.unit.scripts.wire_samples import drafted, result_data, submitted


@pytest.fixture
def problems(tmp_path):
    path = tmp_path / "problems.jsonl"
    rows = [
        {"id": "a", "problem": "72?", "answer": "72"},
        {"id": "b", "problem": "60?", "answer": "60"},
        {"id": "c", "problem": "free?"},
        {"id": "d", "problem": "share?", "answer": "the half of it"},
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(path)


def test_answers_stand_beside_the_expected_ones(svend, problems):
    done = svend("demo", "--file", problems)

    assert done.exit_code == 0
    assert "b: wrong  72, expected 60 | votes 72 ×5, 60 ×2 | 1,234 tokens" in done.stderr
    assert (
        "1 of 3 right, 1 wrong, 1 could not be compared, 1 nothing to compare with. "
        "4 of 4 jobs ended"
    ) in " ".join(done.stdout.split())


def test_every_problem_is_submitted_once(api, svend, problems):
    svend("demo", "--file", problems)

    assert sorted(body["problem"] for body in api.bodies) == ["60?", "72?", "free?", "share?"]


def test_events_can_be_left_out(svend, problems):
    assert "sample 1" not in svend("demo", "--file", problems, "--no-events").stderr


def test_no_answer_is_not_called_wrong(api, svend, problems):
    api.result = lambda _problem, job_id: result_data(None, job_id=job_id)

    assert "4 no answer" in svend("demo", "--file", problems).stdout.replace("\n", " ")


def test_a_job_that_failed_has_ended(api, svend, problems):
    api.status = "failed"
    api.script = lambda _: [submitted(), drafted(EventType.JOB_FAILED)]
    done = svend("demo", "--file", problems)

    assert done.exit_code == 0
    assert "4 ended without success" in done.stdout.replace("\n", " ")


def test_a_refused_problem_fails_the_demo(svend, problems):
    done = svend("demo", "--file", problems, "--key", "other")

    assert done.exit_code == 1
    assert "4 did not end" in done.stdout.replace("\n", " ")


def test_a_bad_file_is_told_before_anything_starts(api, svend, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"problem": "ok"}\nnot json\n')
    done = svend("demo", "--file", str(path))

    assert done.exit_code == 2
    assert "line 2: not JSON" in done.stderr
    assert api.calls == []
