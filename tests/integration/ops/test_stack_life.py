"""What a stack does when it, or a part of it, is killed. Real servers, real signals."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from ops.identity import ProcessIdentity, identify, list_group
from ops.layout import make_layout
from ops.process import wait_until
from ops.record import ProcessRecord, RecordedPart

WAIT_S = 60.0
PROGRAM = Path(__file__).parent / "supervised.py"


@dataclass
class RunningStack:
    """A stack in a process of its own, and what it has said."""

    folder: Path
    process: subprocess.Popen[str]
    lines: queue.SimpleQueue[str]
    postgres_url: str = ""
    redis_url: str = ""
    ended_orphans: tuple[str, ...] = ()

    def next_line(self) -> list[str]:
        return self.lines.get(timeout=WAIT_S).split()

    def wait_until_ready(self) -> None:
        self.ended_orphans = tuple(self.next_line()[1:])
        word, self.postgres_url, self.redis_url = self.next_line()
        assert word == "ready"

    def recorded(self) -> list[RecordedPart]:
        return ProcessRecord(make_layout(self.folder).processes).read()

    def members(self) -> list[ProcessIdentity]:
        return [one for part in self.recorded() for one in list_group(part.group)]

    def leader(self, name: str) -> int:
        return next(part.group for part in self.recorded() if part.name == name)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(WAIT_S)


Start = Callable[[Path], RunningStack]


@pytest.fixture(name="start")
def _start() -> Iterator[Start]:
    stacks: list[RunningStack] = []

    def start(folder: Path) -> RunningStack:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        stack = RunningStack(folder=folder, process=process, lines=queue.SimpleQueue())
        threading.Thread(target=_pass_on, args=(process, stack.lines), daemon=True).start()
        stacks.append(stack)
        return stack

    yield start
    for stack in stacks:
        if stack.process.poll() is None:
            stack.stop()
        stack.process.stdout.close()


def _pass_on(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    try:
        for line in process.stdout:
            lines.put(line)
    except ValueError:
        # The test closed the pipe, which ends this thread's work.
        return


def _execute(stack: RunningStack, statement: str) -> object:
    url = stack.postgres_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def _redis_get(stack: RunningStack, key: str) -> object:
    with redis.Redis.from_url(stack.redis_url, decode_responses=True) as client:
        return client.get(key)


def _redis_set(stack: RunningStack, key: str, value: str) -> None:
    with redis.Redis.from_url(stack.redis_url, decode_responses=True) as client:
        client.set(key, value)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_stop_leaves_no_process(start: Start, tmp_path: Path, number: signal.Signals):
    stack = start(tmp_path / "a")
    stack.wait_until_ready()
    members = stack.members()
    assert len(members) >= 2

    code = stack.stop(number)

    assert code == 0
    assert [one for one in members if one.is_running()] == []
    assert stack.recorded() == []


def test_state_survives_a_restart(start: Start, tmp_path: Path):
    first = start(tmp_path / "a")
    first.wait_until_ready()
    _execute(first, "CREATE TABLE kept AS SELECT 42 AS n")
    _redis_set(first, "kept", "42")
    first.stop()

    second = start(tmp_path / "a")
    second.wait_until_ready()

    assert _execute(second, "SELECT n FROM kept") == (42,)
    assert _redis_get(second, "kept") == "42"


def test_killed_part_is_started_again_with_its_data(start: Start, tmp_path: Path):
    stack = start(tmp_path / "a")
    stack.wait_until_ready()
    _execute(stack, "CREATE TABLE kept AS SELECT 42 AS n")
    old = stack.leader("postgres")

    os.kill(old, signal.SIGKILL)

    def is_back() -> bool:
        try:
            return _execute(stack, "SELECT n FROM kept") == (42,)
        except psycopg.OperationalError:
            return False

    assert wait_until(lambda: identify(old) is None and is_back(), WAIT_S)
    assert wait_until(lambda: stack.leader("postgres") != old, WAIT_S)


def test_start_after_sigkill_of_the_supervisor_finds_all_data(start: Start, tmp_path: Path):
    first = start(tmp_path / "a")
    first.wait_until_ready()
    _execute(first, "CREATE TABLE kept AS SELECT 42 AS n")
    members = first.members()
    first.stop(signal.SIGKILL)

    second = start(tmp_path / "a")
    second.wait_until_ready()

    assert [one for one in members if one.is_running()] == []
    assert _execute(second, "SELECT n FROM kept") == (42,)


def test_second_stack_on_a_folder_is_refused(start: Start, tmp_path: Path):
    first = start(tmp_path / "a")
    first.wait_until_ready()

    second = start(tmp_path / "a")
    code = second.process.wait(WAIT_S)

    assert code != 0
    assert _execute(first, "SELECT 1") == (1,)


def test_stacks_of_two_folders_do_not_meet(start: Start, tmp_path: Path):
    first, second = start(tmp_path / "a"), start(tmp_path / "b")
    first.wait_until_ready()
    second.wait_until_ready()
    _execute(first, "CREATE TABLE only_here (n int)")
    kept = first.members()

    second.stop(signal.SIGKILL)
    third = start(tmp_path / "b")
    third.wait_until_ready()

    assert _execute(third, "SELECT to_regclass('only_here')") == (None,)
    assert [one for one in kept if not one.is_running()] == []


def test_long_data_folder_works(start: Start, tmp_path: Path):
    stack = start(tmp_path / ("x" * 120))
    stack.wait_until_ready()

    assert _execute(stack, "SELECT 1") == (1,)
