"""Shows the health of each part: a table that changes in place, or a line for each change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ops.part import PartState, PartStatus

Show = Callable[[Sequence[PartStatus]], None]

STYLES = {
    PartState.WAITING: "dim",
    PartState.STARTING: "yellow",
    PartState.READY: "green",
    PartState.FAILING: "bold red",
    PartState.BACKING_OFF: "red",
    PartState.STOPPED: "dim",
}
REFRESHES_PER_S = 4


@contextmanager
def health_display(console: Console, look: Callable[[], Sequence[PartStatus]]) -> Iterator[Show]:
    """Yields what to call at each change of a part.

    Args:
        console: Where to write.
        look: Returns the present state, for times that count up between changes.
    """
    if not console.is_terminal:
        yield LineDisplay(console).show
        return
    with Live(
        get_renderable=lambda: render_table(look()),
        console=console,
        refresh_per_second=REFRESHES_PER_S,
    ) as live:
        yield lambda _statuses: live.refresh()


class LineDisplay:
    """Writes a line for each part whose state has changed."""

    def __init__(self, console: Console) -> None:
        """Takes the console to write to."""
        self._console = console
        self._shown: dict[str, PartState] = {}

    def show(self, statuses: Sequence[PartStatus]) -> None:
        """Writes what is new."""
        for status in statuses:
            known = self._shown.get(status.name, PartState.WAITING)
            if status.state is not known:
                self._console.print(render_line(status), soft_wrap=True, highlight=False)
            self._shown[status.name] = status.state


def render_line(status: PartStatus) -> Text:
    """Returns a part's state as one line."""
    words = [f"{status.name}: {status.state}"]
    if status.state is PartState.READY and status.address:
        words.append(f"at {status.address}")
    if status.problem:
        words.append(f"({status.problem})")
    return Text(" ".join(words))


def render_table(statuses: Sequence[PartStatus]) -> Table:
    """Returns every part's state as a table."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("part", "state", "for", "restarts", "where"):
        table.add_column(heading, no_wrap=heading != "where")
    for status in statuses:
        table.add_row(
            status.name,
            Text(status.state, style=STYLES[status.state]),
            render_seconds(status.since_s),
            str(status.n_restarts) if status.n_restarts else "",
            Text(status.problem or status.address),
        )
    return table


def render_seconds(seconds: float) -> str:
    """Returns a time for people: `7 s`, `12 min`, `3 h`."""
    minutes = int(seconds) // 60
    if minutes == 0:
        return f"{int(seconds)} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h"  # noqa: PLR2004 - of an hour
