"""Times the sandbox beside what else could run a program: `python -m scripts.bench_sandbox`.

Every contestant runs the same source, one after the other within a round, so that a busy machine
disturbs all alike. With `--soak N` it runs N programs instead and shows that nothing grows.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import psutil

from engine.bench.measurement import Measurement, Sense, Verdict, describe_spread
from engine.bench.report import render_table, to_report, write_report
from tools.sandbox.program import Limits, Program
from tools.sandbox.sandbox import Sandbox
from tools.sandbox.settings import SandboxSettings

ROOT = Path(__file__).resolve().parent.parent
MS = 1_000
PRINT_BAR_MS = 5.0
SYMPY_BAR = 20.0
N_WARM = 5
SOAK_EVERY = 500
REST_STEPS, REST_STEP_S = 600, 0.1
PATIENT = Limits(cpu_s=60, wall_s=600.0)

WORKLOADS = {
    "print": (None, "print(2 + 2)"),
    "sympy": (
        "sympy",
        "import sympy\nx = sympy.Symbol('x')\nprint(sympy.solve(x**2 - 5*x + 6, x))",
    ),
    "z3": (
        "z3-solver",
        "import z3\nx = z3.Int('x')\ns = z3.Solver()\ns.add(x * x == 49, x > 0)\nprint(s.check())",
    ),
    "numpy": (
        "numpy",
        "import numpy\nprint(numpy.linalg.eigvalsh(numpy.eye(200)).sum())",
    ),
    "rdkit": (
        "rdkit",
        "from rdkit import Chem\nprint(Chem.MolFromSmiles('CCO').GetNumAtoms())",
    ),
    "pint": (
        "pint",
        "import pint\nu = pint.get_application_registry()\nprint(u.Quantity(1, 'mile').to('km'))",
    ),
}

# The cheapest that a fork could be: no wall at all, and its modules imported beforehand.
FORK_SERVER = """
import importlib, json, os, sys
for name in ("numpy.random", "sympy", "z3", "rdkit.Chem", "pint", "scipy.stats", "pandas"):
    try:
        importlib.import_module(name)
    except ImportError:
        pass
print(flush=True)
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        exec(compile(json.loads(line), "<program>", "exec"), {"__name__": "__main__"})
        os._exit(0)
    os.waitpid(pid, 0)
    print(flush=True)
