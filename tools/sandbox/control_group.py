"""A control group of a zygote's own, below the one that the system delegates (cgroup v2)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.sandbox.delegation import open_room

_PREFIX: Final = "svend-sandbox-"

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlGroup:
    """One group with its limits set and read back.

    Attributes:
        folder: Where the kernel shows it.
    """

    folder: Path

    def add(self, pid: int) -> None:
        """Move a process, and all it will fork, into the group.

        Raises:
            OSError: When the kernel refuses.
        """
        (self.folder / "cgroup.procs").write_text(str(pid))

    def holds(self, pid: int) -> bool:
        """Whether a process is in the group."""
        return str(pid) in (self.folder / "cgroup.procs").read_text().split()

    def count_oom_kills(self) -> int:
        """Return how many processes the kernel ended for the group's memory."""
        for line in (self.folder / "memory.events").read_text().splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
        return 0

    def remove(self) -> None:
        """End every process in the group and remove it."""
        with suppress(OSError):
            (self.folder / "cgroup.kill").write_text("1")
        with suppress(OSError):
            self.folder.rmdir()


def make_group(
    pid: int,
    *,
    max_bytes: int,
    n_processes: int,
    open_room: Callable[[], Path] = open_room,
) -> ControlGroup:
    """Make a group below the one that was delegated, for a process and all that it will fork.

    Groups that others left there when they died are removed.

    Args:
        pid: The process.
        max_bytes: Memory of all its processes together. They get no swap.
        n_processes: How many there may be.
        open_room: Returns the folder to make it in.

    Raises:
        OSError: When there is no cgroup v2, it is not delegated, or it lacks a controller. Nothing
            is left behind.
    """
    room = open_room()
    _sweep(room)
    folder = room / f"{_PREFIX}{pid}-{next(_numbers)}"
    folder.mkdir()
    group = ControlGroup(folder=folder)
    try:
        _set(folder / "memory.max", str(max_bytes))
        # A kernel without swap has no such file, and nothing to limit.
        with suppress(FileNotFoundError):
            _set(folder / "memory.swap.max", "0")
        _set(folder / "pids.max", str(n_processes))
        group.add(pid)
    except OSError:
        group.remove()
        raise
    return group


def _sweep(room: Path) -> None:
    """Remove the groups of processes that are gone; the kernel keeps those that hold others."""
    for folder in room.glob(f"{_PREFIX}[0-9]*-[0-9]*"):
        pid = int(folder.name.removeprefix(_PREFIX).partition("-")[0])
        if not Path("/proc", str(pid)).exists():
            with suppress(OSError):
                folder.rmdir()


def _set(file: Path, value: str) -> None:
    if not file.exists():
        raise FileNotFoundError(f"{file.name}: the controller is not delegated")
    file.write_text(value)
    if file.read_text().strip() != value:
        raise OSError(f"{file.name}: the kernel did not take {value}")
