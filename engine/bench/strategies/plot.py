"""Accuracy against what it costs, as a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from engine.bench.strategies.comparison import Row
from engine.bench.strategies.contest import FIXED
from engine.domain.statistics import Interval

WIDTH_IN, HEIGHT_IN, DOTS_PER_INCH = 16.0, 5.5, 110
N_COLOURS, MARKS = 10, "osD^v<>PX*h"
COSTS: tuple[tuple[str, Callable[[Row], Interval]], ...] = (
    ("samples a problem", lambda row: row.samples),
    ("tokens generated a problem", lambda row: row.tokens),
    ("milliseconds a problem", lambda row: row.wall_ms),
)


def draw_costs(rows: Sequence[Row], path: Path, *, title: str) -> None:
    """Write a picture: accuracy against samples, tokens and time, with 95 % intervals.

    Args:
        rows: One a strategy; the fixed votes are joined by a line.
        path: Where it goes; the suffix says the format, one that matplotlib writes.
        title: What stands above it.
    """
    # A canvas of its own needs neither a display nor matplotlib's global state.
    figure: Any = Figure(figsize=(WIDTH_IN, HEIGHT_IN), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title)
    for place, (name, cost) in enumerate(COSTS, start=1):
        _draw_axes(figure.add_subplot(1, len(COSTS), place), rows, name=name, cost=cost)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right", fontsize="small")
    figure.savefig(path, dpi=DOTS_PER_INCH)


def _draw_axes(
    axes: Any, rows: Sequence[Row], *, name: str, cost: Callable[[Row], Interval]
) -> None:
    fixed = [row for row in rows if row.contestant.label.startswith(FIXED)]
    others = [row for row in rows if row not in fixed]
    _draw_points(axes, fixed, cost, label=FIXED, style="k.-")
    for number, row in enumerate(others):
        # Colours come round sooner than marks, so that no two strategies share both.
        style = f"C{number % N_COLOURS}{MARKS[number % len(MARKS)]}"
        _draw_points(axes, [row], cost, label=row.contestant.label, style=style)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(name)
    axes.set_ylabel("accuracy, percent")
    axes.grid(alpha=0.3)


def _draw_points(
    axes: Any, rows: Sequence[Row], cost: Callable[[Row], Interval], *, label: str, style: str
) -> None:
    if not rows:
        return
    shares = [row.accuracy for row in rows]
    heights = [100 * (share.ratio or 0.0) for share in shares]
    below = [height - 100 * share.low for height, share in zip(heights, shares, strict=True)]
    above = [100 * share.high - height for height, share in zip(heights, shares, strict=True)]
    drawn = axes.errorbar(
        [cost(row).mean for row in rows],
        heights,
        yerr=[below, above],
        xerr=[
            [cost(row).mean - cost(row).low for row in rows],
            [cost(row).high - cost(row).mean for row in rows],
        ],
        fmt=style,
        label=label,
        elinewidth=0.8,
    )
    for bars in drawn[2]:
        bars.set_alpha(0.35)
