"""Replays one recording to other packages' votes and to ours: `make bench-peers RECORDING=FILE`.

Each package is installed into an environment of its own under build/peers. All see the same
samples in the same order, with the answer marked in the text, from a replay server that holds each
back for as long as it once took, divided by --speed. What cannot be installed, or fails, is a line
that says so. The table's differences are to Svend's own fixed vote.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from engine.adapters.openai_http import ModelServer
from engine.answers.compare import compare_answers
from engine.answers.extract import extract_answer
from engine.bench.strategies.comparison import Entry, compare_entries
from engine.bench.strategies.contest import Contestant, fixed_vote
from engine.bench.strategies.dealer import Dealer
from engine.bench.strategies.recording import RecordedProblem
from engine.bench.strategies.replay import Run
from engine.bench.strategies.report import render_rows, to_report
from engine.domain.profile import AnswerProtocol
from engine.domain.verdict import Verdict
from engine.library import solve
from scripts.replay_server import ReplayServer
from scripts.svend.bench_record import read_recording

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "scripts/bench_peer_client.py"
INSTALL_TIMEOUT_S = 1800
RUN_TIMEOUT_S = 1800
TAIL_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A package that votes as we do.

    Attributes:
        name: As the client knows it, and the name of its environment.
        requirement: What is installed.
        extras: What it needs and does not say.
        algorithms: Which of its algorithms are run.
    """

    name: str
    requirement: str
    algorithms: tuple[str, ...]
    extras: tuple[str, ...] = ()


PEERS = (
    Peer(
        name="its_hub",
        requirement="its_hub[lm]==1.2.0",
        algorithms=("SelfConsistency", "AdaptiveSelfConsistency", "BetaSelfConsistency"),
    ),
    Peer(
        name="optillm",
        requirement="optillm==0.4.0",
        algorithms=("majority_voting", "self_consistency"),
    ),
    Peer(
        name="adaptive_consistency",
        requirement="AdaptiveConsistency==1.0.0",
        algorithms=("beta", "dirichlet"),
        extras=("numpy", "scipy"),
    ),
)


class PeerError(Exception):
    """A package could not be installed, or failed."""


def list_own(budget: int) -> tuple[Contestant, ...]:
    """Return what of ours is compared, the fixed vote first."""
    rules: tuple[tuple[str, float], ...] = (("beta", 0.05), ("stochastic", 0.02))
    return (
        fixed_vote(budget),
        *(
            Contestant(
                label=f"{stop} {risk:g}",
                strategy="self_consistency",
                settings={"samples": budget, "stop": stop, "risk": risk},
                is_adaptive=True,
            )
            for stop, risk in rules
        ),
    )


def install(peer: Peer, folder: Path) -> Path:
    """Install a package into an environment of its own; returns that environment's Python.

    Raises:
        PeerError: When it cannot be had.
    """
    python = folder / peer.name / "bin/python"
    if not python.exists():
        _call([sys.executable, "-m", "venv", str(folder / peer.name)], INSTALL_TIMEOUT_S)
    # pip backtracks through dozens of releases of these packages' dependencies; uv does not.
    _call([str(python), "-m", "pip", "install", "-q", "uv"], INSTALL_TIMEOUT_S)
    installing = [str(python), "-m", "uv", "pip", "install", "-q", "--python", str(python)]
    _call([*installing, peer.requirement, *peer.extras], INSTALL_TIMEOUT_S)
    return python


def run_peer(
    python: Path, task: Mapping[str, Any], problems: Sequence[RecordedProblem]
) -> tuple[Run, ...]:
    """Let a peer's algorithm answer every problem, in its own process.

    Raises:
        PeerError: When it fails, or takes too long.
    """
    questions = [{"id": one.problem_id, "text": one.text} for one in problems]
    told = json.dumps({**task, "questions": questions})
    lines = _call([str(python), str(CLIENT)], RUN_TIMEOUT_S, told).splitlines()
    try:
        rows = {row["id"]: row for row in map(json.loads, lines)}
        return tuple(_to_run(one, rows[one.problem_id]) for one in problems)
    except (ValueError, KeyError) as error:
        raise PeerError(f"no answer to every question came: {error!r}") from error


