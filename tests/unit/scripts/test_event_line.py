"""Events as lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.event import EventType
from scripts.svend.event_line import printable, render_event, render_event_fully
from tests.unit.scripts.wire_samples import drafted, ended, opened, seal, submitted

CASES = [
    (submitted(), "submitted"),
    (drafted(EventType.JOB_CLAIMED, owner="w"), "claimed by w"),
    (drafted(EventType.JOB_REQUEUED, reason="drain"), "back in the queue: drain"),
    (drafted(EventType.JOB_CANCEL_REQUESTED), "asked to cancel"),
    (drafted(EventType.JOB_FINISH_REQUESTED), "asked for the best answer so far"),
    (
        drafted(EventType.JOB_CACHED, source={"job_id": "job_1"}),
        "answered by an earlier job: job_1",
    ),
    (drafted(EventType.SEARCH_FORKED, node="n3", change={}), "forked at n3"),
    (ended("72", 2), "sample 3 says 72 (7 tokens)"),
    (ended(None, 0, reason="length", status="truncated"), "sample 1 abstains: length (7 tokens)"),
    (
        ended(None, 4, reason="scored", findings={"score": 0.875}),
        "judgement 5 is 0.88 (7 tokens)",
    ),
    (
        drafted(EventType.TOOL_ENDED, tool="calculator", status="ok", output="72"),
        "tool calculator ok: 72",
    ),
    (drafted(EventType.SEARCH_NOTED, note="retried"), "note: retried"),
    (drafted(EventType.SEARCH_ROUTED, choice="tools", reason="no votes"), "goes on: no votes"),
    (drafted(EventType.SEARCH_ROUTED, choice=None, reason="all agree"), "answers: all agree"),
    (drafted(EventType.SEARCH_REFUSED, reason="other model"), "refused: other model"),
    (drafted(EventType.SEARCH_DECIDED, standing={"why": "all agree"}), "decided: all agree"),
    (drafted(EventType.JOB_SUCCEEDED, answer={"text": "72"}), "succeeded: 72"),
    (drafted(EventType.JOB_SUCCEEDED), "succeeded without an answer"),
    (
        drafted(EventType.JOB_FAILED, error={"code": "model", "detail": "gone"}),
        "failed: gone (model)",
    ),
    (drafted(EventType.JOB_CANCELLED), "cancelled"),
    (drafted(EventType.JOB_EXPIRED, reason="too late"), "expired: too late"),
]


@pytest.mark.parametrize(("draft", "line"), CASES, ids=[line for _, line in CASES])
def test_an_event_becomes_a_line(draft, line):
    assert render_event(seal([draft])[0]) == line


def test_a_submitted_sample_needs_no_line():
    assert render_event(seal([opened()])[0]) is None


@pytest.mark.parametrize("kind", list(EventType), ids=str)
def test_an_event_without_data_is_shown_too(kind):
    (event,) = seal([drafted(kind)])

    assert kind.value in render_event_fully(event)


@given(st.text())
def test_nothing_printable_steers_a_terminal(text):
    shown = printable(text)

    assert shown.isprintable()
    assert "\x1b" not in shown


@given(st.text(), st.integers(1, 30))
def test_a_cut_line_keeps_its_bound(text, max_chars):
    assert len(printable(text, max_chars)) <= max_chars


def test_a_late_attempt_is_named():
    (event,) = seal([drafted(EventType.JOB_CLAIMED, owner="w")])

    assert "attempt" not in (render_event(event) or "")
