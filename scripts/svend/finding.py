"""What the doctor finds, and how it is shown. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from scripts.svend.event_line import printable


class State(StrEnum):
    """How a thing is. ``ABSENT`` is no fault: Svend does without it, or with something else."""

    OK = "ok"
    ABSENT = "absent"
    MISSING = "missing"


STATE_STYLES = {State.OK: "green", State.ABSENT: "yellow", State.MISSING: "bold red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What it is.
        state: How it is.
        detail: What was found: a version, a place, a reason.
        remedy: How to get it; empty where nothing is to be done.
    """

    name: str
    state: State
    detail: str
    remedy: str = ""


def is_healthy(findings: Sequence[Finding]) -> bool:
    """Whether nothing that is needed is missing."""
    return all(finding.state is not State.MISSING for finding in findings)


def render_findings(findings: Sequence[Finding]) -> RenderableType:
    """Return findings as a table, each with its remedy below it."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        state = Text(finding.state.value, style=STATE_STYLES[finding.state])
        said = Text(printable(finding.detail))
        if finding.remedy:
            said.append(f"\n→ {printable(finding.remedy)}", style="italic")
        table.add_row(state, Text(finding.name), said)
    return table


def findings_to_data(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return findings as JSON."""
    return {"ok": is_healthy(findings), "findings": [asdict(finding) for finding in findings]}
