"""A score of tool calls as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.table import Table

from engine.training.drift.comparison import Confusion
from engine.training.drift.measure import Measure
from engine.training.drift.tool_score import ToolScore

_UNKNOWN: Final = "-"


def show_score(score: ToolScore, console: Console) -> None:
    """Print the figures with their intervals, and who was taken for whom."""
    figures: Mapping[str, Measure | None] = {
        "right tool, or none where none fits": score.right_choice,
        "right tool where one fits": score.right_tool,
        "no tool where none fits": score.declined_rightly,
        "calls that can be read": score.readable_calls,
        "calls that execute": score.executed_calls,
        "calls of the right tool, as expected": score.same_call,
    }
    table = Table("figure", "n", "share", box=None, pad_edge=False)
    for name, one in figures.items():
        table.add_row(name, str(one.n) if one else "0", str(one) if one else _UNKNOWN)
    table.add_row(
        "always the commonest choice", str(score.n_cases), f"{score.constant_choice:.3f}"
    )
    console.print(table)
    console.print(_confusion(score.confusion))
    if score.endings:
        ends = ", ".join(f"{name} {count}" for name, count in score.endings.items())
        console.print(f"calls ended: {ends}", highlight=False)


def _confusion(confusion: Confusion) -> Table:
    across = sorted({name for counts in confusion.values() for name in counts})
    table = Table("right \\ chosen", *across, box=None, pad_edge=False)
    for name, counts in confusion.items():
        table.add_row(name, *(str(counts.get(other, 0)) for other in across))
    return table
