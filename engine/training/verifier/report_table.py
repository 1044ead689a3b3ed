"""A verifier's report as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

_UNKNOWN: Final = "-"
_ORDER: Final = (
    ("within_question_auroc", "AUROC within questions"),
    ("per_system_auroc", "AUROC within systems"),
)
_WAYS: Final = (
    "random",
    "greedy",
    "majority",
    "best",
    "weighted",
    "evidence",
    "filtered",
    "oracle",
)


def show_report(report: Mapping[str, Any], console: Console) -> None:
    """Print order, choice, first errors, slips and calibration."""
    columns = {
        "verifier": report["unseen_questions"],
        "verifier, unseen systems": report["double_hold_out"],
        **(report.get("baselines") or {}),
    }
    known = {name: found for name, found in columns.items() if found and found["n_chains"]}
    if known:
        console.print(_order_table(known))
        console.print(_choice_table(known))
    for line in _lines(report):
        console.print(line, highlight=False)


def _order_table(columns: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(title="right above wrong, on questions never trained", box=None, pad_edge=False)
    for heading in ("judge", *(words for _, words in _ORDER), "AUROC", "chains"):
        table.add_column(heading)
    for name, found in columns.items():
        cells = [_interval(found[key]) for key, _ in _ORDER]
        table.add_row(name, *cells, _number(found["auroc"]), str(found["n_written"]))
    return table


def _choice_table(columns: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(title="share of right answers", box=None, pad_edge=False)
    for heading in ("judge", *_WAYS, "gap closed", "groups"):
        table.add_column(heading)
    for name, found in columns.items():
        selection = found.get("selection") or {}
        chosen = selection.get("all", selection)
        if not chosen:
            continue
        cells = [_number((chosen.get(way) or {}).get("mean")) for way in _WAYS]
        gap = _number(chosen["gap_closed"]["weighted"])
        table.add_row(name, *cells, gap, f"{chosen['n_groups']} x {chosen['n_samples']}")
    return table


def _lines(report: Mapping[str, Any]) -> list[str]:
    found = report["unseen_questions"]
    lines: list[str] = []
    if report["n_of_trained_questions"]:
        lines.append(
            f"left out: {report['n_of_trained_questions']} of {report['n_chains']} chains, whose "
            "questions the verifier was trained on or stopped by"
        )
    if found.get("first_error"):
        first, tuned = found["first_error"], found["first_error_tuned"]
        lines.append(
            f"first wrong step: F1 {_number(first['f1'])} at one half, {_number(tuned['f1'])} at "
            f"a threshold of other questions (wrong {_number(tuned['wrong'])} of "
            f"{tuned['n_wrong']}, right {_number(tuned['right'])} of {tuned['n_right']})"
        )
    if found.get("min_step_on_last") is not None:
        note = ": the steps follow the outcome" if found["follows_outcome"] else ""
        lines.append(f"lowest step is the last in {_number(found['min_step_on_last'])}{note}")
    for name, caught in (found.get("caught") or {}).items():
        lines.append(f"below one half, {name}: {_number(caught['share'])} of {caught['n']}")
    return [*lines, *_calibration_lines(report["calibration"])]


def _calibration_lines(found: Mapping[str, Any] | None) -> list[str]:
    if not found or "error" in found:
        return [f"no calibration: {found['error']}"] if found else []
    return [
        f"{when} calibration on other questions: Brier {_interval(values['brier'], 'value')}, "
        f"ECE {_interval(values['ece'], 'value')}"
        for when, values in found.items()
    ]


def _interval(found: Mapping[str, Any], name: str = "mean") -> str:
    if found[name] is None:
        return _UNKNOWN
    return f"{found[name]:.3f} [{found['low']:.3f}, {found['high']:.3f}]"


def _number(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.3f}"
