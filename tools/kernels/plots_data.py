"""What is drawn: lines, points, bins and bars, checked and described in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.kernels.arithmetic import shorten
from tools.kernels.kernel_error import KernelError
from tools.kernels.plots_function import Values, compute_function

MAX_POINTS = 2_000
MAX_LINES = 6
MAX_BARS = 60
MAX_BINS = 100
MAX_SIZE = 1e100

_DEFAULT_SAMPLES = 500
# A line is broken where it jumps over so much of its usual height, and so the picture is not
# filled by the surroundings of a pole.
_POLE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One function.

    Attributes:
        label: As it was written.
        x: Where it was computed.
        y: Its values; "not a number" where there is none.
    """

    label: str
    x: Values
    y: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """A histogram.

    Attributes:
        values: What was counted.
        edges: One more than the counts.
        counts: Values in each bin.
    """

    values: Values
    edges: Values
    counts: Values


def read_lines(arguments: Mapping[str, Any]) -> list[Line]:
    """Compute the functions of a call.

    Raises:
        KernelError: Where a range is empty, or a function cannot be read or has no value at all.
    """
    expressions = arguments.get("expressions") or []
    if not 0 < len(expressions) <= MAX_LINES:
        raise KernelError(f"`expressions` holds 1 to {MAX_LINES} functions, such as ['x^2']")
    low, high = _read_number(arguments, "lower", -10.0), _read_number(arguments, "upper", 10.0)
    if not low < high:
        raise KernelError("`lower` must be below `upper`")
    samples = int(arguments.get("samples") or _DEFAULT_SAMPLES)
    if not 2 <= samples <= MAX_POINTS:  # noqa: PLR2004 - a line has two ends
        raise KernelError(f"`samples` lies from 2 to {MAX_POINTS}")
    x = _space(low, high, samples, is_log=bool(arguments.get("log_x")))
    variable = arguments.get("variable") or "x"
    lines = []
    for text in expressions:
        y = compute_function(str(text), variable, x)
        y[np.abs(y) > MAX_SIZE] = np.nan
        if not np.isfinite(y).any():
            raise KernelError(f"{shorten(str(text))} has no value from {low:g} to {high:g}")
        lines.append(Line(label=shorten(str(text), 40), x=x, y=y))
    return lines


def break_at_poles(y: Values) -> Values:
    """Return values with a gap where the line jumps from one side of a pole to the other."""
    broken = y.copy()
    finite = np.abs(y[np.isfinite(y)])
    usual = float(np.median(finite)) if finite.size else 0.0
    jumps = np.abs(np.diff(y)) > _POLE * usual
    crosses = np.sign(y[:-1]) * np.sign(y[1:]) < 0
    broken[:-1][jumps & crosses] = np.nan
    return broken


def find_height(lines: Sequence[Line]) -> tuple[float, float] | None:
    """Return bounds that leave out the surroundings of poles, or None where there are none."""
    values = np.concatenate([line.y[np.isfinite(line.y)] for line in lines])
    low, high = (float(each) for each in np.percentile(values, [5, 95]))
    margin = (high - low) or 1.0
    least, most = float(values.min()), float(values.max())
    if least >= low - _POLE * margin and most <= high + _POLE * margin:
        return None
    return max(least, low - margin), min(most, high + margin)


def read_points(arguments: Mapping[str, Any]) -> tuple[Values, Values]:
    """Return the points of a scatter plot.

    Raises:
        KernelError: Where there are none, or x and y differ in number.
    """
    x, y = _read_list(arguments, "x"), _read_list(arguments, "y")
    if len(x) != len(y):
        raise KernelError(f"`x` has {len(x)} numbers and `y` has {len(y)}: give as many of each")
    return x, y


def read_bins(arguments: Mapping[str, Any]) -> Bins:
    """Count the values of a histogram.

    Raises:
        KernelError: Where there are none, or the bins are too many.
    """
    values = _read_list(arguments, "values")
    bins = arguments.get("bins")
    if bins is None:
        bins = min(MAX_BINS, max(1, math.ceil(math.log2(len(values)) + 1)))
    if not isinstance(bins, int) or not 1 <= bins <= MAX_BINS:
        raise KernelError(f"`bins` lies from 1 to {MAX_BINS}")
    try:
        counts, edges = np.histogram(values, bins=bins)
    except ValueError as error:
        raise KernelError("the values lie too close together for so many bins") from error
    return Bins(values=values, edges=edges.astype(np.float64), counts=counts.astype(np.float64))


def read_bars(arguments: Mapping[str, Any]) -> tuple[list[str], Values]:
    """Return labels and values of a bar chart.

    Raises:
        KernelError: Where they differ in number, or are none or too many.
    """
    labels, values = arguments.get("labels") or [], _read_list(arguments, "values")
    if len(labels) != len(values):
        raise KernelError(
            f"`labels` has {len(labels)} texts and `values` has {len(values)} numbers: give as "
            "many of each"
        )
    if len(labels) > MAX_BARS:
        raise KernelError(f"{len(labels)} bars are too many to be read; at most {MAX_BARS}")
    return [shorten(str(label), 30) for label in labels], values


def _read_list(arguments: Mapping[str, Any], name: str) -> Values:
    given = arguments.get(name) or []
    if not 0 < len(given) <= MAX_POINTS:
        raise KernelError(f"`{name}` holds 1 to {MAX_POINTS} numbers")
    try:
        values = np.array([float(value) for value in given], dtype=np.float64)
    except (OverflowError, TypeError, ValueError) as error:
        raise KernelError(f"`{name}` holds something that is no number") from error
    if not (np.abs(values) <= MAX_SIZE).all():
        raise KernelError(f"`{name}` holds a number beyond {MAX_SIZE:g}")
    return values


def _read_number(arguments: Mapping[str, Any], name: str, default: float) -> float:
    given = arguments.get(name)
    if given is None:
        return default
    if isinstance(given, bool) or not isinstance(given, (int, float)) or abs(given) > MAX_SIZE:
        raise KernelError(f"`{name}` is a number up to {MAX_SIZE:g}")
    return float(given)


def _space(low: float, high: float, samples: int, *, is_log: bool) -> Values:
    if not is_log:
        return np.linspace(low, high, samples)
    if low <= 0:
        raise KernelError("`log_x` needs a `lower` above zero")
    return np.geomspace(low, high, samples)
