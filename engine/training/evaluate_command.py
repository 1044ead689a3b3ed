"""`svend train eval`: what a model can do on problems that it never saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import click

from engine.training.commands import data_options
from engine.training.corpus import CorpusPaths, load_corpus
from engine.training.evaluate import EvaluationSettings, evaluate, weights_digest
from engine.training.model_folder import load_folder, set_temperature
from engine.training.sampling import Sampler
from engine.training.served import connect

RESULTS_FILE: Final = "results.json"

_FOLDER: Final = click.Path(file_okay=False, path_type=Path)


@click.command("eval")
@data_options
@click.option("--model", "folder", type=_FOLDER, required=True)
@click.option("--n", "n_problems", type=int, default=800, show_default=True)
@click.option("--samples", "n_samples", type=int, default=8, show_default=True)
@click.option(
    "--temperature",
    "temperatures",
    type=float,
    multiple=True,
    default=(0.6, 0.8, 1.0),
    show_default=True,
    help="Tried on development templates; give one to fix it.",
)
@click.option("--tuning", "n_tuning", type=int, default=200, show_default=True)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--url", help="A server that serves this model, to sample from instead.")
def evaluate_model(*, folder: Path, url: str | None, device: str, **given: Any) -> None:
    """Judge a model on templates it never saw; writes its results and sampling temperature."""
    paths = CorpusPaths(**{name: given.pop(name) for name in CorpusPaths.__slots__})
    corpus = load_corpus(paths)
    results = evaluate(
        connect(url) if url else _load(folder, device),
        EvaluationSettings(**given),
        screen=corpus.screen,
        human=corpus.gsm8k_dev,
    )
    results = {"weights_sha256": weights_digest(folder), **results}
    text = json.dumps(results, indent=2) + "\n"
    (folder / RESULTS_FILE).write_text(text, encoding="utf-8")
    set_temperature(folder, results["sampling_temperature"])
    click.echo(text, nl=False)


def _load(folder: Path, device: str) -> Sampler:
    model, tokenizer = load_folder(folder, device=device)
    return Sampler(model=model, tokenizer=tokenizer)
