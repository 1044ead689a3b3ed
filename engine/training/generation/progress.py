"""What is shown while a run goes on, and when it has ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from engine.training.example import Category
from engine.training.generation.budget import Budget
from engine.training.generation.outcome import Outcome, Tally
from engine.training.generation.run import Refused, Watch

# Lines of progress for as many replies as are wanted, where there is no terminal.
_N_LINES: Final = 20


class _Lines:
    """Tells in lines what bars cannot, where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._n_told = -1

    def tell(self, outcome: Outcome, budget: Budget) -> None:
        """Write a line each time that another part of what is wanted was kept or rejected."""
        tallies = outcome.tallies.values()
        n_kept, n_wanted = sum(len(t.kept) for t in tallies), sum(t.quota for t in tallies)
        n_rejected = sum(tally.rejected.total() for tally in tallies)
        # Rejected ones count: a run that keeps nothing costs as much as any.
        n_parts = _N_LINES * (n_kept + n_rejected) // max(1, n_wanted)
        if self._console.is_terminal or n_parts <= self._n_told:
            return
        self._n_told = n_parts
        text = f"{n_kept:,} of {n_wanted:,} kept, {n_rejected:,} rejected, {render_money(budget)}"
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def watching() -> Iterator[Watch]:
    """Show a bar for each category and what it costs; a line now and then where that is a file."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TextColumn("{task.fields[note]}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    bars: dict[Category, TaskID] = {}
    lines = _Lines(console)

    def watch(outcome: Outcome, budget: Budget, n_in_flight: int) -> None:
        lines.tell(outcome, budget)
        for category, tally in outcome.tallies.items():
            if category not in bars:
                bars[category] = progress.add_task(category.value, total=tally.quota, note="")
            progress.update(
                bars[category],
                completed=len(tally.kept),
                # The reasons stand in the summary: here they would push the money off the line.
                note=f"cost {render_spent(budget)} · {n_in_flight} out"
                f" · {tally.rejected.total():,} rejected",
            )

    with progress:
        yield watch


def render_tallies(tallies: Mapping[Category, Tally]) -> list[str]:
    """A line for each category: kept of its quota, and what was not kept by reason."""
    return [
        f"{category.value}: {len(tally.kept):,} of {tally.quota:,} kept, {render_rejected(tally)}"
        for category, tally in tallies.items()
    ]


def render_rejected(tally: Tally) -> str:
    """How much was rejected, by reason, the commonest first."""
    n = tally.rejected.total()
    reasons = ", ".join(f"{reason} {n_of:,}" for reason, n_of in tally.rejected.most_common())
    return f"{n:,} rejected ({reasons})" if n else "none rejected"


def render_money(budget: Budget) -> str:
    """Tokens and what they cost so far, beside the cap where there is one."""
    tokens = f"{budget.tokens_in:,} + {budget.tokens_out:,} tokens"
    return f"{tokens}, cost {render_spent(budget)}"


def render_spent(budget: Budget) -> str:
    """The cost so far, beside the cap where there is one."""
    cap = "" if budget.cap is None else f" of at most {budget.cap:,.4g}"
    return f"{budget.spent:,.4f}{cap}"


def render_refused(refused: Sequence[Refused]) -> str:
    """How many requests the server would not serve, and what it said of the first."""
    first = refused[0]
    return (
        f"{len(refused):,} requests set aside, the server refused them; the first, "
        f"{first.request.request_id}: {first.reason}"
    )
