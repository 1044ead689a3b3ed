"""Ending what a killed stack left behind, and nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.identity import identify, list_group
from ops.process import end_group, wait_until
from ops.record import ProcessRecord, RecordedPart

WAIT_S = 20.0
# Starts a child in its own process group, says that it is there, and waits for ever.
WITH_CHILD = """
import subprocess, sys, signal
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(child.pid, flush=True)
signal.pause()
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(0, flush=True); "

Leave = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture(name="leave")
def _leave() -> Iterator[Leave]:
    left: list[subprocess.Popen[bytes]] = []

    def leave(program: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True
        )
        left.append(process)
        process.stdout.readline()
        return process

    yield leave
    for process in left:
        end_group(process.pid)
        process.wait(WAIT_S)
        process.stdout.close()


@pytest.fixture(name="record")
def _record(tmp_path: Path) -> ProcessRecord:
    return ProcessRecord(tmp_path / "run/processes.json")


def part_of(process: subprocess.Popen[bytes], *, stop_timeout_s: float = 5.0) -> RecordedPart:
    return RecordedPart(
        name="part",
        group=process.pid,
        stop_signal=int(signal.SIGTERM),
        stop_timeout_s=stop_timeout_s,
        members=tuple(list_group(process.pid)),
    )


def test_what_was_left_is_ended(record: ProcessRecord, leave: Leave):
    process = leave(WITH_CHILD)
    record.write([part_of(process)])

    assert record.end_orphans() == ["part"]
    assert list_group(process.pid) == []
    assert record.read() == []


def test_child_that_outlived_its_leader_is_ended(record: ProcessRecord, leave: Leave):
    process = leave(WITH_CHILD)
    record.write([part_of(process)])
    process.kill()
    process.wait(WAIT_S)
    assert len(list_group(process.pid)) == 1

    record.end_orphans()

    assert list_group(process.pid) == []


def test_child_started_after_the_last_look_is_ended(record: ProcessRecord, leave: Leave):
    process = leave(WITH_CHILD)
    part = part_of(process)
    leader = tuple(one for one in part.members if one.pid == process.pid)
    record.write([RecordedPart(**{**_fields(part), "members": leader})])

    record.end_orphans()

    assert list_group(process.pid) == []


def test_process_that_ignores_the_request_is_killed(record: ProcessRecord, leave: Leave):
    process = leave(STUBBORN + "signal.pause()")
    record.write([part_of(process, stop_timeout_s=0.2)])

    record.end_orphans()

    assert process.wait(WAIT_S) == -signal.SIGKILL


def test_later_process_of_the_same_id_is_left_alone(record: ProcessRecord, leave: Leave):
    process = leave(WITH_CHILD)
    part = part_of(process)
    earlier = tuple(
        type(one)(pid=one.pid, start_ticks=one.start_ticks - 1) for one in part.members
    )
    record.write([RecordedPart(**{**_fields(part), "members": earlier})])

    assert record.end_orphans() == []
    assert len(list_group(process.pid)) == 2


def test_record_of_another_boot_is_not_believed(
    tmp_path: Path, record: ProcessRecord, leave: Leave
):
    process = leave(WITH_CHILD)
    record.write([part_of(process)])
    path = tmp_path / "run/processes.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "boot_id": "another"}))

    assert record.end_orphans() == []
    assert process.poll() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"boot_id": 1}'], ids=str)
def test_broken_record_ends_nothing(tmp_path: Path, text: str):
    path = tmp_path / "processes.json"
    path.write_text(text)

    assert ProcessRecord(path).end_orphans() == []


def test_ended_process_has_no_identity(leave: Leave):
    process = leave(WITH_CHILD)
    identity = identify(process.pid)
    assert identity is not None
    assert identity.is_running()

    end_group(process.pid)

    assert wait_until(lambda: not identity.is_running(), WAIT_S)


def _fields(part: RecordedPart) -> dict[str, object]:
    return {name: getattr(part, name) for name in RecordedPart.__slots__}
