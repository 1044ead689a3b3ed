"""Who leads, when a leader falls silent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from db.advisory_lock import AdvisoryLocks
from db.engine import create_engine

REPOSITORY = Path(__file__).resolve().parents[3]
IDLE_S = 2.0
WAIT_S = 60.0
# A leader of another process, which says so and then waits to be ended.
LEAD = """
import sys
from db.advisory_lock import AdvisoryLocks
from db.engine import create_engine

engine = create_engine(sys.argv[1])
with AdvisoryLocks(engine, idle_s=float(sys.argv[2])).try_hold("duty") as leads:
    print("leads" if leads else "follows", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(database_url) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@contextmanager
def leader(database_url: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that leads."""
    command = [sys.executable, "-c", LEAD, database_url, str(IDLE_S)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "leads\n"
            yield process
        finally:
            process.kill()


def wait_until(is_so: Callable[[], bool]) -> None:
    began_s = time.monotonic()
    while not is_so():
        assert time.monotonic() - began_s < WAIT_S
        time.sleep(0.02)


def count_seconds(engine: Engine) -> float:
    statement = text("SELECT extract(epoch FROM clock_timestamp())::float8")
    with engine.connect() as connection:
        return connection.execute(statement).scalar_one()


def takes(locks: AdvisoryLocks) -> bool:
    with locks.try_hold("duty") as leads:
        return leads


def test_a_stopped_leader_leads_no_more(database_url, other):
    locks = AdvisoryLocks(other, idle_s=IDLE_S)
    with leader(database_url) as process:
        assert not takes(locks)

        os.kill(process.pid, signal.SIGSTOP)

        wait_until(lambda: takes(locks))


def test_a_live_leader_keeps_a_lock_that_it_does_not_touch(engine, other):
    locks = AdvisoryLocks(other, idle_s=IDLE_S)
    with AdvisoryLocks(engine, idle_s=IDLE_S).try_hold("duty") as leads:
        assert leads
        began_s = count_seconds(engine)

        wait_until(lambda: count_seconds(engine) - began_s > 1.5 * IDLE_S)

        assert not takes(locks)
    assert takes(locks)
