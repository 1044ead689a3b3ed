"""What a check found, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.training.datasets.check import Artefact, CheckReport
from engine.training.emission.artefact import MAX_AUROC


def render_check(report: CheckReport, *, is_screened: bool) -> str:
    """What a check found, a line each."""
    count = report.count
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in sorted(report.kinds.items()))
    lines = [f"{count.n_read:,} examples ({kinds or 'none'})"]
    if report.n_unreadable:
        lines.append(f"unreadable: {report.n_unreadable:,}; the first: {report.first_unreadable}")
    for found in (count.dropped, count.broken, count.personal):
        lines += _render_counts(found, count.first)
    lines += [_render_artefact(artefact) for artefact in report.artefacts]
    if not is_screened:
        lines.append("not screened: held-back text may be in it")
    lines.append("clean" if report.is_clean else "not clean")
    return "\n".join(lines)


def _render_counts(found: Mapping[Any, int], first: Mapping[str, str]) -> list[str]:
    return [
        f"{name}: {n:,}; the first: {first.get(name, '')}" for name, n in sorted(found.items())
    ]


def _render_artefact(artefact: Artefact) -> str:
    if artefact.auroc is None:
        return f"artefact test of {artefact.name}: too few questions to tell"
    verdict = "words alone tell them apart" if artefact.is_found else "sound"
    return (
        f"artefact test of {artefact.name}: AUROC {artefact.auroc:.3f} of at most {MAX_AUROC:.2f} "
        f"over {artefact.n_examples:,} examples, {verdict}"
    )
