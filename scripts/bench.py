"""Measures what must hold, prints a table, writes JSON: `python -m scripts.bench [--quick]`."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import click
import psutil

from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, OpenAIChatModel, create_client
from engine.adapters.profile_file import load_profile
from engine.bench.measurement import Measurement, Verdict
from engine.bench.overhead import list_plans, measure_overhead
from engine.bench.problems import make_problems
from engine.bench.report import render_table, to_report, write_report
from engine.bench.throughput import Contest, ThroughputPlan
from ops.model import Model, find_model
from ops.ports import find_free_port
from ops.process import ManagedProcess, start_process, wait_until
from ops.vllm import HOST, VllmServer
from tools.registry import local_tools

ROOT = Path(__file__).resolve().parent.parent
API_KEY = "bench"
START_TIMEOUT_S = 600.0
SEED = 20_240
N_PROBLEMS, N_PROBLEMS_QUICK = 96, 48
N_PAIRS, N_PAIRS_QUICK = 9, 7


@click.command()
@click.option("--quick", "is_quick", is_flag=True, help="Fewer solves and searches.")
@click.option("--no-server", is_flag=True, help="Leave out what needs a model server.")
@click.option("--model", "model_name", default=str(ROOT / "models/svend-mini"), show_default=False)
@click.option("--out", default=str(ROOT / "bench/results.json"), show_default=False)
def main(*, is_quick: bool, no_server: bool, model_name: str, out: str) -> None:
    """Measure each bar; leave with 1 if one was missed."""
    measurements = [asyncio.run(measure_overhead(plan)) for plan in list_plans(is_quick=is_quick)]
    if not no_server:
        click.echo("starting the model server ...", err=True)
        measurements.append(_measure_throughput(find_model(model_name), is_quick=is_quick))
    report = to_report(measurements, is_quick=is_quick)
    write_report(report, Path(out))
    click.echo(render_table(report))
    click.echo(_render_sides(measurements))
    if any(measurement.verdict is Verdict.MISSED for measurement in measurements):
        raise SystemExit(1)


def _measure_throughput(model: Model, *, is_quick: bool) -> Measurement:
    plan = ThroughputPlan(
        problems=make_problems(N_PROBLEMS_QUICK if is_quick else N_PROBLEMS, seed=SEED),
        n_pairs=N_PAIRS_QUICK if is_quick else N_PAIRS,
    )
    with _serving(model) as (url, process):
        return asyncio.run(_compete(plan, model, url, process))


async def _compete(
    plan: ThroughputPlan, model: Model, url: str, process: ManagedProcess
) -> Measurement:
    profile = load_profile(model.profile)
    server = ModelServer(
        base_url=url, model=model.served_name, api_key=API_KEY, kind=profile.endpoint
    )
    clock = MonotonicClock()
    rng = Random(SEED)  # noqa: S311 - spreads retries over time; nothing secret hangs on it
    async with create_client() as client:
        contest = Contest(
            plan,
            server=server,
            model=OpenAIChatModel(server, client=client, clock=clock, rng=rng),
            profile=profile,
            tools=local_tools(clock),
            read_server_cpu_s=lambda: _read_cpu_s(process),
        )
        return await contest.measure()


@contextmanager
def _serving(model: Model) -> Iterator[tuple[str, ManagedProcess]]:
    with tempfile.TemporaryDirectory(prefix="svend-bench-") as folder:
        server = VllmServer(
            model=model,
            port=find_free_port(HOST),
            api_key=API_KEY,
            log=Path(folder) / "vllm.log",
            cache_folder=Path(folder) / "cache",
            environment=dict(os.environ),
        )
        process = start_process(server.spec())
        try:
            wait_until(
                lambda: server.is_ready() or process.exit_code() is not None, START_TIMEOUT_S
            )
            if not server.is_ready():
                raise click.ClickException(f"no model server:\n{server.log.read_text()[-4000:]}")
            yield server.url(), process
        finally:
            process.stop()


def _read_cpu_s(process: ManagedProcess) -> float:
    total_s = 0.0
    for member in process.members():
        # A helper process that has just ended took its share with it.
        with suppress(psutil.NoSuchProcess):
            times = psutil.Process(member.pid).cpu_times()
            total_s += times.user + times.system
    return total_s


def _render_sides(measurements: list[Measurement]) -> str:
    lines: list[str] = []
    for measurement in measurements:
        for side in ("engine", "bare"):
            if side in measurement.details:
                figures = measurement.details[side]
                parts = (f"{name} {spread}" for name, spread in figures.items())
                lines.append(f"{side}: " + "; ".join(parts))
        spread = measurement.details.get("spread") or measurement.details.get("spread_ms")
        lines.append(f"{measurement.name}: {spread}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
