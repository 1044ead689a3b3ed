"""A model's card: what it is, where it comes from and what it was measured at, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from engine.training.record import DataFile, RunRecord
from engine.training.registry.entry import ModelEntry

CARD_FILE = "CARD.md"


def render_card(entry: ModelEntry) -> str:
    """The card of one version; the same entry gives the same text."""
    lines = [f"# {entry.name}, version {entry.version}", ""]
    if entry.note:
        lines += [entry.note, ""]
    lines += [
        f"- registered: {entry.created}",
        f"- digest: `{entry.digest}`",
        f"- size: {entry.n_bytes:,} bytes in {len(entry.files)} files",
    ]
    if entry.parents:
        lines.append(f"- comes from: {', '.join(entry.parents)}")
    record = entry.record
    if record is None:
        return "\n".join([*lines, "", "No run of this project recorded how it was made.", ""])
    return "\n".join([*lines, "", *_render_run(record), ""])


def _render_run(record: RunRecord) -> list[str]:
    digest = f" (weights `{record.base_digest[:16]}`)" if record.base_digest else ""
    lines = [
        "## How it was made",
        "",
        f"- method: {record.method}, {record.n_steps:,} steps, seed {record.seed}",
        f"- base: {record.base}{digest}",
        f"- fingerprint: `{record.fingerprint}`",
        f"- trained weights: {record.n_trained:,}",
        f"- on {record.device} in {record.wall_time_s:,.0f} s",
        f"- memory at most: {record.peak_memory_bytes / 2**30:.2f} GiB",
    ]
    if record.parent:
        lines.append(f"- went on from the run `{record.parent}`")
    if record.stopped:
        lines.append(f"- ended early: {record.stopped}")
    lines += ["", "## Data", "", *_table(("file", "rows", "SHA-256"), _data_rows(record))]
    if record.metrics:
        rows = ((name, f"{value:.6g}") for name, value in sorted(record.metrics.items()))
        lines += ["", "## Figures at the end", "", *_table(("figure", "value"), rows)]
    settings = ((name, f"`{value}`") for name, value in sorted(record.settings.items()))
    lines += ["", "## Settings", "", *_table(("setting", "value"), settings)]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(record.versions.items()))
    return [*lines, "", f"Libraries: {versions}."]


def _data_rows(record: RunRecord) -> Iterable[tuple[str, ...]]:
    kinds: tuple[tuple[str, tuple[DataFile, ...]], ...] = (
        ("", record.data),
        (" (development)", record.dev),
    )
    for mark, files in kinds:
        for file in files:
            yield f"{file.name}{mark}", f"{file.n_rows:,}", f"`{file.sha256[:16]}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]
