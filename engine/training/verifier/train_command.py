"""`svend train verifier`: its options, and how they become a run."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import click

from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.tune.job import Report
from engine.training.tune.options import report_option, resume_option
from engine.training.tune.settings import Device, LoraSettings, Precision
from engine.training.verifier.job import VerifierRun
from engine.training.verifier.settings import (
    ADAPTER_RATE,
    ENCODER_RATE,
    FULL_RATE,
    LossWeights,
    VerifierSettings,
)
from engine.training.verifier.train_run import train_verifier
from engine.training.verifier.within_question import METRIC

_S: Final = VerifierSettings()
_L: Final = LoraSettings()
_W: Final = LossWeights()
_RATES: Final = f"{ADAPTER_RATE:g} adapter, {FULL_RATE:g} --full, {ENCODER_RATE:g} encoder"


@click.command("verifier")
@click.option("--base", type=FOLDER, help="The language model that becomes a verifier.")
@click.option("--encoder", type=FOLDER, help="A sequence classifier, in place of --base.")
@click.option(
    "--chains", type=FILE, multiple=True, required=True, help="Judged chains; repeatable."
)
@click.option(
    "--dev", type=FILE, multiple=True, required=True, help="Chains to stop by; repeatable."
)
@click.option("--out", "out_dir", type=FOLDER, required=True, help="Where the verifier goes.")
@click.option("--full", is_flag=True, help="Train every weight instead of an adapter.")
@click.option(
    "--rank", type=click.IntRange(1), default=_L.rank, show_default=True, help="Of the adapter."
)
@click.option(
    "--alpha", type=click.IntRange(1), default=_L.alpha, show_default=True, help="Its scale."
)
@click.option("--dropout", type=float, default=_L.dropout, show_default=True, help="Of its input.")
@click.option("--learning-rate", type=float, help=f"The highest.  [default: {_RATES}]")
@click.option(
    "--epochs",
    "n_epochs",
    type=float,
    default=_S.n_epochs,
    show_default=True,
    help="How often each chain is seen.",
)
@click.option("--max-steps", type=click.IntRange(1), help="End after so many.")
@click.option(
    "--batch-rows",
    type=click.IntRange(1),
    default=_S.batch_rows,
    show_default=True,
    help="Rows of one step, over all devices; a row holds chains of one question.",
)
@click.option(
    "--micro-rows",
    type=click.IntRange(1),
    default=_S.micro_rows,
    show_default=True,
    help="Rows of one pass of one device.",
)
@click.option(
    "--row-chains",
    type=click.IntRange(1),
    default=_S.row_chains,
    show_default=True,
    help="Most chains of one row; the question is computed once for all of them.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(8),
    default=_S.max_tokens,
    show_default=True,
    help="Longer chains are left out.",
)
@click.option(
    "--residual-dropout",
    type=float,
    default=_S.residual_dropout,
    show_default=True,
    help="Of what each block of a language model adds.",
)
@click.option(
    "--token-weight",
    type=float,
    default=_W.token,
    show_default=True,
    help="Of the whole's label at every token.",
)
@click.option(
    "--language-weight",
    type=float,
    default=_W.language,
    show_default=True,
    help="Of the solution's own tokens.",
)
@click.option(
    "--ranking-weight",
    type=float,
    default=_W.ranking,
    show_default=True,
    help="Of right solutions of a question above its wrong ones.",
)
@click.option(
    "--taught-share",
    type=float,
    default=_S.taught_share,
    show_default=True,
    help="How much of a target is what the base model's own likelihood says; the rest is the "
    "label.",
)
@click.option(
    "--weight-decay",
    type=float,
    default=_S.weight_decay,
    show_default=True,
    help="Of every matrix.",
)
@click.option(
    "--precision",
    type=click.Choice([one.value for one in Precision]),
    default=_S.precision.value,
    help="Of the passes.",
)
@click.option(
    "--device",
    type=click.Choice([one.value for one in Device]),
    default=_S.device.value,
    help="Where to train.",
)
@click.option(
    "--seed",
    type=int,
    default=_S.seed,
    show_default=True,
    help="Of order, new weights and dropout.",
)
@click.option(
    "--log-steps",
    type=click.IntRange(1),
    default=_S.log_steps,
    show_default=True,
    help="Between two lines of metrics.",
)
@click.option(
    "--save-steps",
    type=click.IntRange(1),
    default=_S.save_steps,
    show_default=True,
    help="Between two checkpoints, each with an evaluation.",
)
@click.option(
    "--patience",
    type=click.IntRange(0),
    default=_S.patience,
    show_default=True,
    help="Evaluations without a gain on development questions; 0 goes on.",
)
@report_option
@resume_option
@one_line_faults()
def train(
    *, base: Path | None, encoder: Path | None, out_dir: Path, resumes: bool, **given: Any
) -> None:
    """Train a verifier on judged chains: an adapter that says yes or no, or an encoder.

    Each step and each whole solution is judged; development chains, whose questions are taken out
    of the training chains, choose the checkpoint by how well right is told from wrong within a
    question.
    """
    folder = encoder or base
    if folder is None or (encoder and base):
        raise click.UsageError("give --base or --encoder, one of the two")
    run = VerifierRun(
        base=folder,
        is_encoder=encoder is not None,
        chains=given["chains"],
        dev=given["dev"],
        out_dir=out_dir,
        reports=tuple(Report(name) for name in given["reports"]),
        resumes=resumes,
    )
    record = train_verifier(run, _settings(given))
    figures = {
        name: record.metrics[name] for name in (f"best_{METRIC}",) if name in record.metrics
    }
    click.echo(json.dumps({"out": out_dir.name, "steps": record.n_steps, **figures}))


def _settings(given: dict[str, Any]) -> VerifierSettings:
    known = {one.name for one in fields(VerifierSettings)}
    values = {name: value for name, value in given.items() if name in known}
    lora = LoraSettings(rank=given["rank"], alpha=given["alpha"], dropout=given["dropout"])
    return VerifierSettings(
        **{
            **values,
            "precision": Precision(given["precision"]),
            "device": Device(given["device"]),
            "lora": None if given["full"] else lora,
            "weights": LossWeights(
                token=given["token_weight"],
                language=given["language_weight"],
                ranking=given["ranking_weight"],
            ),
        }
    )
