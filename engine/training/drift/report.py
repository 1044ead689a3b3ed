"""A comparison as a table for a terminal, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.table import Table

from engine.training.drift.comparison import Comparison, Confusion
from engine.training.drift.measure import Measure, Shift
from engine.training.record import write_json

REPORT_JSON: Final = "report.json"
REPORT_MARKDOWN: Final = "report.md"

_HEADINGS: Final = ("figure", "n", "old", "new", "new - old")
_NAMES: Final = {
    "tokens": "tokens of a solution",
    "statements": "statements of a solution",
    "declined": "says not enough information",
    "no_answer": "gives no answer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two versions, as the report names it.

    Attributes:
        name: The folder's name, or the URL with the model's name.
        weights_sha256: Empty for a server's model, which shows none.
        temperature: Of its samples; None where none were drawn.
    """

    name: str
    weights_sha256: str
    temperature: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """What is written.

    Attributes:
        old: The old version.
        new: The new one.
        prompts: Where the prompts are from.
        n_samples: Of each prompt, for the stability under seeds.
        seed: Of samples and intervals.
        found: The figures.
    """

    old: Side
    new: Side
    prompts: str
    n_samples: int
    seed: int
    found: Comparison


def write_report(folder: Path, report: DriftReport) -> None:
    """Write report.md and report.json; the folder is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / REPORT_JSON, asdict(report))
    text = "\n".join(_markdown(report)) + "\n"
    (folder / REPORT_MARKDOWN).write_text(text, encoding="utf-8")


def show_table(found: Comparison) -> Table:
    """All figures, a line each."""
    table = Table(*_HEADINGS, box=None, pad_edge=False)
    for row in _rows(found):
        table.add_row(*row)
    return table


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines]


def confusion_table(confusion: Confusion, corner: str) -> list[str]:
    """The lines of a table of counts, the first name down and the second across."""
    across = sorted({name for counts in confusion.values() for name in counts})
    rows = [
        [name, *(str(counts.get(other, 0)) for other in across)]
        for name, counts in confusion.items()
    ]
    return markdown_table([corner, *across], rows)


def _rows(found: Comparison) -> Iterator[tuple[str, ...]]:
    yield _both("same answer", found.agreement)
    if found.correctness is not None:
        yield _row("right", found.correctness.accuracy)
    for name, one in found.properties.items():
        yield _row(_NAMES[name], one)
    if found.tools is not None:
        yield _both("same tool chosen", found.tools.agreement)
    stable: Mapping[str, Shift | None] = {
        "same answer under paraphrase": found.paraphrase,
        "same answer under seed": found.seed,
        "bits of entropy under seed": found.entropy_bits,
    }
    for name, moved in stable.items():
        if moved is not None:
            yield _row(name, moved)


def _row(name: str, one: Shift) -> tuple[str, ...]:
    return (name, str(one.old.n), str(one.old), str(one.new), str(one.change))


def _both(name: str, one: Measure) -> tuple[str, ...]:
    """A figure that the two versions have in common stands under the new one."""
    return (name, str(one.n), "", str(one), "")


def _markdown(report: DriftReport) -> Iterator[str]:
    found = report.found
    yield "# How behaviour moved"
    yield ""
    for name, side in (("Old", report.old), ("New", report.new)):
        weights = f", weights {side.weights_sha256[:16]}" if side.weights_sha256 else ""
        heat = "" if side.temperature is None else f", sampled at {side.temperature:g}"
        yield f"- {name}: {side.name}{weights}{heat}"
    yield f"- {found.n_prompts} prompts: {report.prompts}"
    yield f"- {report.n_samples} samples of each, seed {report.seed}"
    yield ""
    yield "Means with 95 % bootstrap intervals over prompts."
    yield ""
    yield from markdown_table(_HEADINGS, list(_rows(found)))
    if found.correctness is not None:
        yield from _transitions(found.correctness.transitions, found.correctness.mcnemar_p)
    if found.tools is not None:
        yield from ("", "## Tools", "")
        yield from confusion_table(found.tools.confusion, "old \\ new")


def _transitions(counts: Mapping[str, int], p: float) -> Iterator[str]:
    yield from ("", "## Right and wrong", "")
    rows = [(name.replace("_", " "), str(count)) for name, count in counts.items()]
    yield from markdown_table(("transition", "prompts"), rows)
    yield ""
    yield f"McNemar's exact test of the prompts that changed: p = {p:.3g}."
