"""`svend demo`: real problems through the whole stack, each answer beside the expected one."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from scripts.svend.campaign import Sighting, run_campaign
from scripts.svend.client import SvendClient, open_client
from scripts.svend.errors import ExitCode, ProblemFileError
from scripts.svend.event_line import printable, render_event
from scripts.svend.grade import (
    MAX_NAME_CHARS,
    Attempt,
    render_attempt,
    render_attempts,
    render_summary,
)
from scripts.svend.local_stack import use_server
from scripts.svend.problem_file import PosedProblem, read_problems
from scripts.svend.progress import LiveDisplay, make_consoles
from scripts.svend.server import ServerChoice, server_options
from scripts.svend.tally import Tally

EXAMPLES = Path(__file__).parents[2] / "examples" / "word_problems.jsonl"
# A stack that has just become ready may still wait for its first worker to report.
SUBMIT_PATIENCE_S = 120.0


@click.command()
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path),
    default=None,
    help="JSON Lines with problem (or question) and answer; the project's own if not given.",
)
@click.option("--events/--no-events", default=True, help="Show every event as a line.")
@server_options
def demo(path: Path | None, choice: ServerChoice, *, events: bool) -> None:
    """Solve a file of problems and show each answer beside the expected one.

    Starts a local stack if none runs, and stops what it started. Exits with 0 when every job
    ended, right or wrong.
    """
    problems = read_problems(_choose_file(path))
    out, err = make_consoles()
    try:
        with (
            _ending_on_sigterm(),
            use_server(choice, err) as server,
            open_client(server, patience_s=SUBMIT_PATIENCE_S) as client,
        ):
            attempts = _run(client, problems, LiveDisplay(err, shows_lines=events), out)
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        sys.exit(ExitCode.DETACHED)
    if not all(attempt.is_ended for attempt in attempts):
        sys.exit(ExitCode.JOB_FAILED)


class CampaignView:
    """Shows a campaign as it runs: events as lines, one bar over all problems."""

    def __init__(self, problems: Sequence[PosedProblem], display: LiveDisplay) -> None:
        """Take the problems and what to draw on."""
        self._problems = problems
        self._display = display
        self._tallies = [Tally() for _ in problems]
        self._bar = display.add_bar("problems", len(problems))
        self._n_ended = 0

    def show(self, sighting: Sighting) -> None:
        """Show what was seen."""
        if sighting.event is not None:
            self._tallies[sighting.index].tell(sighting.event)
            name = printable(self._problems[sighting.index].name, MAX_NAME_CHARS)
            self._display.say_event(render_event(sighting.event), mark=f"{name}: ")
        if sighting.attempt is not None:
            self._n_ended += 1
            self._display.say(render_attempt(sighting.attempt))
        self._display.move_bar(self._bar, self._n_ended, self._describe())

    def _describe(self) -> str:
        n_samples = sum(tally.n_ended for tally in self._tallies)
        n_tokens = sum(tally.tokens_out for tally in self._tallies)
        return f"{n_samples:,} samples, {n_tokens:,} tokens"


def _choose_file(path: Path | None) -> Path:
    if path is not None:
        return path
    if not EXAMPLES.is_file():
        raise ProblemFileError(
            f"{EXAMPLES} is not there: the examples ship with the repository, not with the "
            "package. Name a file with --file."
        )
    return EXAMPLES


def _run(
    client: SvendClient, problems: Sequence[PosedProblem], display: LiveDisplay, out: Console
) -> Sequence[Attempt]:
    began = time.monotonic()
    attempts: dict[int, Attempt] = {}
    with display:
        view = CampaignView(problems, display)
        for sighting in run_campaign(client, problems):
            view.show(sighting)
            if sighting.attempt is not None:
                attempts[sighting.index] = sighting.attempt
    ordered = [attempts[index] for index in sorted(attempts)]
    out.print(render_attempts(ordered))
    click.echo(render_summary(ordered, time.monotonic() - began))
    return ordered


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """Let SIGTERM unwind the stack like Ctrl-C does, so that what was started is stopped."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
