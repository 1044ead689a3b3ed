"""Times a job's way through the whole stack: `python -m scripts.bench_latency`.

Jobs one at a time give the times to accept, to start and to see an event; jobs whose worker is
killed give the time to go on. Times of the log are the database's; client and database share
this machine's clock.
"""

from __future__ import annotations

import os
import signal
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from engine.bench.measurement import Measurement, Sense, Verdict, describe_spread
from engine.bench.problems import make_problems
from engine.bench.report import render_table, to_report, write_report
from engine.domain.event import Event, EventType
from ops.layout import make_layout
from ops.record import ProcessRecord
from scripts.svend.client import SvendClient, open_client
from scripts.svend.local_stack import use_server
from scripts.svend.server import ServerChoice
from scripts.svend.wire import Job

ROOT = Path(__file__).resolve().parent.parent
SEED = 4_711
PATIENCE_S = 300.0
WORKER = "worker-1"
# Long enough to be in the middle when the worker dies.
LONG_SEARCH = {"samples": 256, "haste": 0.0, "stop": "exact"}
N_LONG = 8
ACCEPT_BAR_MS, START_BAR_MS, EVENT_BAR_MS, RECOVERY_BAR_S = 100, 250, 500, 45


@dataclass(slots=True)
class Times:
    """What was timed, in seconds."""

    accepted_s: list[float] = field(default_factory=list[float])
    started_s: list[float] = field(default_factory=list[float])
    seen_s: list[float] = field(default_factory=list[float])
    recovered_s: list[float] = field(default_factory=list[float])


@click.command()
@click.option("--jobs", default=200, show_default=True, help="Jobs sent one at a time.")
@click.option("--kills", default=3, show_default=True, help="How often the worker is killed.")
@click.option("--out", default=str(ROOT / "bench/latency.json"), show_default=False)
def main(*, jobs: int, kills: int, out: str) -> None:
    """Measure the latencies; leave with 1 if a bar was missed."""
    times = Times()
    with tempfile.TemporaryDirectory(prefix="svend-latency-") as place:
        choice = ServerChoice(url=None, key=None, data_dir=Path(place) / "stack")
        with (
            use_server(choice, Console(stderr=True)) as server,
            open_client(server, patience_s=PATIENCE_S) as client,
        ):
            for text in make_problems(jobs, seed=SEED):
                _time_job(client, text, times)
            for _ in range(kills):
                _time_recovery(client, choice.data_dir, times)
    report = to_report(_judge(times), is_quick=False)
    write_report(report, Path(out))
    click.echo(render_table(report))
    if any(measurement.verdict is Verdict.MISSED for measurement in _judge(times)):
        raise SystemExit(1)


def _time_job(client: SvendClient, text: str, times: Times) -> None:
    began_s = time.perf_counter()
    job = client.submit({"type": "solve", "problem": text})
    times.accepted_s.append(time.perf_counter() - began_s)
    following_s = time.time()
    committed: dict[EventType, float] = {}
    for event in client.follow(job.job_id):
        seen_s, at_s = time.time(), _committed_s(event)
        committed.setdefault(event.type, at_s)
        # What was committed before the stream was asked for had to wait for nobody.
        if at_s > following_s:
            times.seen_s.append(seen_s - at_s)
    times.started_s.append(committed[EventType.JOB_CLAIMED] - committed[EventType.JOB_SUBMITTED])


def _time_recovery(client: SvendClient, data_dir: Path, times: Times) -> None:
    body = {"type": "solve", "settings": LONG_SEARCH}
    jobs = [client.submit({**body, "problem": text}) for text in make_problems(N_LONG, seed=SEED)]
    while not all(client.get_trace(job.job_id)["spent"]["tokens_out"] for job in jobs):
        time.sleep(0.1)
    killed_s = time.time()
    _kill(data_dir)
    times.recovered_s += [
        at_s - killed_s for job in jobs if (at_s := _find_recovery(client, job, killed_s))
    ]


def _kill(data_dir: Path) -> None:
    layout = make_layout(data_dir)
    for part in ProcessRecord(layout.processes).read():
        if part.name == WORKER:
            os.killpg(part.group, signal.SIGKILL)
            return
    raise click.ClickException(f"the stack runs no {WORKER}")


def _find_recovery(client: SvendClient, job: Job, killed_s: float) -> float | None:
    """Return when the job first went on after the kill; ``None`` if it had ended before."""
    events = list(client.follow(job.job_id))
    if _committed_s(events[-1]) < killed_s:
        return None
    return next(
        _committed_s(event)
        for event in events
        if event.type.needs_epoch and event.attempt > 1 and _committed_s(event) > killed_s
    )


def _committed_s(event: Event) -> float:
    return datetime.fromisoformat(event.ts).timestamp()


def _judge(times: Times) -> list[Measurement]:
    return [
        _measure("a job accepted, p99", "ms", ACCEPT_BAR_MS, times.accepted_s, 99),
        _measure("an accepted job started, p95", "ms", START_BAR_MS, times.started_s, 95),
        _measure("a committed event seen, p95", "ms", EVENT_BAR_MS, times.seen_s, 95),
        _measure(
            "going on after a killed worker, p95", "s", RECOVERY_BAR_S, times.recovered_s, 95
        ),
    ]


def _measure(
    name: str, unit: str, bar: float, values_s: Sequence[float], rank: int
) -> Measurement:
    scale = 1000 if unit == "ms" else 1
    values = [value * scale for value in values_s]
    return Measurement(
        name=name,
        unit=unit,
        sense=Sense.AT_MOST,
        bar=bar,
        figure=statistics.quantiles(values, n=100, method="inclusive")[rank - 1],
        details=describe_spread(values),
    )


if __name__ == "__main__":
    main()
