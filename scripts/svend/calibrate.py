"""`svend calibrate`: from graded answers to a calibrator, measured on unseen problems."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from engine.answers.compare import compare_answers
from engine.domain.errors import CalibrationError
from engine.domain.job_status import JobStatus
from engine.domain.standing import Standing
from engine.verify.calibrator import Calibrator, CalibratorKind
from engine.verify.feature import Feature
from engine.verify.fitting import FitPlan, fit_calibrator
from engine.verify.quality import Estimate
from engine.verify.record import Records, read_records, write_record
from scripts.svend.campaign import run_campaign
from scripts.svend.client import open_client
from scripts.svend.demo import SUBMIT_PATIENCE_S
from scripts.svend.errors import CommandError
from scripts.svend.grade import Attempt
from scripts.svend.problem_file import read_problems
from scripts.svend.progress import make_consoles
from scripts.svend.server import ServerChoice, find_server, server_options

DEFAULT_FEATURES = tuple(
    feature.value for feature in FitPlan(name="", model_fingerprint="").features
)
UNPINNED = "unpinned"
MEASURES = ("ece", "brier", "aurc")

_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posing:
    """How problems are put to the server.

    Attributes:
        path: The problems, with their answers.
        strategy: Which search; the server's default if ``None``.
        settings: Its settings.
    """

    path: Path
    strategy: str | None
    settings: Mapping[str, Any]

    def to_options(self) -> Mapping[str, Any]:
        """Return what each request says beside its problem."""
        options: dict[str, Any] = {"settings": dict(self.settings)} if self.settings else {}
        return options if self.strategy is None else {**options, "strategy": self.strategy}


@click.command()
@click.option(
    "--records",
    type=_FILE,
    required=True,
    help="Graded decisions, a JSON object a line; written first where --problems is given.",
)
@click.option("--problems", type=_FILE, help="Problems with answers, to be solved and graded now.")
@click.option("--strategy", help="With --problems: which search.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=JSON", help="With --problems: a setting."
)
@click.option("--out", type=_FILE, required=True, help="Where the calibrator goes.")
@click.option("--name", default="svend", show_default=True, help="What to call it.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in CalibratorKind]),
    default=CalibratorKind.PLATT.value,
    show_default=True,
    help="Isotonic takes one feature, and some 1,000 rows.",
)
@click.option(
    "--feature",
    "features",
    type=click.Choice([feature.value for feature in Feature]),
    multiple=True,
    default=DEFAULT_FEATURES,
    show_default=True,
)
@click.option("--fingerprint", help="Whose answers they are; with --problems the server says.")
@click.option(
    "--target-error",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.1,
    show_default=True,
    help="Largest share of wrong answers among those to stand by.",
)
@server_options
def calibrate(  # noqa: PLR0913 - one argument an option
    *,
    records: Path,
    problems: Path | None,
    strategy: str | None,
    settings: Sequence[str],
    out: Path,
    name: str,
    kind: str,
    features: Sequence[str],
    fingerprint: str | None,
    target_error: float,
    choice: ServerChoice,
) -> None:
    """Fit a calibrator to graded answers, and say how good it is on problems it has not seen.

    Use problems that no model was trained on, and that are not used to judge one.
    """
    console, err = make_consoles()
    if problems is not None:
        posing = Posing(path=problems, strategy=strategy, settings=_read_settings(settings))
        fingerprint = _collect(posing, records, choice, err) or fingerprint
    plan = FitPlan(
        name=name,
        kind=CalibratorKind(kind),
        features=tuple(Feature(feature) for feature in features),
        model_fingerprint=fingerprint or UNPINNED,
        algorithms=() if strategy is None else (strategy,),
        target_error=target_error,
    )
    read = _read_file(records)
    try:
        calibrator = fit_calibrator(read.rows, plan)
    except CalibrationError as error:
        raise CommandError(f"{records}: {error}.") from error
    text = json.dumps(calibrator.to_data(), indent=2, allow_nan=False) + "\n"
    out.write_text(text, encoding="utf-8")
    _show(console, calibrator, read, out)


def _read_settings(pairs: Sequence[str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        try:
            settings[name] = json.loads(value)
        except ValueError:
            # A bare word is a text, so that rule=majority needs no quotes.
            settings[name] = value
        if not mark or not name:
            raise click.BadParameter(f"{pair!r} is not of the form NAME=JSON", param_hint="--set")
    return settings


def _read_file(path: Path) -> Records:
    try:
        with path.open(encoding="utf-8") as file:
            return read_records(file)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}.") from error
    except CalibrationError as error:
        raise CommandError(f"{path}, {error}.") from error


def _collect(posing: Posing, records: Path, choice: ServerChoice, err: Console) -> str | None:
    """Solve the problems, write a record of each answer, and return the model's fingerprint.

    Raises:
        CommandError: When a job did not end, or another model came to answer meanwhile.
    """
    problems = read_problems(posing.path)
    if any(problem.expected is None for problem in problems):
        raise CommandError(f"{posing.path}: every problem needs an answer.")
    fingerprints: set[str] = set()
    with (
        open_client(find_server(choice), patience_s=SUBMIT_PATIENCE_S) as client,
        records.open("w", encoding="utf-8") as file,
    ):
        ends = (
            sighting.attempt
            for sighting in run_campaign(client, problems, options=posing.to_options())
            if sighting.attempt is not None
        )
        for n_ended, attempt in enumerate(ends, start=1):
            for record in _write_attempt(attempt, fingerprints):
                file.write(json.dumps(record) + "\n")
            if n_ended % 100 == 0 or n_ended == len(problems):
                err.print(f"{n_ended} of {len(problems)} problems ended")
    if len(fingerprints) > 1:
        raise CommandError(f"several models answered: {', '.join(sorted(fingerprints))}.")
    return next(iter(fingerprints), None)


def _write_attempt(attempt: Attempt, fingerprints: set[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the record of an ended job; one that failed says nothing of confidence."""
    if attempt.fault is not None or attempt.job is None:
        raise CommandError(f"problem {attempt.problem.name}: {attempt.fault or 'not submitted'}.")
    result = attempt.result
    if result is None or attempt.job.status is not JobStatus.SUCCEEDED:
        return
    fingerprints.add(str(result.data["model"]["fingerprint"]))
    standing = Standing.from_data(result.data["standing"])
    verdict = compare_answers(result.answer or "", attempt.problem.expected or "")
    yield write_record(attempt.problem.name, standing, verdict)


def _show(console: Console, calibrator: Calibrator, read: Records, out: Path) -> None:
    fitting = calibrator.fitting
    table = Table(box=None, pad_edge=False)
    for heading in ("on unseen problems, 95 % intervals", "before", "after"):
        table.add_column(heading)
    for measure in MEASURES:
        before, after = (getattr(q, measure) for q in (fitting.before, fitting.after))
        table.add_row(measure.upper(), _describe(before), _describe(after))
    console.print(table)
    threshold = calibrator.min_confidence
    stands_by = "no threshold proved itself" if threshold is None else f"{threshold:.3f}"
    click.echo(
        f"{fitting.n_rows} rows of {fitting.n_problems} problems, {fitting.n_right} right; left "
        f"out: {read.n_unchecked} that could not be compared, {read.n_unanswered} without an "
        f"answer.\nStand by answers from confidence: {stands_by}.\n"
        f"{calibrator.version} of model {fitting.model_fingerprint} is in {out}."
    )


def _describe(figure: Estimate) -> str:
    return f"{figure.value:.4f} [{figure.low:.4f}, {figure.high:.4f}]"
