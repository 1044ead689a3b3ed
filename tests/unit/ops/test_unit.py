"""The life of a part, with a process that does what the test says and a clock that it turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import PartFailedError, StackError
from ops.identity import ProcessIdentity
from ops.part import Part, PartState
from ops.process import ManagedProcess, ProcessSpec
from ops.unit import MAX_BACKOFF_S, MAX_FIRST_FAILURES, Unit, restart_delay_s

SPEC = ProcessSpec(name="part", command=["/bin/part"], log=Path("/nowhere/part.log"))


class FakeProcess:
    def __init__(self, pid: int) -> None:
        self.spec = SPEC
        self.pid = pid
        self.code: int | None = None
        self.n_stop_requests = 0
        self.is_killed = False

    def exit_code(self) -> int | None:
        return self.code

    def members(self) -> list[ProcessIdentity]:
        return [ProcessIdentity(pid=self.pid, start_ticks=1)]

    def ask_to_stop(self) -> None:
        self.n_stop_requests += 1

    def kill(self) -> None:
        self.is_killed = True


@dataclass
class World:
    """A part's surroundings."""

    now_s: float = 0.0
    is_ready: bool = False
    settle_fault: str = ""
    n_prepared: int = 0
    n_settled: int = 0
    started: list[FakeProcess] = field(default_factory=list)

    def clock(self) -> float:
        return self.now_s

    def start(self, spec: ProcessSpec) -> ManagedProcess:
        assert spec is SPEC
        self.started.append(FakeProcess(pid=100 + len(self.started)))
        return cast("ManagedProcess", self.started[-1])

    def prepare(self) -> None:
        self.n_prepared += 1

    def settle(self) -> None:
        self.n_settled += 1
        if self.settle_fault:
            raise StackError(self.settle_fault)

    def pass_time(self, unit: Unit, seconds: float) -> None:
        self.now_s += seconds
        unit.tick(may_start=True)


@pytest.fixture(name="world")
def _world() -> World:
    return World()


@pytest.fixture(name="unit")
def _unit(world: World) -> Unit:
    part = Part(
        name="part",
        prepare=world.prepare,
        spec=lambda: SPEC,
        is_ready=lambda: world.is_ready,
        settle=world.settle,
        start_timeout_s=20.0,
        hang_timeout_s=30.0,
    )
    return Unit(part, clock=world.clock, start=world.start)


@pytest.fixture(name="running")
def _running(world: World, unit: Unit) -> Unit:
    unit.tick(may_start=True)
    world.is_ready = True
    world.pass_time(unit, 1)
    return unit


def test_part_waits_for_what_it_needs(world: World, unit: Unit):
    unit.tick(may_start=False)

    assert unit.state is PartState.WAITING
    assert world.started == []


def test_part_is_prepared_before_its_start(world: World, unit: Unit):
    unit.tick(may_start=True)

    assert unit.state is PartState.STARTING
    assert (world.n_prepared, len(world.started)) == (1, 1)


def test_part_is_ready_when_it_answers(world: World, unit: Unit):
    unit.tick(may_start=True)
    world.pass_time(unit, 1)
    assert unit.state is PartState.STARTING

    world.is_ready = True
    world.pass_time(unit, 1)

    assert unit.state is PartState.READY
    assert world.n_settled == 1


def test_dead_part_is_started_again(world: World, running: Unit):
    world.started[0].code = -9
    world.pass_time(running, 1)
    assert running.state is PartState.BACKING_OFF
    assert running.status().problem == "ended with code -9"

    world.pass_time(running, restart_delay_s(1))
    world.pass_time(running, 1)

    assert running.state is PartState.READY
    assert running.status().n_restarts == 1
    assert world.n_settled == 2


def test_rest_of_a_dead_parts_group_is_killed(world: World, running: Unit):
    world.started[0].code = -9
    world.pass_time(running, 1)

    assert world.started[0].is_killed


def test_part_that_stops_answering_is_failing(world: World, running: Unit):
    world.is_ready = False
    world.pass_time(running, 1)

    assert running.state is PartState.FAILING
    assert not world.started[0].is_killed


def test_failing_part_that_answers_again_goes_on(world: World, running: Unit):
    world.is_ready = False
    world.pass_time(running, 1)
    world.is_ready = True
    world.pass_time(running, 1)

    assert running.state is PartState.READY
    assert world.n_settled == 1
    assert len(world.started) == 1


def test_hanging_part_is_killed_and_started_again(world: World, running: Unit):
    world.is_ready = False
    world.pass_time(running, 1)
    world.pass_time(running, 31)
    assert world.started[0].is_killed

    world.pass_time(running, restart_delay_s(1))

    assert len(world.started) == 2


def test_part_that_lacks_what_it_needs_is_not_taken_for_hanging(world: World, running: Unit):
    world.is_ready = False
    for _ in range(100):
        world.now_s += 10
        running.tick(may_start=False)

    assert running.state is PartState.FAILING
    assert not world.started[0].is_killed


def test_part_that_never_works_is_given_up(world: World, unit: Unit):
    def keep_failing() -> None:
        for _ in range(10):
            world.pass_time(unit, MAX_BACKOFF_S)
            world.started[-1].code = 3
            world.pass_time(unit, 1)

    with pytest.raises(PartFailedError, match="ended with code 3"):
        keep_failing()

    assert len(world.started) == MAX_FIRST_FAILURES


def test_part_that_takes_too_long_counts_as_failed(world: World, unit: Unit):
    unit.tick(may_start=True)
    world.pass_time(unit, 21)

    assert unit.state is PartState.BACKING_OFF
    assert world.started[0].is_killed


def test_part_that_worked_once_is_never_given_up(world: World, running: Unit):
    for _ in range(3 * MAX_FIRST_FAILURES):
        world.started[-1].code = 1
        world.pass_time(running, 1)
        world.pass_time(running, MAX_BACKOFF_S)

    assert len(world.started) == 3 * MAX_FIRST_FAILURES + 1


def test_fault_while_settling_is_tried_again(world: World, unit: Unit):
    world.is_ready = True
    world.settle_fault = "no room"
    unit.tick(may_start=True)
    world.pass_time(unit, 1)
    assert unit.status().problem == "no room"

    world.settle_fault = ""
    world.pass_time(unit, restart_delay_s(1))
    world.pass_time(unit, 1)

    assert unit.state is PartState.READY


def test_stopped_part_is_not_started_again(world: World, running: Unit):
    running.ask_to_stop()
    world.started[0].code = 0
    world.pass_time(running, MAX_BACKOFF_S)

    assert running.state is PartState.STOPPED
    assert world.started[0].n_stop_requests == 1
    assert len(world.started) == 1


def test_step_without_a_process_is_taken_once():
    taken: list[str] = []
    part = Part(name="step", settle=lambda: taken.append("taken"))
    world = World()
    unit = Unit(part, clock=world.clock, start=world.start)

    unit.tick(may_start=True)
    for _ in range(5):
        world.pass_time(unit, 10)

    assert taken == ["taken"]
    assert unit.state is PartState.READY
    assert unit.recorded() is None


@given(st.integers(min_value=1, max_value=500))
def test_delay_grows_and_stays_bounded(n_failures: int):
    assert 0 < restart_delay_s(n_failures) <= restart_delay_s(n_failures + 1) <= MAX_BACKOFF_S
