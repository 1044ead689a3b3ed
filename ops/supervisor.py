"""Brings the parts of the stack up in order, keeps them up, and takes them down in order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from ops.errors import StackError
from ops.part import Part, PartState, PartStatus
from ops.process import POLL_S, ManagedProcess, ProcessSpec, start_process
from ops.record import ProcessRecord, RecordedPart
from ops.unit import Unit

TICK_STARTING_S = 0.05
TICK_READY_S = 0.25
RECORD_EACH_S = 2.0


class Supervisor:
    """Runs parts until it is asked to stop. Everything happens in the caller's thread.

    One thread, since the kernel sends a child's death signal when the thread that started it ends,
    and since nothing here waits long: a check answers within seconds or counts as failed.

    Attributes:
        on_change: Told of every part whenever one of them changes its state.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        record: ProcessRecord,
        *,
        clock: Callable[[], float] = time.monotonic,
        start: Callable[[ProcessSpec], ManagedProcess] = start_process,
    ) -> None:
        """Takes the parts in an order in which each comes after what it needs.

        Args:
            parts: What to run.
            record: Where to write down what runs.
            clock: A monotonic clock in seconds.
            start: Starts a process.

        Raises:
            StackError: A part needs one that is not there or does not come before it.
        """
        _check_order(parts)
        self._units = {part.name: Unit(part, clock=clock, start=start) for part in parts}
        self._record = record
        self.on_change: Callable[[Sequence[PartStatus]], None] = _tell_nobody
        self._clock = clock
        self._shown: list[tuple[str, PartState]] = []
        self._n_stop_requests = 0
        self._recorded_at_s = clock()

    def run(self, on_ready: Callable[[], None]) -> None:
        """Runs the parts until SIGINT, SIGTERM or `request_stop`, then stops all of them.

        Args:
            on_ready: Called once, when every part is ready for the first time.

        Raises:
            PartFailedError: A part never came up. All parts are stopped then.
        """
        has_been_ready = False
        with self._listening_to_signals():
            try:
                while self._n_stop_requests == 0:
                    self.tick()
                    if not has_been_ready and self.is_ready():
                        has_been_ready = True
                        on_ready()
                    time.sleep(TICK_READY_S if self.is_ready() else TICK_STARTING_S)
            finally:
                self.stop()

    def tick(self) -> None:
        """Looks at every part once and does what is due."""
        try:
            for unit in self._units.values():
                before = unit.state
                unit.tick(may_start=self._may_start(unit))
                if unit.state is not before:
                    self._write_record()
        finally:
            self._show_changes()
        if self._clock() - self._recorded_at_s >= RECORD_EACH_S:
            self._write_record()

    def is_ready(self) -> bool:
        """Says whether every part is ready."""
        return all(unit.state is PartState.READY for unit in self._units.values())

    def statuses(self) -> list[PartStatus]:
        """Returns what is known of every part."""
        return [unit.status() for unit in self._units.values()]

    def request_stop(self) -> None:
        """Asks `run` to stop. Asked twice, it waits for nobody any more."""
        self._n_stop_requests += 1

    def stop(self) -> None:
        """Stops every part, those that others need last, and leaves no process behind."""
        left = dict(self._units)
        while left:
            needed = {name for unit in left.values() for name in unit.part.after}
            wave = [unit for name, unit in left.items() if name not in needed]
            self._stop_wave(wave)
            for unit in wave:
                del left[unit.part.name]
        self._record.write([])
        self._show_changes()

    def _stop_wave(self, wave: Sequence[Unit]) -> None:
        for unit in wave:
            unit.ask_to_stop()
        self._show_changes()
        started_s = self._clock()
        timeout_s = max(unit.stop_timeout_s() for unit in wave)
        while not all(unit.is_gone() for unit in wave):
            if self._n_stop_requests > 1 or self._clock() - started_s >= timeout_s:
                break
            time.sleep(POLL_S)
        for unit in wave:
            unit.kill()
        self._write_record()

    def _may_start(self, unit: Unit) -> bool:
        return all(self._units[name].state is PartState.READY for name in unit.part.after)

    def _write_record(self) -> None:
        self._recorded_at_s = self._clock()
        found = (unit.recorded() for unit in self._units.values())
        rows: list[RecordedPart] = [row for row in found if row is not None]
        self._record.write(rows)

    def _show_changes(self) -> None:
        states = [(name, unit.state) for name, unit in self._units.items()]
        if states != self._shown:
            self._shown = states
            self.on_change(self.statuses())

    @contextmanager
    def _listening_to_signals(self) -> Iterator[None]:
        def on_signal(_number: int, _frame: FrameType | None) -> None:
            self.request_stop()

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, on_signal) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _tell_nobody(_statuses: Sequence[PartStatus]) -> None:
    """Tells nobody, where nobody looks on."""


def _check_order(parts: Sequence[Part]) -> None:
    seen: set[str] = set()
    for part in parts:
        missing = set(part.after) - seen
        if missing:
            raise StackError(f"{part.name} comes before what it needs: {', '.join(missing)}.")
        seen.add(part.name)
