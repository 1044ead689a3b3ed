"""Finds the control group that the system delegated, and makes room in it for others (cgroup v2).

A group either holds processes or hands controllers on to groups below it, never both (the
kernel's "no internal processes" rule). What systemd delegates to a unit holds all the processes of
the unit, so these are moved into a leaf first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

ROOT: Final = Path("/sys/fs/cgroup")
OWN: Final = Path("/proc/self/cgroup")
CONTROLLERS: Final = ("memory", "pids")
LEAF: Final = "svend-main"

# What systemd marks a delegated group with; the first can be read by everybody, from version 251.
_MARKS: Final = ("user.delegate", "trusted.delegate")
# Processes that are born while others are moved are met in the next round.
_ROUNDS: Final = 16
_OUTSIDE: Final = "0"


def is_delegated(folder: Path) -> bool:
    """Whether systemd handed this group over: what it did not hand over is not to be changed."""
    for mark in _MARKS:
        with suppress(OSError):
            if os.getxattr(folder, mark) == b"1":
                return True
    return False


def open_room(
    *,
    root: Path = ROOT,
    own: Path = OWN,
    controllers: Sequence[str] = CONTROLLERS,
    is_delegated: Callable[[Path], bool] = is_delegated,
) -> Path:
    """Return the delegated group, ready to have groups with limits made below it.

    Its processes, this one among them, are moved into a leaf of it where that was not done before.
    Any number of processes may call this at the same time.

    Args:
        root: Where cgroup v2 is mounted.
        own: The file that names this process's groups.
        controllers: What the groups below are to be limited by.
        is_delegated: Whether a group was handed over.

    Raises:
        OSError: There is no cgroup v2, nothing is delegated, a controller is missing, or the
            kernel refuses.
    """
    folder = root / _own_path(own).lstrip("/")
    # Behind us may lie the leaf: ours, or the one that DelegateSubgroup= names.
    for room in (folder, folder.parent):
        if room.is_relative_to(root) and is_delegated(room):
            break
    else:
        raise PermissionError(f"systemd delegated neither the group {folder} nor the one above it")
    _require(room, controllers)
    _clear(room)
    (room / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in controllers))
    return room


def _require(room: Path, controllers: Sequence[str]) -> None:
    given = (room / "cgroup.controllers").read_text().split()
    if missing := [name for name in controllers if name not in given]:
        raise FileNotFoundError(f"{room} has no controller {' and no '.join(missing)}")


def _clear(room: Path) -> None:
    leaf = room / LEAF
    for _ in range(_ROUNDS):
        processes = (room / "cgroup.procs").read_text().split()
        if not processes:
            return
        leaf.mkdir(exist_ok=True)
        for process in processes:
            _move(process, leaf)
    raise BlockingIOError(f"{room} still holds processes after {_ROUNDS} rounds of moving them")


def _move(process: str, leaf: Path) -> None:
    if process == _OUTSIDE:
        raise PermissionError(f"{leaf.parent} holds a process of another pid namespace")
    # It may have ended since it was listed.
    with suppress(ProcessLookupError):
        (leaf / "cgroup.procs").write_text(process)


def _own_path(own: Path) -> str:
    for line in own.read_text().splitlines():
        hierarchy, controllers, path = line.split(":", 2)
        if hierarchy == "0" and not controllers:
            return path
    raise FileNotFoundError("this process is in no cgroup v2")
