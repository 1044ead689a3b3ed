"""The zygote's loop: forks locked children ahead of need, hands each a program, watches it."""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.sandbox.inside import kernel, wire
from tools.sandbox.inside.child import wait_and_run
from tools.sandbox.inside.lockdown import Lockdown

_PAGE_BYTES = resource.getpagesize()
_MS = 1_000
_IDLE_MS = 3


@dataclass(slots=True, kw_only=True)
class _Slot:
    """A locked child that waits for a program."""

    pid: int
    channel: socket.socket


@dataclass(slots=True, kw_only=True)
class _Run:
    """A child with a program in it."""

    run_id: int
    pid: int
    pidfd: int
    started: float
    deadline: float
    killed: str | None = None


class ZygoteLoop:
    """Serves one control socket until its other end closes.

    Args:
        control: Messages ``run`` (with five descriptors) and ``kill`` come in, ``ended`` goes out.
        plan: How each child is locked.
        n_ready: How many locked children wait for a program.
        proc: A descriptor of /proc of the machine.
    """

    def __init__(self, control: socket.socket, plan: Lockdown, n_ready: int, proc: int) -> None:
        self._control = control
        self._plan = plan
        self._prepared = plan.prepare()
        self._n_ready = n_ready
        self._memory = os.open("self/statm", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
        self._namespace = (
            os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
            if plan.has_namespaces
            else None
        )
        self._slots: list[_Slot] = []
        self._runs: dict[int, _Run] = {}
        self._poll = select.poll()
        self._poll.register(control.fileno(), select.POLLIN)

    def serve(self) -> None:
        """Return when the host is gone; every child is dead then."""
        while True:
            # To fork takes longer than a short program: it waits until nobody does.
            ready = self._poll.poll(_IDLE_MS)
            if not ready:
                self._refill()
                ready = self._poll.poll(self._wait_ms())
            self._stop_overdue()
            for fd, _ in ready:
                if fd == self._control.fileno():
                    if not self._take_message():
                        self._end_all()
                        return
                else:
                    self._reap(fd)

    def _wait_ms(self) -> int | None:
        deadlines = [run.deadline for run in self._runs.values() if run.killed is None]
        if not deadlines:
            return None
        return max(0, int((min(deadlines) - time.monotonic()) * _MS) + 1)

    def _stop_overdue(self) -> None:
        now = time.monotonic()
        for run in self._runs.values():
            if run.killed is None and now >= run.deadline:
                self._kill(run, "wall")

    def _take_message(self) -> bool:
        message = wire.receive(self._control)
        if message is None:
            return False
        if message.body["do"] == "run":
            self._dispatch(message)
        else:
            for run in self._runs.values():
                if run.run_id == message.body["id"] and run.killed is None:
                    self._kill(run, message.body["why"])
        return True

    def _dispatch(self, message: wire.Message) -> None:
        slot = self._hand_over(message)
        wire.close_all(message.fds)
        now = time.monotonic()
        run = _Run(
            run_id=message.body["id"],
            pid=slot.pid,
            pidfd=os.pidfd_open(slot.pid),
            started=now,
            deadline=now + message.body["limits"]["wall_s"],
        )
        self._runs[run.pidfd] = run
        self._poll.register(run.pidfd, select.POLLIN)

    def _hand_over(self, message: wire.Message) -> _Slot:
        while self._slots:
            slot = self._slots.pop(0)
            if _give(slot, message):
                return slot
            # It died while it waited, before it had a program: another takes its place.
            _end(slot.pid)
        slot = self._fork()
        if not _give(slot, message):
            # Its end is reported, as that of any run.
            os.kill(slot.pid, signal.SIGKILL)
        return slot

    def _refill(self) -> None:
        while len(self._slots) < self._n_ready:
            self._slots.append(self._fork())

    def _fork(self) -> _Slot:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        base_bytes = self._address_bytes()
        if self._namespace is not None:
            # Only a process whose children would enter its own pid namespace may ask for a new
            # one, so the last fork's choice is taken back first.
            kernel.setns(self._namespace, kernel.CLONE_NEWPID)
            kernel.unshare(kernel.CLONE_NEWPID)
        pid = os.fork()
        if pid == 0:
            try:
                kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
                wait_and_run(self._plan, self._prepared, theirs, base_bytes)
            finally:
                os._exit(1)
        theirs.close()
        return _Slot(pid=pid, channel=ours)

    def _address_bytes(self) -> int:
        return int(os.pread(self._memory, 256, 0).split()[0]) * _PAGE_BYTES

    def _resident_bytes(self) -> int:
        return int(os.pread(self._memory, 256, 0).split()[1]) * _PAGE_BYTES

    def _kill(self, run: _Run, why: str) -> None:
        run.killed = why
        os.kill(run.pid, signal.SIGKILL)

    def _reap(self, pidfd: int) -> None:
        run = self._runs.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        _, status, usage = os.wait4(run.pid, 0)
        self._report(run, status, usage)

    def _report(self, run: _Run, status: int, usage: resource.struct_rusage) -> None:
        body: Mapping[str, Any] = {
            "event": "ended",
            "id": run.run_id,
            "status": status,
            "killed": run.killed,
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "wall_s": time.monotonic() - run.started,
            "peak_bytes": usage.ru_maxrss * 1_024,
            "zygote_bytes": self._resident_bytes(),
        }
        wire.send(self._control, body)

    def _end_all(self) -> None:
        for pid in [*(run.pid for run in self._runs.values()), *(s.pid for s in self._slots)]:
            _end(pid)


def _give(slot: _Slot, message: wire.Message) -> bool:
    """Give a child its program; return whether it was there to take it."""
    try:
        wire.send(slot.channel, message.body, message.fds)
    except OSError:
        return False
    finally:
        slot.channel.close()
    return True


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
