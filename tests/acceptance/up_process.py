"""`svend up` as a process that a test starts, watches and ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ops.identity import ProcessIdentity, list_group
from ops.layout import make_layout
from ops.process import wait_until
from ops.record import ProcessRecord

WAIT_S = 120.0
SVEND = Path(sys.executable).with_name("svend")
READY = re.compile(r"Svend is ready at (\S+) after \d+ s\. API key: (\S+)")


@dataclass
class Up:
    """A running `svend up` and what it has printed."""

    folder: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def read_lines(self) -> None:
        self.lines.extend(self.process.stdout)

    def find_ready(self) -> re.Match[str] | None:
        return next((found for line in list(self.lines) if (found := READY.match(line))), None)

    def wait_until_ready(self, timeout_s: float = WAIT_S) -> tuple[str, str]:
        assert wait_until(
            lambda: bool(self.find_ready()) or self.process.poll() is not None, timeout_s
        ), "".join(self.lines)
        found = self.find_ready()
        assert found is not None, "".join(self.lines)
        return found[1], Path(found[2]).read_text().strip()

    def groups(self) -> dict[str, int]:
        record = ProcessRecord(make_layout(self.folder).processes)
        return {part.name: part.group for part in record.read()}

    def members(self) -> list[ProcessIdentity]:
        return [one for group in self.groups().values() for one in list_group(group)]

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(WAIT_S)


Start = Callable[..., Up]


@contextmanager
def starter(environ: Mapping[str, str]) -> Iterator[Start]:
    """Give a function that starts `svend up` on a folder; what still runs at the end is ended."""
    started: list[tuple[Up, threading.Thread]] = []

    def start(folder: Path, *options: str) -> Up:
        command = [str(SVEND), "up", "--data-dir", str(folder), "--workers", "1", *options]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **environ},
        )
        up = Up(folder=folder, process=process)
        reader = threading.Thread(target=up.read_lines, daemon=True)
        reader.start()
        started.append((up, reader))
        return up

    try:
        yield start
    finally:
        for up, _ in started:
            # All are asked before the first is waited for.
            if up.process.poll() is None:
                up.process.send_signal(signal.SIGTERM)
        for up, reader in started:
            up.process.wait(WAIT_S)
            reader.join(WAIT_S)
            up.process.stdout.close()
