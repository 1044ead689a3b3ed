"""`svend bench strategies`: every strategy and stopping rule over the same recorded samples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from engine.bench.strategies.comparison import Entry, Row, compare_entries
from engine.bench.strategies.contest import (
    FIXED,
    Contestant,
    fixed_vote,
    list_contestants,
)
from engine.bench.strategies.recording import RecordedProblem, Recording
from engine.bench.strategies.replay import replay
from engine.bench.strategies.report import render_rows, to_report
from engine.domain.errors import InvalidInputError
from engine.domain.trial import Sampling
from engine.search.registry import create_algorithm
from engine.search.strategy import Offered
from scripts.svend.bench_live import LiveChoice, live_options, run_chosen
from scripts.svend.bench_record import read_questions, read_recording
from scripts.svend.errors import CommandError
from scripts.svend.progress import LiveDisplay, make_consoles

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--recording", "path", required=True, type=_FILE, help="From `svend bench record`.")
@click.option("--suite", type=_FILE, help="Problems with answers: only these, graded by these.")
@click.option("--out", type=_FILE, help="Write JSON here.")
@click.option("--table", type=_FILE, help="Write the table in Markdown here.")
@click.option("--plot", type=_FILE, help="Write a picture here, such as costs.svg.")
@live_options
def strategies(
    *,
    path: Path,
    suite: Path | None,
    out: Path | None,
    table: Path | None,
    plot: Path | None,
    live: LiveChoice,
) -> None:
    """Compare strategies and stopping rules over recorded samples, without calling a model.

    All that draw whole, independent samples are replayed; the paired difference, McNemar's exact p
    and the bar are against the fixed vote of all samples. A strategy that writes text of its own,
    such as a search by steps, is run with --live on the recorded model, and held against the vote
    on the same problems.
    """
    recording = read_recording(path)
    problems = select_problems(recording, suite)
    rows = compare_recorded(recording, problems, run_chosen(live, recording, problems))
    text = render_rows(rows)
    if out is not None:
        report = to_report(rows, header=recording.header, n_problems=len(problems))
        out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if table is not None:
        table.write_text(text + "\n", encoding="utf-8")
    title = f"{recording.header.suite}, {recording.header.model}, {len(problems)} problems"
    if plot is not None:
        _draw(rows, plot, title)
    click.echo(f"{title}, {recording.header.samples} samples each\n\n{text}")


def select_problems(recording: Recording, suite: Path | None) -> tuple[RecordedProblem, ...]:
    """Return the recorded problems, or those of a suite.

    Raises:
        CommandError: When nothing is left, or a problem of the suite was not recorded as it is.
    """
    recorded = {problem.problem_id: problem for problem in recording.problems}
    if suite is not None:
        asked = [one for one in read_questions(suite) if one.problem_id in recorded]
        changed = [
            one.problem_id
            for one in asked
            if (one.text, one.gold)
            != (recorded[one.problem_id].text, recorded[one.problem_id].gold)
        ]
        if changed:
            raise CommandError(f"{suite}: problem {changed[0]} was recorded with another text.")
        recorded = {one.problem_id: recorded[one.problem_id] for one in asked}
    if not recorded:
        raise CommandError("The recording holds no problem to replay.")
    return tuple(recorded.values())


def compare_recorded(
    recording: Recording, problems: Sequence[RecordedProblem], others: Sequence[Entry] = ()
) -> tuple[Row, ...]:
    """Replay all contestants and return a row for each, then for others that were run live.

    Raises:
        CommandError: When one asks for what was not recorded.
    """
    samples = recording.header.samples
    has_certainty = all(
        sample.certainty is not None for one in problems for sample in one.samples if sample.answer
    )
    has_verifier = bool(recording.header.verifier)
    contestants = list_contestants(
        samples, with_certainty=has_certainty, with_verifier=has_verifier
    )
    offered = Offered(
        sampling=_read_sampling(recording.header.sampling), has_verifier=has_verifier
    )
    _, err = make_consoles()
    entries: list[Entry] = []
    with LiveDisplay(err) as display:
        bar = display.add_bar("replay", len(contestants))
        for contestant in contestants:
            display.move_bar(bar, len(entries), contestant.label)
            entries.append(_replay_all(contestant, problems, offered))
    fixed = [entry for entry in entries if entry.contestant.label.startswith(FIXED)]
    full = fixed_vote(samples)
    baseline = next(entry for entry in fixed if entry.contestant == full)
    return compare_entries([*entries, *others], baseline=baseline, fixed=fixed)


def _replay_all(
    contestant: Contestant, problems: Sequence[RecordedProblem], offered: Offered
) -> Entry:
    try:
        algorithm = create_algorithm(contestant.strategy, contestant.settings, offered)
        runs = tuple(replay(algorithm, problem) for problem in problems)
    except InvalidInputError as error:
        raise CommandError(f"{contestant.label}: {error}.") from error
    return Entry(contestant=contestant, runs=runs)


def _read_sampling(data: Any) -> Sampling:
    return Sampling(**data)


def _draw(rows: Sequence[Row], path: Path, title: str) -> None:
    try:
        # Drawing is the one thing here that needs the extra `tools`.
        from engine.bench.strategies.plot import draw_costs  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise CommandError(f"--plot needs {error.name}: run `make setup`.") from error
    try:
        draw_costs(rows, path, title=title)
    except ValueError as error:
        raise CommandError(f"{path}: {error}.") from error
