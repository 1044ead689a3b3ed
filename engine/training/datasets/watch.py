"""How commands show their progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_STRIDE: Final = 25


class Watch(Protocol):
    """Is told how far a build is."""

    def __call__(self, title: str, n_done: int, n_wanted: int | None) -> None:
        """Take the name of what is under way, how much is done, and of how much if known."""
        ...


@contextmanager
def watching() -> Iterator[Watch]:
    """Show a bar for each thing under way, on standard error; nothing where that is a file."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    bars: dict[str, TaskID] = {}

    def watch(title: str, n_done: int, n_wanted: int | None) -> None:
        if title not in bars:
            bars[title] = progress.add_task(title, total=n_wanted)
        elif n_done % _STRIDE == 0:
            progress.update(bars[title], completed=n_done, total=n_wanted)

    with progress:
        yield watch
