"""Results, jobs, keys and trees as people read them."""

from __future__ import annotations

import pytest
from rich.console import Console

from scripts.svend.render import (
    render_confidence,
    render_error,
    render_job,
    render_jobs,
    render_keys,
    render_result,
    render_votes,
)
from scripts.svend.tree import render_trace
from scripts.svend.wire import read_job, read_key, read_result
from tests.unit.scripts.wire_samples import job_data, result_data

HOSTILE = "[red]7\x1b[2J[/]"


def shown(renderable) -> str:
    console = Console(width=160)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_a_vote_share_is_not_called_confidence():
    text = shown(render_result(read_result(result_data())))

    assert "not calibrated" in text
    assert "62% of the samples" in text


def test_a_calibrated_confidence_names_its_calibrator():
    result = read_result(result_data(confidence=0.914, calibration="iso/3"))

    assert render_confidence(result) == "91% (iso/3)"


def test_no_answer_is_said():
    assert "no answer" in shown(render_result(read_result(result_data(None))))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"status": "ok", "output": "72", "error": None}, ("calculator: ok", "72")),
        (
            {"status": "failed", "output": "", "error": HOSTILE},
            ("calculator: failed", "[red]7\\u001b[2J[/]"),
        ),
    ],
    ids=["ok", "failed"],
)
def test_the_call_of_a_tool_shows_what_it_said_and_no_vote(told, said):
    text = shown(render_result(read_result(result_data(None, tool="calculator", **told))))

    assert all(words in text for words in said)
    assert "votes" not in text


def test_many_votes_are_cut():
    votes = [{"text": str(n), "n_votes": 1} for n in range(11)]
    result = read_result(result_data(standing={"votes": votes}))

    assert render_votes(result).endswith("7 ×1, and 3 more")


@pytest.mark.parametrize(
    "renderable",
    [
        render_result(read_result(result_data(HOSTILE))),
        render_job(read_job(job_data(problem=HOSTILE))),
        render_jobs([read_job(job_data(problem=HOSTILE))]),
        render_keys([read_key({"id": "k", "name": HOSTILE})]),
        render_trace(HOSTILE, {}),
    ],
    ids=["result", "job", "jobs", "keys", "trace"],
)
def test_hostile_text_is_shown_as_it_is(renderable):
    text = shown(renderable)

    assert "[red]7\\u001b[2J[/]" in text
    assert "\x1b[2J" not in text


def test_a_failed_job_shows_its_error():
    job = read_job(job_data("failed", error={"code": "model", "detail": "gone"}))

    assert "gone (model)" in shown(render_job(job))


def test_an_error_without_words_is_said_to_be_one():
    assert render_error(None) == "no reason is recorded"


def test_a_revoked_key_is_marked():
    assert "revoked" in shown(render_keys([read_key({"id": "k", "revoked_at": "2027"})]))


def test_a_tree_without_its_problem_says_so():
    assert "not kept any more" in shown(render_trace("", {}))


def test_a_tree_hangs_children_below_their_parents():
    nodes = [
        {"node_id": "a", "rank": 0, "status": "complete", "answer": {"text": "72"}},
        {"node_id": "b", "parent_id": "a", "rank": 1, "status": "failed", "reason": "length"},
    ]
    lines = shown(render_trace("?", {"nodes": nodes})).splitlines()

    assert lines[1].endswith("1. 72")
    assert lines[2].endswith("    └── 2. abstains: length")


def test_a_job_tells_which_one_it_goes_on_from():
    job = read_job(job_data(source={"job_id": "job_0", "relation": "extended"}))

    assert "extended job_0" in shown(render_job(job))
