"""Which process is meant: a process id alone is reused, so it goes with its time of start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
BOOT_ID = PROC / "sys/kernel/random/boot_id"
# Positions in /proc/PID/stat after the name, which stands in brackets and may hold anything.
STATE, PARENT, GROUP, START_TICKS = 0, 1, 2, 19


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessIdentity:
    """One process of one boot of this machine.

    Attributes:
        pid: The process id.
        start_ticks: When it started, in clock ticks since the machine booted.
    """

    pid: int
    start_ticks: int

    def is_running(self) -> bool:
        """Says whether this very process, and not a later one of the same id, still runs."""
        fields = _stat_fields(self.pid)
        return fields is not None and int(fields[START_TICKS]) == self.start_ticks


def boot_id() -> str:
    """Returns the identity of the machine's current boot."""
    return BOOT_ID.read_text().strip()


def identify(pid: int) -> ProcessIdentity | None:
    """Returns the identity of a process, or None when it has ended."""
    fields = _stat_fields(pid)
    if fields is None:
        return None
    return ProcessIdentity(pid=pid, start_ticks=int(fields[START_TICKS]))


def list_group(group: int) -> list[ProcessIdentity]:
    """Returns the running processes of a process group."""
    members: list[ProcessIdentity] = []
    for entry in PROC.iterdir():
        fields = _stat_fields(int(entry.name)) if entry.name.isdecimal() else None
        if fields is not None and int(fields[GROUP]) == group:
            start_ticks = int(fields[START_TICKS])
            members.append(ProcessIdentity(pid=int(entry.name), start_ticks=start_ticks))
    return members


def _stat_fields(pid: int) -> list[str] | None:
    """Returns the fields of a running process, or None for one that ended, a zombie included."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[STATE] in {"Z", "X"} else fields
