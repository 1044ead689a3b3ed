"""`svend train verifier-eval` and `calibrate`: what a verifier is worth, and how sure it makes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import click
from rich.console import Console

from engine.adapters.verifier_file import read_shape_file
from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.example import JudgedChain
from engine.training.record import weights_digest, write_json
from engine.training.tune.library import quiet_libraries
from engine.training.verifier.chain_file import read_chains
from engine.training.verifier.judge import Scorer
from engine.training.verifier.judge_folder import load_judge
from engine.training.verifier.likelihood_baseline import likelihood_baseline
from engine.training.verifier.report import ReportSettings, make_report
from engine.training.verifier.report_table import show_report
from engine.training.verifier.shape_fit import ShapeScorer
from engine.training.verifier.verifier_file import VerifierFile, read_verifier_file
from engine.training.verifier.vote_row import vote_rows
from engine.verify.calibrator import CalibratorKind
from engine.verify.feature import Feature
from engine.verify.fitting import FitPlan, fit_calibrator

_OUT: Final = click.Path(dir_okay=False, path_type=Path)
_VOTE_FEATURES: Final = (Feature.VOTE_SHARE, Feature.MARGIN, Feature.LOG_N)
_WIDTH: Final = 160


@click.command("verifier-eval")
@click.option("--verifier", "folder", type=FOLDER, help="What `svend train verifier` wrote.")
@click.option("--shape", type=FILE, help="What `svend train verifier-shape` wrote, in its place.")
@click.option("--base", type=FOLDER, help="The model that an adapter belongs to.")
@click.option(
    "--chains", type=FILE, multiple=True, required=True, help="Judged chains; repeatable."
)
@click.option(
    "--samples",
    "n_samples",
    type=click.IntRange(2),
    default=16,
    show_default=True,
    help="Most samples of one question and system to choose among.",
)
@click.option(
    "--baselines/--no-baselines",
    "has_baselines",
    default=True,
    show_default=True,
    help="Judge the same chains by what understands nothing.",
)
@click.option(
    "--likelihood-of",
    "likely",
    type=FOLDER,
    help="A language model, such as the one that wrote the chains: its likelihood of a chain is a "
    "baseline too.",
)
@click.option("--max-chains", type=click.IntRange(1), help="Judge so many at most, drawn evenly.")
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda", "mps"]),
    default="cpu",
    help="Where the verifier is run.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Of the choice of chains and the intervals.",
)
@click.option("--out", type=_OUT, help="All figures, as JSON.")
@one_line_faults()
def evaluate(
    *,
    folder: Path | None,
    shape: Path | None,
    base: Path | None,
    chains: Sequence[Path],
    out: Path | None,
    **given: Any,
) -> None:
    """Say what a verifier is worth on questions, and on systems, that it was not trained on.

    Chains of trained questions are left out, where the verifier knows them. Chains that were
    written with `--per-question 0` keep every sample, which votes need.
    """
    quiet_libraries()
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
    judged = _find_judged(folder, shape, base, given["device"])
    found = _thinned(read_chains(chains), given["max_chains"], given["seed"])
    likely = given["likely"]
    settings = ReportSettings(
        n_samples=given["n_samples"],
        has_baselines=given["has_baselines"],
        more_baselines={"likelihood": likelihood_baseline(likely, found, device=given["device"])}
        if likely
        else {},
        seed=given["seed"],
    )
    report = {
        "verifier": judged.name,
        "weights_sha256": judged.digest,
        **make_report(found, judged.scorer.score(found), judged.trained, settings),
    }
    if out is not None:
        write_json(out, report)
    console = Console()
    show_report(report, console if console.is_terminal else Console(width=_WIDTH))


@click.command()
@click.option(
    "--chains", type=FILE, multiple=True, required=True, help="Judged chains; repeatable."
)
@click.option("--verifier", "folder", type=FOLDER, help="Whose scores the calibrator may use.")
@click.option("--base", type=FOLDER, help="The model that the verifier's adapter belongs to.")
@click.option(
    "--samples",
    "n_samples",
    type=click.IntRange(2),
    default=8,
    show_default=True,
    help="Most samples of one question and system to vote.",
)
@click.option(
    "--rule",
    type=click.Choice(["majority", "verifier"]),
    default="majority",
    show_default=True,
    help="How the answer is chosen.",
)
@click.option("--name", default="svend", show_default=True, help="What to call it.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in CalibratorKind]),
    default=CalibratorKind.PLATT.value,
    show_default=True,
    help="The curve that is fitted.",
)
@click.option(
    "--feature",
    "features",
    type=click.Choice([feature.value for feature in Feature]),
    multiple=True,
    help="What the curve takes.  [default: the vote's, and log_odds with a verifier]",
)
@click.option("--fingerprint", default="unpinned", show_default=True, help="Whose answers.")
@click.option(
    "--target-error",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.1,
    show_default=True,
    help="Most wrong answers among those to stand by.",
)
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda", "mps"]),
    default="cpu",
    help="Where the verifier is run.",
)
@click.option("--out", type=_OUT, required=True, help="Where the calibrator goes.")
@one_line_faults()
def calibrate(
    *, chains: Sequence[Path], folder: Path | None, base: Path | None, out: Path, **given: Any
) -> None:
    """Fit confidence to votes over judged chains; `svend calibrate` does so to a server's answers.

    Use chains of questions that neither model nor verifier was trained on.
    """
    quiet_libraries()
    out.parent.mkdir(parents=True, exist_ok=True)
    judge = None if folder is None else load_judge(folder, base=base, device=given["device"])
    rows = vote_rows(read_chains(chains), judge, n_samples=given["n_samples"], rule=given["rule"])
    default = (*_VOTE_FEATURES, *((Feature.LOG_ODDS,) if judge else ()))
    calibrator = fit_calibrator(
        rows,
        FitPlan(
            name=given["name"],
            kind=CalibratorKind(given["kind"]),
            features=tuple(Feature(name) for name in given["features"]) or default,
            model_fingerprint=given["fingerprint"],
            target_error=given["target_error"],
        ),
    )
    write_json(out, calibrator.to_data())
    fitting = calibrator.fitting
    click.echo(
        json.dumps(
            {
                "calibrator": calibrator.version,
                "n_rows": fitting.n_rows,
                "min_confidence": calibrator.min_confidence,
                "ece_before": round(fitting.before.ece.value, 4),
                "ece_after": round(fitting.after.ece.value, 4),
                "brier_before": round(fitting.before.brier.value, 4),
                "brier_after": round(fitting.after.brier.value, 4),
            }
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What is evaluated.

    Attributes:
        name: What it is called.
        digest: Of its weights.
        scorer: Judges chains.
        trained: What it was trained on, where that is known.
    """

    name: str
    digest: str
    scorer: Scorer
    trained: VerifierFile | None


