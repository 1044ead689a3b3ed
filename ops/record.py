"""What runs, written down, so that the next start finds what a killed stack left behind.

A process is in the record with its id, its time of start and the boot of the machine, so a later
process of the same id, or one of another stack, is never taken for it.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ops.identity import ProcessIdentity, boot_id, list_group
from ops.process import end_processes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPart:
    """The processes of one part.

    Attributes:
        name: The part.
        group: The process group, which is the leader's process id.
        stop_signal: What asks the leader to end.
        stop_timeout_s: How long it may take over that.
        members: The processes of the group when last looked at, its leader among them.
    """

    name: str
    group: int
    stop_signal: int
    stop_timeout_s: float
    members: tuple[ProcessIdentity, ...]


class ProcessRecord:
    """The file that says what runs."""

    def __init__(self, path: Path) -> None:
        """Takes the path of the file, which need not be there."""
        self._path = path
        self._written: list[dict[str, Any]] | None = None

    def write(self, parts: Sequence[RecordedPart]) -> None:
        """Writes the parts in the order of their start, unless the file says the same already."""
        rows = [asdict(part) for part in parts]
        if rows == self._written:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_name(self._path.name + ".new")
        unfinished.write_text(json.dumps({"boot_id": boot_id(), "parts": rows}, indent=1))
        os.replace(unfinished, self._path)  # noqa: PTH105 - replaces, where rename would say less
        self._written = rows

    def read(self) -> list[RecordedPart]:
        """Returns what ran when the file was last written, nothing if that was another boot."""
        try:
            content = json.loads(self._path.read_text())
            if content["boot_id"] != boot_id():
                return []
            return [_parse_part(row) for row in content["parts"]]
        except (OSError, ValueError, KeyError, TypeError):
            # No file, or one that a crash cut short: then nobody knows of any orphan.
            return []

    def end_orphans(self) -> list[str]:
        """Ends what still runs of the recorded processes, the last started first.

        Returns:
            The names of the parts that had something left.
        """
        ended: list[str] = []
        for part in reversed(self.read()):
            left = _find_left(part)
            if left:
                leader = [one for one in left if one.pid == part.group]
                number = signal.Signals(part.stop_signal)
                end_processes(leader, number, part.stop_timeout_s)
                end_processes(left, signal.SIGTERM, 1.0)
                ended.append(part.name)
        self.write([])
        return ended


def _find_left(part: RecordedPart) -> list[ProcessIdentity]:
    left = [one for one in part.members if one.is_running()]
    # While a recorded process is still in the group, the group is the part's and no other's.
    in_group = list_group(part.group)
    if any(one in in_group for one in left):
        left += [one for one in in_group if one not in left]
    return left


def _parse_part(row: Mapping[str, Any]) -> RecordedPart:
    members = tuple(
        ProcessIdentity(pid=int(one["pid"]), start_ticks=int(one["start_ticks"]))
        for one in row["members"]
    )
    return RecordedPart(
        name=str(row["name"]),
        group=int(row["group"]),
        stop_signal=int(row["stop_signal"]),
        stop_timeout_s=float(row["stop_timeout_s"]),
        members=members,
    )
