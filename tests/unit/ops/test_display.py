from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from ops.display import health_display, render_seconds
from ops.part import PartState, PartStatus

STATUS = PartStatus(
    name="web",
    state=PartState.STARTING,
    since_s=3.0,
    pid=7,
    n_restarts=0,
    address="http://127.0.0.1:1",
    problem="",
    log=None,
)


def shown(*statuses: PartStatus, is_terminal: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=100)
    with health_display(console, lambda: statuses[-1:]) as show:
        for status in statuses:
            show([status])
    return out.getvalue()


def test_each_change_is_one_line():
    lines = shown(STATUS, STATUS, replace(STATUS, state=PartState.READY)).splitlines()

    assert lines == ["web: starting", "web: ready at http://127.0.0.1:1"]


def test_problem_is_told():
    text = shown(replace(STATUS, state=PartState.BACKING_OFF, problem="ended with code 1"))

    assert text == "web: backing off (ended with code 1)\n"


def test_terminal_shows_a_table():
    text = shown(replace(STATUS, state=PartState.READY), is_terminal=True)

    assert "restarts" in text
    assert "http://127.0.0.1:1" in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h")],
    ids=str,
)
def test_times_are_for_people(seconds: float, words: str):
    assert render_seconds(seconds) == words
