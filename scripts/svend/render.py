"""What people read: results as panels, jobs and keys as tables. Pure.

Text of a model or a caller may hold square brackets that would be taken for markup: all of it goes
through :func:`printable` and is wrapped in ``Text``, which knows no markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from scripts.svend.event_line import printable, render_error
from scripts.svend.wire import Job, Key, Result

MAX_SHOWN_VOTES = 8
STATUS_STYLES = {
    "queued": "yellow",
    "running": "cyan",
    "succeeded": "green",
    "failed": "red",
    "cancelled": "magenta",
    "expired": "magenta",
}


def render_result(result: Result) -> RenderableType:
    """Return a result as a panel: the answer first, then what it rests on."""
    if result.is_tool_call:
        return _render_call(result)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column()
    for name, value in _result_rows(result):
        grid.add_row(name, Text(value))
    title = "no answer" if result.answer is None else printable(result.answer, 400)
    heading = Text(title, style="bold" if result.answer is not None else "bold yellow")
    return Panel(Group(heading, Text(""), grid), title="Answer", title_align="left", expand=False)


def render_job(job: Job) -> RenderableType:
    """Return a job as a small table."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column()
    for name, value in _job_rows(job):
        grid.add_row(name, value)
    return grid


def render_jobs(jobs: Sequence[Job]) -> RenderableType:
    """Return jobs as a table, in the order given."""
    table = Table(box=None, pad_edge=False)
    for heading in ("job", "state", "created", "strategy", "answer", "problem"):
        table.add_column(heading, no_wrap=heading != "problem")
    for job in jobs:
        table.add_row(
            job.job_id,
            render_status(job.status.value),
            job.created_at[:19],
            Text(printable(job.strategy)),
            Text(printable(job.answer or "", 24)),
            Text(printable(job.problem, 60)),
        )
    return table


def render_keys(keys: Sequence[Key]) -> RenderableType:
    """Return API keys as a table. Their secrets are not known any more."""
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "name", "scopes", "created", "expires", "last used", "state"):
        table.add_column(heading)
    for key in keys:
        table.add_row(
            key.key_id,
            Text(printable(key.name)),
            ", ".join(key.scopes),
            key.created_at[:19],
            (key.expires_at or "never")[:19],
            (key.last_used_at or "never")[:19],
            Text("revoked", style="red") if key.revoked_at else Text("live", style="green"),
        )
    return table


def render_status(status: str) -> Text:
    """Return a job's state in its colour."""
    return Text(status, style=STATUS_STYLES.get(status, ""))


def render_votes(result: Result, max_shown: int = MAX_SHOWN_VOTES) -> str:
    """Return the votes as ``72 ×5, 60 ×2``, the winner first, so many at most."""
    shown = [f"{printable(v.text, 24)} ×{v.n_votes}" for v in result.votes[:max_shown]]
    n_more = len(result.votes) - len(shown)
    return ", ".join(shown + ([f"and {n_more} more"] if n_more else [])) or "none"


def render_confidence(result: Result) -> str:
    """Return the calibrated confidence, or that there is none: a vote share is not one."""
    if result.confidence is None:
        return "not calibrated"
    return f"{result.confidence:.0%} ({printable(result.calibration)})"


def _render_call(result: Result) -> RenderableType:
    """Return what a tool answered, or why it did not: nothing was voted on."""
    data = result.data
    tool, status = printable(str(data["tool"])), printable(str(data.get("status")))
    said = str(data.get("output") or data.get("error") or "nothing")
    lines = Text("\n".join(printable(line, 400) for line in said.splitlines()))
    return Panel(lines, title=f"{tool}: {status}", title_align="left", expand=False)


def _result_rows(result: Result) -> list[tuple[str, str]]:
    share = "" if result.vote_share is None else f" ({result.vote_share:.0%} of the samples)"
    rows = [
        ("outcome", f"{result.outcome.replace('_', ' ')}, stopped: {result.stop_reason}"),
        ("votes", render_votes(result) + share),
        ("samples", _describe_samples(result)),
        ("evidence", _describe_evidence(result)),
        ("confidence", render_confidence(result)),
        ("tokens", f"{result.tokens_out:,} generated, {result.tokens_in:,} of prompt"),
        ("cost", f"{result.cost:g}" if result.cost else ""),
        ("time", f"{result.running_ms / 1000:.1f} s, {result.model_calls} model calls"),
        ("why", printable(result.why)),
        ("job", result.job_id),
    ]
    return [(name, value) for name, value in rows if value]


def _describe_samples(result: Result) -> str:
    line = f"{result.n_ended} of at most {result.n_planned}"
    return f"{line}, {result.n_abstained} abstained" if result.n_abstained else line


def _describe_evidence(result: Result) -> str:
    if not result.n_programs:
        return ""
    word = "program" if result.n_programs == 1 else "programs"
    return f"{result.n_programs} executed {word} gave this answer"


def _job_rows(job: Job) -> list[tuple[str, Text]]:
    rows = [
        ("job", Text(job.job_id)),
        ("state", render_status(job.status.value)),
        ("problem", Text(printable(job.problem, 400))),
        ("strategy", Text(printable(job.strategy))),
        ("created", Text(job.created_at)),
    ]
    source = job.data.get("source")
    if source:
        rows.append(("source", Text(printable(f"{source['relation']} {source['job_id']}"))))
    if job.finished_at:
        rows.append(("finished", Text(job.finished_at)))
    if job.outcome:
        rows.append(("outcome", Text(f"{job.outcome.replace('_', ' ')} ({job.stop_reason})")))
    if job.answer is not None:
        rows.append(("answer", Text(printable(job.answer, 400), style="bold")))
    if job.error:
        rows.append(("error", Text(render_error(job.error), style="red")))
    return rows
