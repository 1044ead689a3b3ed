"""The kernel of `plot`: draws functions, points, histograms and bars, by Matplotlib.

The same call gives the same bytes: there is no date, no version and no random name in them.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tools.kernels.arithmetic import shorten
from tools.kernels.kernel_error import KernelError
from tools.kernels.plots_data import (
    break_at_poles,
    find_height,
    read_bars,
    read_bins,
    read_lines,
    read_points,
)
from tools.kernels.plots_words import (
    describe_bars,
    describe_bins,
    describe_lines,
    describe_points,
)

MAX_IMAGE_BYTES = 300_000
DPI = 100
RESOLUTIONS_DPI = (100, 70, 50)

_SIZES_PX = (200, 1_600)
# Text stays text: it can be searched and read aloud, and a file needs no outlines of letters.
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "svend",
    "svg.fonttype": "none",
    "text.usetex": False,
    "axes.unicode_minus": False,
}
_FORMATS: Mapping[str, tuple[str, ...]] = {
    "png": ("png",),
    "svg": ("svg",),
    "both": ("png", "svg"),
}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def warm() -> None:
    """Draw once, which reads the fonts."""
    run({"kind": "function", "expressions": ["x^2"], "format": "both"})


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Draw one picture.

    Raises:
        KernelError: Saying how to mend the call.
    """
    draw = _KINDS.get(str(arguments.get("kind")))
    if draw is None:
        raise KernelError(f"kind is one of {', '.join(_KINDS)}")
    formats = _FORMATS.get(str(arguments.get("format") or "png"))
    if formats is None:
        raise KernelError(f"format is one of {', '.join(_FORMATS)}")
    width, height = (_read_size(arguments, name) for name in ("width_px", "height_px"))
    with warnings.catch_warnings(), mpl.rc_context(_STYLE):
        # A letter without a glyph is drawn as a box; that is told by the picture itself.
        warnings.simplefilter("ignore")
        figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, layout="constrained")
        axes = figure.add_subplot()
        words = draw(axes, arguments)
        title = _clean(arguments.get("title"))
        words = f"{title}. {words}" if title else words
        notes = _dress(axes, arguments)
        images = [_save(figure, each, words) for each in formats]
    return {
        "text": "\n".join([words, *(f"Note: {note}." for note in notes)]),
        "alternative_text": words,
        "images": images,
        "notes": notes,
    }


def _draw_function(axes: Axes, arguments: Mapping[str, Any]) -> str:
    lines = read_lines(arguments)
    for line in lines:
        axes.plot(line.x, break_at_poles(line.y), label=_clean(line.label), linewidth=1.5)
    height = None if arguments.get("log_y") else find_height(lines)
    if height:
        axes.set_ylim(*height)
    if len(lines) > 1:
        for text in axes.legend().get_texts():
            text.set_parse_math(False)
    axes.set_xlabel(_clean(arguments.get("variable") or "x"))
    axes.set_ylabel("" if len(lines) > 1 else _clean(lines[0].label))
    words = describe_lines(lines)
    if not height:
        return words
    return f"{words} The picture shows heights from {height[0]:.4g} to {height[1]:.4g} only."


def _draw_scatter(axes: Axes, arguments: Mapping[str, Any]) -> str:
    x, y = read_points(arguments)
    axes.plot(x, y, "o-" if arguments.get("joined") else "o", markersize=4)
    return describe_points(x, y)


def _draw_histogram(axes: Axes, arguments: Mapping[str, Any]) -> str:
    bins = read_bins(arguments)
    widths = bins.edges[1:] - bins.edges[:-1]
    axes.bar(bins.edges[:-1], bins.counts, width=widths, align="edge", edgecolor="white")
    axes.set_ylabel("count")
    return describe_bins(bins)


def _draw_bars(axes: Axes, arguments: Mapping[str, Any]) -> str:
    labels, values = read_bars(arguments)
    places = list(range(len(labels)))
    axes.bar(places, values)
    is_crowded = sum(len(label) for label in labels) > 60  # noqa: PLR2004 - a line of text
    names = [_clean(label) for label in labels]
    axes.set_xticks(places, names, rotation=90 if is_crowded else 0, parse_math=False)
    return describe_bars(labels, values)


def _dress(axes: Axes, arguments: Mapping[str, Any]) -> list[str]:
    """Set title, labels and scales; return what could not be done."""
    notes: list[str] = []
    if title := _clean(arguments.get("title")):
        axes.set_title(title)
    if label := _clean(arguments.get("x_label")):
        axes.set_xlabel(label)
    if label := _clean(arguments.get("y_label")):
        axes.set_ylabel(label)
    # A dollar in a caller's text is a dollar; only the axes' own labels are formulas.
    for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
        text.set_parse_math(False)
    axes.grid(visible=True, linewidth=0.3)
    axes.set_axisbelow(True)
    for name, set_scale in (("log_x", axes.set_xscale), ("log_y", axes.set_yscale)):
        if arguments.get(name):
            set_scale("log", nonpositive="mask")
            notes.append(f"{name}: values up to zero are left out")
    return notes


def _save(figure: Figure, kind: str, words: str) -> dict[str, Any]:
    """Return the picture as a file in base64, coarser where it would be too large.

    Raises:
        KernelError: Where it cannot be drawn, or is too large at any resolution.
    """
    resolutions = RESOLUTIONS_DPI if kind == "png" else (DPI,)
    described = {"Description": words, "Software": None}
    metadata = described if kind == "png" else {"Title": words, "Date": None, "Creator": None}
    for dpi in resolutions:
        buffer = io.BytesIO()
        try:
            figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
        except (ArithmeticError, ValueError) as error:
            raise KernelError(
                "these values cannot be drawn: their range is too large or too small for an axis"
            ) from error
        data = buffer.getvalue()
        if len(data) <= MAX_IMAGE_BYTES:
            width, height = figure.get_size_inches() * dpi
            return {
                "media_type": "image/png" if kind == "png" else "image/svg+xml",
                "width_px": round(width),
                "height_px": round(height),
                "data": base64.b64encode(data).decode(),
            }
    raise KernelError(
        f"the {kind} has more than {MAX_IMAGE_BYTES:,} bytes: draw fewer points or a smaller size"
    )


def _read_size(arguments: Mapping[str, Any], name: str) -> int:
    given = arguments.get(name) or {"width_px": 640, "height_px": 420}[name]
    if not isinstance(given, int) or not _SIZES_PX[0] <= given <= _SIZES_PX[1]:
        raise KernelError(f"`{name}` lies from {_SIZES_PX[0]} to {_SIZES_PX[1]}")
    return given


def _clean(text: object) -> str:
    """Return text that can stand in a picture: one line, no control characters."""
    return shorten(_UNPRINTABLE.sub(" ", str(text or "")).strip(), 120)


_KINDS: Mapping[str, Callable[[Axes, Mapping[str, Any]], str]] = {
    "function": _draw_function,
    "scatter": _draw_scatter,
    "histogram": _draw_histogram,
    "bar": _draw_bars,
}
