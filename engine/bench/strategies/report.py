"""The comparison of strategies as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from engine.bench.proportion import Proportion
from engine.bench.strategies.comparison import Row
from engine.bench.strategies.recording import RecordingHeader
from engine.domain.canonical import JsonValue

HEADINGS = (
    "strategy",
    "accuracy (95 %)",
    "to the fixed vote (95 %, p)",
    "samples",
    "of the vote's",
    "equal fixed vote",
    "tokens",
    "seconds",
    "bar",
)


def render_rows(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [_join(HEADINGS), _join(["---"] * len(HEADINGS))]
    return "\n".join([*lines, *(_join(_list_cells(row)) for row in rows)])


def to_report(
    rows: Sequence[Row], *, header: RecordingHeader, n_problems: int
) -> dict[str, JsonValue]:
    """Return everything that was found, as JSON.

    Args:
        rows: One a strategy.
        header: Of the recording.
        n_problems: How many problems were replayed.
    """
    return {
        "recording": header.to_data(),
        "n_problems": n_problems,
        "rows": [_to_data(row) for row in rows],
    }


def render_share(share: Proportion) -> str:
    """Return a share in percent with its interval."""
    if share.ratio is None:
        return "-"
    return f"{share.ratio:.1%} [{share.low:.1%}, {share.high:.1%}]"


def _list_cells(row: Row) -> tuple[str, ...]:
    unchecked = f", {row.n_unchecked} not comparable" if row.n_unchecked else ""
    gap = row.difference
    return (
        row.contestant.label,
        render_share(row.accuracy) + unchecked,
        f"{gap.mean:+.1%} [{gap.low:+.1%}, {gap.high:+.1%}], p = {row.p_value:.2g}",
        f"{row.samples.mean:.1f}",
        f"{row.share:.0%}",
        "none" if row.equal_size is None else f"{row.equal_size:.0f}",
        f"{row.tokens.mean:,.0f}",
        f"{row.wall_ms.mean / 1000:.2f}",
        "" if row.bar is None else row.bar.value,
    )


def _to_data(row: Row) -> dict[str, JsonValue]:
    share = row.accuracy
    return {
        "strategy": row.contestant.strategy,
        "label": row.contestant.label,
        "settings": dict(row.contestant.settings),
        "accuracy": {
            "n_right": share.n_hits,
            "n": share.n_cases,
            "ratio": share.ratio,
            "low": share.low,
            "high": share.high,
        },
        "n_unchecked": row.n_unchecked,
        "samples": asdict(row.samples),
        "tokens": asdict(row.tokens),
        "wall_ms": asdict(row.wall_ms),
        "difference": asdict(row.difference),
        "mcnemar_p": row.p_value,
        "share_of_samples": row.share,
        "equal_fixed_vote": row.equal_size,
        "bar": None if row.bar is None else row.bar.value,
    }


def _join(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
