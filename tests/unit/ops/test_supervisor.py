from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from ops.errors import StackError
from ops.part import Part
from ops.record import ProcessRecord
from ops.supervisor import Supervisor


def test_part_starts_after_what_it_needs(tmp_path: Path):
    order: list[str] = []
    seconds = itertools.count(0.0)
    is_database_ready = False

    def look() -> bool:
        return is_database_ready

    parts = [
        Part(name="database", is_ready=look, settle=lambda: order.append("database")),
        Part(name="schema", after=("database",), settle=lambda: order.append("schema")),
    ]
    supervisor = Supervisor(parts, ProcessRecord(tmp_path / "p.json"), clock=lambda: next(seconds))
    supervisor.tick()
    supervisor.tick()
    assert order == []

    is_database_ready = True
    supervisor.tick()
    supervisor.tick()
    supervisor.tick()

    assert order == ["database", "schema"]
    assert supervisor.is_ready()


def test_changes_are_told(tmp_path: Path):
    supervisor = Supervisor([Part(name="a")], ProcessRecord(tmp_path / "p.json"))
    told: list[str] = []
    supervisor.on_change = lambda statuses: told.append(statuses[0].state)
    supervisor.tick()
    supervisor.tick()
    supervisor.tick()

    assert told == ["starting", "ready"]


def test_part_before_what_it_needs_is_refused(tmp_path: Path):
    parts = [Part(name="schema", after=("database",)), Part(name="database")]

    with pytest.raises(StackError, match="database"):
        Supervisor(parts, ProcessRecord(tmp_path / "p.json"))
