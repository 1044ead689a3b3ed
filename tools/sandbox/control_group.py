"""A control group of a zygote's own, where the system delegates one (cgroup v2)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


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
    name: str, *, max_bytes: int, n_processes: int, root: Path = ROOT, own: Path = OWN
) -> ControlGroup:
    """Make a group below this process's own.

    Raises:
        OSError: When there is no cgroup v2, it is not delegated, or it lacks a controller. Nothing
            is left behind.
    """
    folder = root / _own_path(own).lstrip("/") / name
    folder.mkdir()
    group = ControlGroup(folder=folder)
    try:
        _set(folder / "memory.max", str(max_bytes))
        _set(folder / "memory.swap.max", "0")
        _set(folder / "pids.max", str(n_processes))
    except OSError:
        group.remove()
        raise
    return group


def _set(file: Path, value: str) -> None:
    if not file.exists():
        raise FileNotFoundError(f"{file.name}: the controller is not delegated")
    file.write_text(value)
    if file.read_text().strip() != value:
        raise OSError(f"{file.name}: the kernel did not take {value}")


def _own_path(own: Path) -> str:
    for line in own.read_text().splitlines():
        hierarchy, controllers, path = line.split(":", 2)
        if hierarchy == "0" and not controllers:
            return path
    raise FileNotFoundError("this process is in no cgroup v2")