async def run_own(
    contestant: Contestant, server: ReplayServer, problems: Sequence[RecordedProblem]
) -> tuple[Run, ...]:
    """Let a strategy of ours answer every problem, one after the other, as a library does."""
    runs: list[Run] = []
    for problem in problems:
        server.dealer.reset()
        began_s = time.monotonic()
        solution = await solve(
            problem.text,
            ModelServer(base_url=server.url),
            strategy=contestant.strategy,
            settings=contestant.settings,
        )
        wall_ms = round((time.monotonic() - began_s) * 1000)
        dealt = server.dealer.read()
        runs.append(
            Run(
                problem_id=problem.problem_id,
                verdict=_grade(solution.answer, problem),
                n_samples=dealt.samples,
                tokens=float(dealt.tokens),
                wall_ms=wall_ms,
            )
        )
    return tuple(runs)


@contextmanager
def serve(dealer: Dealer, speed: float) -> Iterator[ReplayServer]:
    """Serve recorded samples while a block runs."""
    with ReplayServer(dealer, speed=speed) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


def _to_run(problem: RecordedProblem, row: Mapping[str, Any]) -> Run:
    found = extract_answer(row["text"], AnswerProtocol.MARKED)
    return Run(
        problem_id=problem.problem_id,
        verdict=_grade(None if found is None else found.text, problem),
        n_samples=row["samples"],
        tokens=float(row["tokens"]),
        wall_ms=row["wall_ms"],
    )


def _grade(answer: str | None, problem: RecordedProblem) -> Verdict:
    return Verdict.WRONG if answer is None else compare_answers(answer, problem.gold)


def _call(words: Sequence[str], timeout_s: float, told: str = "") -> str:
    try:
        ended = subprocess.run(
            words, input=told, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerError(str(error)[:TAIL_CHARS]) from error
    if ended.returncode:
        last = (ended.stderr or ended.stdout).strip().splitlines() or ["no message"]
        raise PeerError(last[-1][-TAIL_CHARS:])
    return ended.stdout


def _compete(
    server: ReplayServer, problems: Sequence[RecordedProblem], budget: int, folder: Path
) -> tuple[list[Entry], list[str]]:
    entries: list[Entry] = []
    failures: list[str] = []
    version = metadata.version("svend")
    for own in list_own(budget):
        click.echo(f"svend {version}: {own.label} ...", err=True)
        runs = asyncio.run(run_own(own, server, problems))
        entries.append(Entry(contestant=_rename(own, f"svend {version}: {own.label}"), runs=runs))
    for peer in PEERS:
        try:
            click.echo(f"installing {peer.requirement} ...", err=True)
            python = install(peer, folder)
        except PeerError as error:
            failures.append(f"{peer.requirement}: not installed: {error}")
            continue
        for algorithm in peer.algorithms:
            label = f"{peer.requirement}: {algorithm}"
            click.echo(f"{label} ...", err=True)
            task = {"peer": peer.name, "algorithm": algorithm, "url": server.url, "budget": budget}
            try:
                runs = run_peer(python, task, problems)
            except PeerError as error:
                failures.append(f"{label}: failed: {error}")
                continue
            contestant = Contestant(label=label, strategy=algorithm)
            entries.append(Entry(contestant=contestant, runs=runs))
    return entries, failures


def _rename(contestant: Contestant, label: str) -> Contestant:
    return Contestant(
        label=label,
        strategy=contestant.strategy,
        settings=contestant.settings,
        is_adaptive=contestant.is_adaptive,
    )


@click.command()
@click.option(
    "--recording",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="From `svend bench record`.",
)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(min=1))
@click.option("--budget", type=click.IntRange(min=2), help="Samples at most; all if absent.")
@click.option("--speed", default=20.0, show_default=True, type=click.FloatRange(min=0))
@click.option("--folder", default=str(ROOT / "build/peers"), show_default=False)
@click.option("--out", default=str(ROOT / "build/peers/results.json"), show_default=False)
def main(
    *, path: Path, limit: int, budget: int | None, speed: float, folder: str, out: str
) -> None:
    """Compare other packages' votes with ours over the same recorded samples."""
    recording = read_recording(path)
    problems = recording.problems[:limit]
    budget = min(budget or recording.header.samples, recording.header.samples)
    with serve(Dealer(recording, marks_answers=True), speed) as server:
        entries, failures = _compete(server, problems, budget, Path(folder))
    rows = compare_entries(entries, baseline=entries[0], fixed=entries[:1])
    report = to_report(rows, header=recording.header, n_problems=len(problems))
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**report, "failures": failures}, indent=1)
    Path(out).write_text(text + "\n", encoding="utf-8")
    click.echo(f"{len(problems)} problems, {budget} samples at most, {speed:g} times as fast\n")
    click.echo("\n".join([render_rows(rows), *failures]))


if __name__ == "__main__":
    main()