def _find_judged(
    folder: Path | None, shape: Path | None, base: Path | None, device: str
) -> _Judged:
    if shape is not None and folder is None:
        return _judge_by_shape(shape)
    if folder is None or shape is not None:
        raise click.UsageError("give --verifier or --shape, one of the two")
    return _Judged(
        name=folder.name,
        digest=weights_digest(folder),
        scorer=load_judge(folder, base=base, device=device),
        trained=read_verifier_file(folder),
    )


def _judge_by_shape(file: Path) -> _Judged:
    model = read_shape_file(file)
    return _Judged(
        name=model.version,
        digest=hashlib.sha256(file.read_bytes()).hexdigest(),
        scorer=ShapeScorer(model),
        trained=None,
    )


def _thinned(
    chains: Sequence[JudgedChain], n_most: int | None, seed: int
) -> Sequence[JudgedChain]:
    """At most so many chains, whole questions at a time."""
    if n_most is None or len(chains) <= n_most:
        return chains
    questions = sorted({chain.question for chain in chains})
    Random(seed).shuffle(questions)
    kept: set[str] = set()
    n_kept = 0
    counts = dict.fromkeys(questions, 0)
    for chain in chains:
        counts[chain.question] += 1
    for question in questions:
        if n_kept + counts[question] <= n_most:
            kept.add(question)
            n_kept += counts[question]
    return [chain for chain in chains if chain.question in kept]