"""

Contestant = Callable[[str], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class _Times:
    """Milliseconds of each contestant on one workload, a round each."""

    of: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def add(self, name: str, value_ms: float) -> None:
        self.of.setdefault(name, []).append(value_ms)


@click.command()
@click.option("--rounds", default=21, show_default=True, help="How often each contestant runs.")
@click.option("--python", "interpreter", default=sys.executable, show_default=False)
@click.option("--soak", default=0, help="Run so many programs instead, and watch for growth.")
@click.option("--out", default=str(ROOT / "bench/sandbox.json"), show_default=False)
def main(*, rounds: int, interpreter: str, soak: int, out: str) -> None:
    """Measure the sandbox; leave with 1 if a bar was missed."""
    settings = SandboxSettings(python=Path(interpreter))
    if soak:
        measurements = [asyncio.run(_soak(settings, soak))]
    else:
        measurements = asyncio.run(_compete(settings, rounds))
    report = to_report(measurements, is_quick=False)
    write_report(report, Path(out))
    click.echo(render_table(report))
    if any(measurement.verdict is Verdict.MISSED for measurement in measurements):
        raise SystemExit(1)


async def _compete(settings: SandboxSettings, rounds: int) -> list[Measurement]:
    async with Sandbox(settings) as sandbox:
        versions = sandbox.report.versions
        click.echo(f"tier {sandbox.report.tier}; missing: {', '.join(sandbox.report.missing)}")
        server = _start_fork_server(settings.python)
        try:
            contestants = _list_contestants(sandbox, settings.python, server)
            times = {
                name: await _race(contestants, source, rounds)
                for name, (package, source) in WORKLOADS.items()
                if package is None or package in versions
            }
        finally:
            server.terminate()
            server.communicate()
    _show(times)
    return _judge(times)


def _list_contestants(
    sandbox: Sandbox, python: Path, server: subprocess.Popen[str]
) -> Mapping[str, Contestant]:
    async def in_sandbox(source: str) -> None:
        result = await sandbox.run(Program(source=source, limits=PATIENT))
        if result.outcome != "ok":
            raise click.ClickException(f"{result.message}\n{result.stderr}")

    async def forked(source: str) -> None:
        if server.stdin is None or server.stdout is None:
            raise click.ClickException("the fork server has no pipes")
        server.stdin.write(json.dumps(source) + "\n")
        server.stdin.flush()
        await asyncio.to_thread(server.stdout.readline)

    contestants: dict[str, Contestant] = {
        "sandbox": in_sandbox,
        "plain fork": forked,
        "python -c": _starter([str(python), "-I", "-c"]),
    }
    bubblewrap = shutil.which("bwrap")
    if bubblewrap:
        wall = [bubblewrap, "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev"]
        contestants["bubblewrap"] = _starter([*wall, str(python), "-I", "-c"])
    else:
        click.echo("bubblewrap: skipped, it is not installed")
    return contestants


def _starter(command: list[str]) -> Contestant:
    async def start(source: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *command, source, stdout=asyncio.subprocess.DEVNULL
        )
        if await process.wait() != 0:
            raise click.ClickException(f"{command[0]} failed")

    return start


def _start_fork_server(python: Path) -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [str(python), "-I", "-c", FORK_SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if server.stdout is not None:
        server.stdout.readline()
    return server


async def _race(contestants: Mapping[str, Contestant], source: str, rounds: int) -> _Times:
    times = _Times()
    for _ in range(N_WARM):
        await contestants["sandbox"](source)
    for _ in range(rounds):
        for name, run in contestants.items():
            started = time.perf_counter()
            await run(source)
            times.add(name, (time.perf_counter() - started) * MS)
    return times


def _show(times: Mapping[str, _Times]) -> None:
    for workload, found in times.items():
        for name, values in found.of.items():
            p50 = statistics.median(values)
            p95 = statistics.quantiles(values, n=20, method="inclusive")[-1]
            click.echo(f"{workload:8} {name:12} p50 {p50:9.2f} ms   p95 {p95:9.2f} ms")


def _judge(times: Mapping[str, _Times]) -> list[Measurement]:
    printed = times["print"].of
    details = {name: describe_spread(values) for name, values in printed.items()}
    measurements = [
        Measurement(
            name="sandbox: one print, everything imported, p50",
            unit="ms",
            sense=Sense.AT_MOST,
            bar=PRINT_BAR_MS,
            figure=statistics.median(printed["sandbox"]),
            details=details,
        )
    ]
    if "sympy" in times:
        solved = times["sympy"].of
        pairs = zip(solved["python -c"], solved["sandbox"], strict=True)
        ratios = [slow / quick for slow, quick in pairs]
        measurements.append(
            Measurement(
                name="sandbox: a sympy solve, times quicker than python -c",
                unit="",
                sense=Sense.AT_LEAST,
                bar=SYMPY_BAR,
                figure=statistics.median(ratios),
                details=describe_spread(ratios),
            )
        )
    return measurements


async def _soak(settings: SandboxSettings, n_runs: int) -> Measurement:
    """Run many programs and return how many things there are more of at the end."""
    async with Sandbox(settings) as sandbox:
        for _ in range(N_WARM * 10):
            await sandbox.run(Program(source="answer = 1", limits=PATIENT))
        # Runs that handed over their result are still ending.
        await asyncio.sleep(REST_STEPS * REST_STEP_S / 20)
        before = _footprint()
        for done in range(1, n_runs + 1):
            source = f"open('/tmp/x', 'w').write('x')\nprint({done})\nanswer = {done}"
            result = await sandbox.run(Program(source=source, limits=PATIENT))
            if result.value != done:
                raise click.ClickException(f"run {done}: {result}")
            if done % SOAK_EVERY == 0:
                click.echo(f"{done:6} runs: {_footprint()}")
        after = await _rest(before)
        restarts = sandbox.report.n_restarts
    return Measurement(
        name=f"sandbox: processes, descriptors and mounts more after {n_runs:,} runs",
        unit="",
        sense=Sense.AT_MOST,
        bar=0,
        figure=sum(max(0, after[name] - before[name]) for name in before if name != "MiB"),
        details={"before": before, "after": after, "restarts": restarts},
    )


async def _rest(before: Mapping[str, int]) -> Mapping[str, int]:
    """Wait until worn zygotes are gone; return what there is then."""
    for _ in range(REST_STEPS):
        after = _footprint()
        if after["processes"] <= before["processes"]:
            return after
        await asyncio.sleep(REST_STEP_S)
    return _footprint()


def _footprint() -> dict[str, int]:
    own = psutil.Process()
    family = own.children(recursive=True)
    return {
        "processes": len(family),
        "descriptors": own.num_fds(),
        "mounts": len(Path("/proc/self/mounts").read_text().splitlines()),
        "MiB": own.memory_info().rss >> 20,
    }


if __name__ == "__main__":
    main()
