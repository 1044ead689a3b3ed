"""Times the way from `svend up` to the first answer: `python -m scripts.bench_start`.

Each run but the last begins with a folder that is not there, as a newcomer's does; the last one
starts again on the folder that the run before it left.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from engine.bench.measurement import (
    Measurement,
    Sense,
    Verdict,
    describe_spread,
    round_figure,
)
from engine.bench.report import render_table, to_report, write_report
from engine.domain.job_status import JobStatus
from scripts.svend.client import SvendClient, open_client
from scripts.svend.local_stack import use_server
from scripts.svend.server import ServerChoice

ROOT = Path(__file__).resolve().parent.parent
BAR_S = 120.0
PATIENCE_S = 120.0
PROBLEM = "Tom has 4 bags with 6 apples each. How many apples has he?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One start, in seconds since the command was given.

    Attributes:
        ready_s: When the whole stack was ready.
        answered_s: When the first problem had its answer.
    """

    ready_s: float
    answered_s: float


@click.command()
@click.option("--runs", default=3, show_default=True, help="How many starts on a new folder.")
@click.option("--out", default=str(ROOT / "bench/start.json"), show_default=False)
def main(*, runs: int, out: str) -> None:
    """Measure the start; leave with 1 if a bar was missed."""
    with tempfile.TemporaryDirectory(prefix="svend-start-") as place:
        folders = [Path(place) / str(number) for number in range(max(runs, 1))]
        fresh = [time_start(folder) for folder in folders]
        again = time_start(folders[-1])
    measurements = [
        _judge("on a new folder", fresh),
        _judge("on the folder of the run before", [again]),
    ]
    report = to_report(measurements, is_quick=False)
    write_report(report, Path(out))
    click.echo(render_table(report))
    if any(measurement.verdict is Verdict.MISSED for measurement in measurements):
        raise SystemExit(1)


def time_start(folder: Path) -> Start:
    """Start a stack on a folder, solve a problem, stop the stack.

    Raises:
        StackStartError: When the stack does not come up.
        ClickException: When the problem's job did not succeed.
    """
    began_s = time.monotonic()
    choice = ServerChoice(url=None, key=None, data_dir=folder)
    with (
        use_server(choice, Console(stderr=True)) as server,
        open_client(server, patience_s=PATIENCE_S) as client,
    ):
        ready_s = time.monotonic() - began_s
        _solve(client)
        start = Start(ready_s=ready_s, answered_s=time.monotonic() - began_s)
    click.echo(f"ready after {start.ready_s:.1f} s, answered after {start.answered_s:.1f} s")
    return start


def _solve(client: SvendClient) -> None:
    job = client.submit({"type": "solve", "problem": PROBLEM})
    for _ in client.follow(job.job_id):
        pass
    ended = client.get_job(job.job_id)
    if ended.status is not JobStatus.SUCCEEDED:
        raise click.ClickException(f"the problem's job is {ended.status.value}")


def _judge(where: str, starts: list[Start]) -> Measurement:
    """The slowest counts: a bar is what every newcomer may expect."""
    answered = [start.answered_s for start in starts]
    ready = [start.ready_s for start in starts]
    spread = {"answered_s": _describe(answered), "ready_s": _describe(ready)}
    return Measurement(
        name=f"`svend up` to the first answer, {where}",
        unit="s",
        sense=Sense.AT_MOST,
        bar=BAR_S,
        figure=max(answered),
        details=spread,
    )


def _describe(values: list[float]) -> dict[str, float]:
    return describe_spread(values) if len(values) > 1 else {"n": 1, "p50": round_figure(values[0])}


if __name__ == "__main__":
    main()
