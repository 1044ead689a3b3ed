"""A run's figures as JSON lines, one object a line, for whoever plots or watches them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

METRICS_FILE: Final = "metrics.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsFile:
    """Appends to the file of a run.

    A run that was killed goes on from its last checkpoint and writes some steps again: of two
    lines of one step, the later holds.

    Attributes:
        path: The file; made with its first line.
    """

    path: Path

    def write(self, **figures: Any) -> None:
        """Write one line; it begins with a line break, so that a torn one before it ends."""
        line = "\n" + json.dumps(figures)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line)


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The lines of a file; one that a kill cut short is left out."""
    found: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        with suppress(ValueError):
            found.append(json.loads(line))
    return found
