"""The same data in words, for those who cannot see the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tools.kernels.plots_data import Bins, Line
from tools.kernels.plots_function import Values


def describe_lines(lines: Sequence[Line]) -> str:
    """Describe functions: range, least and greatest value, zeros, gaps."""
    first = lines[0]
    head = f"Line plot from {first.x[0]:.6g} to {first.x[-1]:.6g}."
    return " ".join([head, *(_describe_line(line) for line in lines)])


def describe_points(x: Values, y: Values) -> str:
    """Describe a scatter plot: number, ranges, correlation."""
    count = "1 point" if len(x) == 1 else f"{len(x)} points"
    words = (
        f"Scatter plot of {count}; x from {x.min():.6g} to {x.max():.6g}, y from "
        f"{y.min():.6g} to {y.max():.6g}."
    )
    correlation = _correlate(x, y)
    return words if correlation is None else f"{words} Correlation {correlation:.3f}."


def describe_bins(bins: Bins) -> str:
    """Describe a histogram: number, mean, deviation, the fullest bin."""
    values = bins.values
    fullest = int(np.argmax(bins.counts))
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return (
        f"Histogram of {len(values)} values in {len(bins.counts)} bins; mean "
        f"{float(np.mean(values)):.6g}, standard deviation {deviation:.6g}, from "
        f"{values.min():.6g} to {values.max():.6g}. The fullest bin, from "
        f"{bins.edges[fullest]:.6g} to {bins.edges[fullest + 1]:.6g}, holds "
        f"{int(bins.counts[fullest])}."
    )


def describe_bars(labels: Sequence[str], values: Values) -> str:
    """Describe a bar chart: each bar, or for many the greatest and the least."""
    if len(labels) <= 12:  # noqa: PLR2004 - more cannot be listened to
        bars = ", ".join(
            f"{label} {value:.6g}" for label, value in zip(labels, values, strict=True)
        )
        return f"Bar chart: {bars}."
    most, least = int(np.argmax(values)), int(np.argmin(values))
    return (
        f"Bar chart of {len(labels)} bars; the greatest is {labels[most]} with "
        f"{values[most]:.6g}, the least {labels[least]} with {values[least]:.6g}."
    )


def _describe_line(line: Line) -> str:
    known = np.isfinite(line.y)
    least, most = int(np.nanargmin(line.y)), int(np.nanargmax(line.y))
    words = (
        f"{line.label}: least {line.y[least]:.4g} at {line.x[least]:.4g}, greatest "
        f"{line.y[most]:.4g} at {line.x[most]:.4g}"
    )
    signs = np.sign(line.y[known])
    signs = signs[signs != 0]
    n_changes = int(np.count_nonzero(np.diff(signs)))
    if n_changes:
        words += f", changes sign {'once' if n_changes == 1 else f'{n_changes} times'}"
    n_gaps = int(np.count_nonzero(~known))
    if n_gaps:
        words += f", no value at {n_gaps} of {len(line.x)} points"
    return f"{words}."


def _correlate(x: Values, y: Values) -> float | None:
    """Return Pearson's coefficient, or None where one side does not vary."""
    # Scaled first, so that the squares of very large numbers stay finite.
    x, y = x - x.mean(), y - y.mean()
    x_size, y_size = np.abs(x).max(), np.abs(y).max()
    if len(x) < 3 or not x_size or not y_size:  # noqa: PLR2004 - two points always lie on a line
        return None
    x, y = x / x_size, y / y_size
    return float((x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum()))
