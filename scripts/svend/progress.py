"""The live display: lines of events as they happen, above bars that show how far searches are.

It writes to standard error, so that standard output holds answers only. Where that is no terminal
the lines remain and the bars are left out.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from scripts.svend.event_line import printable
from scripts.svend.tally import Tally

FILE_WIDTH = 160


def make_consoles() -> tuple[Console, Console]:
    """Return the console for answers (standard output) and the one for all else (error)."""
    return make_console(), Console(stderr=True)


def make_console() -> Console:
    """Return the console for answers; a file or a pipe gets lines as wide as tables need."""
    console = Console()
    return console if console.is_terminal else Console(width=FILE_WIDTH)


class LiveDisplay:
    """Shows lines and bars while a block runs, and leaves the lines behind."""

    def __init__(self, console: Console, *, shows_lines: bool = True) -> None:
        """Take the console to draw on, and whether events are shown as lines."""
        self._console = console
        self._shows_lines = shows_lines
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TextColumn("{task.fields[note]}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the bars away."""
        self._progress.stop()

    def say(self, line: str | Text, style: str = "") -> None:
        """Show a line for good; a plain one in a style."""
        text = line if isinstance(line, Text) else Text(line, style=style)
        self._console.print(text, soft_wrap=True, highlight=False)

    def say_event(self, line: str | None, mark: str = "") -> None:
        """Show an event's line, if it has one and lines are wanted."""
        if line is not None and self._shows_lines:
            self.say(f"{mark}{line}", style="dim")

    def add_bar(self, title: str, total: int) -> TaskID:
        """Begin a bar and return what names it."""
        return self._progress.add_task(title, total=max(total, 1), note="")

    def move_bar(self, bar: TaskID, done: int, note: str, total: int | None = None) -> None:
        """Set how far a bar is, and the note beside it."""
        self._progress.update(bar, completed=done, note=note, total=total)


def describe_tally(tally: Tally) -> str:
    """Return a search's progress as a note: its state, tokens and leading answer."""
    leader = tally.leader()
    seen = "" if leader is None else f", leading: {printable(leader, 30)}"
    return f"{tally.status.value}, {tally.tokens_out:,} tokens{seen}"
