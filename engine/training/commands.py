"""The first recipe as commands: the base model, its evaluation, and its problems."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any, Final

import click

from engine.domain.program import render_number, render_program
from engine.training.base_run import train_base
from engine.training.corpus import CorpusPaths, draw_training_problem, load_corpus
from engine.training.evaluate import EvaluationSettings, draw_set, evaluate, weights_digest
from engine.training.model_folder import load_folder, write_profile
from engine.training.pretrain import PretrainSettings
from engine.training.problem import Split, WordProblem
from engine.training.sampling import Sampler
from engine.training.served import connect

RESULTS_FILE: Final = "results.json"

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_DATA_OPTIONS: Final = (
    click.option("--gsm8k", type=_FILE, help="GSM8K's training rows, JSON lines."),
    click.option("--mawps", type=_FILE, help="MAWPS's training rows, JSON lines."),
    click.option("--screen-exact", type=_FILE, help="Hashes of held-back questions, .npy."),
    click.option("--screen-13gram", "screen_windows", type=_FILE, help="The same, of 13 words."),
)


def data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the data lies."""
    for option in reversed(_DATA_OPTIONS):
        command = option(command)
    return command


@click.command()
@data_options
@click.option("--minutes", type=float, default=70, show_default=True, help="The time budget.")
@click.option("--max-steps", type=int, help="End after so many steps at the latest.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--processes", type=int, default=2, show_default=True, help="One a core; 1 on cuda.")
@click.option("--peak-rate", type=float, default=2e-3, show_default=True)
@click.option("--checkpoint-minutes", type=float, default=5, show_default=True)
@click.option(
    "--work-dir",
    type=_FOLDER,
    default=Path(".svend/training/svend-mini"),
    show_default=True,
    help="Checkpoints; a run that finds one goes on from it.",
)
@click.option("--out", "out_dir", type=_FOLDER, required=True, help="Where the model goes.")
def base(  # noqa: PLR0913 - one argument an option
    *,
    minutes: float,
    max_steps: int | None,
    seed: int,
    device: str,
    processes: int,
    peak_rate: float,
    checkpoint_minutes: float,
    work_dir: Path,
    out_dir: Path,
    **paths: Path | None,
) -> None:
    """Train the base model from scratch within a time budget."""
    settings = PretrainSettings(
        minutes=minutes,
        max_steps=max_steps,
        seed=seed,
        device=device,
        peak_rate=peak_rate,
        checkpoint_minutes=checkpoint_minutes,
    )
    train_base(
        CorpusPaths(**paths), settings, work_dir=work_dir, out_dir=out_dir, n_processes=processes
    )


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
    write_profile(folder, sampling_temperature=results["sampling_temperature"])
    click.echo(text, nl=False)


@click.command()
@data_options
@click.option(
    "--split",
    type=click.Choice([s.value for s in Split]),
    default=Split.TRAIN.value,
    show_default=True,
)
@click.option("--n", "n_problems", type=int, default=20, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def problems(*, split: str, n_problems: int, seed: int, **paths: Path | None) -> None:
    """Write problems of a split as JSON lines, and say what the screen dropped."""
    corpus = load_corpus(CorpusPaths(**paths))
    click.echo(json.dumps(asdict(corpus.report)), err=True)
    if split == Split.TRAIN:
        rng = Random(f"data:{seed}")
        drawn = [draw_training_problem(corpus, rng) for _ in range(n_problems)]
    else:
        drawn = draw_set(Split(split), n_problems, seed=seed, screen=corpus.screen)
    for index, problem in enumerate(drawn):
        click.echo(json.dumps(_row(index, problem)))


def _load(folder: Path, device: str) -> Sampler:
    model, tokenizer = load_folder(folder, device=device)
    return Sampler(model=model, tokenizer=tokenizer)


def _row(index: int, problem: WordProblem) -> dict[str, Any]:
    return {
        "id": f"{problem.source}-{index:05d}",
        "problem": problem.question,
        "answer": render_number(problem.answer),
        "program": render_program(problem.program),
        "family": problem.family,
        "template": problem.template,
    }
