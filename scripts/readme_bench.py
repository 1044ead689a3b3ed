"""Keeps the README's table of measurements: run it (`python -m`) after `make bench`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from engine.bench.report import render_table

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
NOTHING_YET = "No measurement has been recorded yet."


@click.command()
def main() -> None:
    """Write the last measurements into the README."""
    readme = ROOT / "README.md"
    readme.write_text(replace_section(readme.read_text(), render_section(find_report(ROOT))))


def find_report(root: Path) -> Mapping[str, Any] | None:
    """Return what `make bench` wrote last, if it ever ran."""
    path = root / "bench" / "results.json"
    return json.loads(path.read_text()) if path.exists() else None


def render_section(report: Mapping[str, Any] | None) -> str:
    """Return the section's text: the table, and what it was measured on."""
    if report is None:
        return NOTHING_YET
    machine = report["machine"]
    place = (
        f"Measured {report['measured_at'][:10]} on {machine['n_cores']} cores "
        f"({machine['processor']}), {machine['memory_gib']:g} GiB, "
        f"load {machine['load_1min']:g}{', the quick form' if report['is_quick'] else ''}."
    )
    return f"{render_table(report)}\n\n{place}"


def replace_section(document: str, text: str) -> str:
    """Return a document with the text between its two marks.

    Raises:
        ValueError: When the document lacks a mark.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def find_section(document: str) -> str:
    """Return the text between the two marks."""
    return document.partition(BEGIN)[2].partition(END)[0].strip()


if __name__ == "__main__":
    main()
