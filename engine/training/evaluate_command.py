"""`svend train eval`: what a model can do on problems that it never saw."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from engine.domain.errors import InvalidInputError
from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.commands import data_options, open_progress
from engine.training.corpus import Corpus, CorpusPaths, load_corpus
from engine.training.errors import DatasetError
from engine.training.evaluate import EvaluationSettings, evaluate, tune, weights_digest
from engine.training.evaluation_set import (
    EvaluationSet,
    InvalidSetError,
    draw_items,
    drawn_sets,
    human_set,
    read_set,
    short_set,
)
from engine.training.generate import draw_problem
from engine.training.model_folder import load_folder, set_temperature
from engine.training.model_server import open_client
from engine.training.problem import Split
from engine.training.sampling import Sampler
from engine.training.served import connect
from engine.training.solution_score import FolderScorer, ServedScorer, SolutionScorer
from engine.training.verifier.judge_folder import load_judge

RESULTS_FILE: Final = "results.json"

_TABLE_WIDTH: Final = 120
_WAYS: Final = ("greedy", "majority", "verifier", "any_sample_right")


@click.command("eval")
@data_options
@click.option("--model", "folder", type=FOLDER, required=True, help="The model's folder.")
@click.option(
    "--file",
    "files",
    type=FILE,
    multiple=True,
    help="Published problems, JSON; GSM8K's, SVAMP's, MAWPS's layouts and the like. Repeatable.",
)
@click.option("--limit", type=int, help="At most so many rows of each file.")
@click.option("--n", "n_problems", type=int, default=800, show_default=True, help="Of each kind.")
@click.option("--samples", "n_samples", type=int, default=8, show_default=True, help="0 for none.")
@click.option(
    "--temperature",
    "temperatures",
    type=float,
    multiple=True,
    default=(0.6, 0.8, 1.0),
    show_default=True,
    help="Tried on development templates; give one to fix it.",
)
@click.option(
    "--tuning",
    "n_tuning",
    type=int,
    default=200,
    show_default=True,
    help="Problems that temperatures are compared on.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of the problems and the samples."
)
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Where the model runs, without --url.",
)
@click.option("--url", help="A server that serves this model, to sample from instead.")
@click.option("--verifier", help="A verifier's folder, or its name at the server of --url.")
@one_line_faults()
def evaluate_model(
    *,
    folder: Path,
    files: tuple[Path, ...],
    limit: int | None,
    url: str | None,
    device: str,
    verifier: str | None,
    **given: Any,
) -> None:
    """Judge a model on what it never saw; its folder gets the results and sampling temperature.

    Generated problems of templates and of families never trained, stories, short problems told by
    hand, held-out rows of GSM8K and MAWPS, and files. Beside each figure stand the number of
    problems and a 95 % interval.
    """
    paths = CorpusPaths(**{name: given.pop(name) for name in CorpusPaths.__slots__})
    n_problems, n_tuning = given.pop("n_problems"), given.pop("n_tuning")
    settings = EvaluationSettings(**given)
    corpus = load_corpus(paths)
    sets = _list_sets(corpus, files, n_problems=n_problems, limit=limit, seed=settings.seed)
    solver = connect(url) if url else _load(folder, device)
    scorer = _open_scorer(verifier, folder, url, device)
    votes = _tune(solver, corpus, settings, n_tuning)
    temperature = max(votes, key=lambda t: votes[t])
    reports: dict[str, Any] = {}
    with open_progress() as progress:
        for one in progress.track(sets, description="sets"):
            reports[one.name] = evaluate(
                solver, one, settings, temperature=temperature, scorer=scorer
            )
    results = {
        "weights_sha256": weights_digest(folder),
        "n_samples": settings.n_samples,
        "seed": settings.seed,
        "votes_by_temperature": {str(t): vote for t, vote in votes.items()},
        "sampling_temperature": temperature,
        "sets": reports,
    }
    text = json.dumps(results, indent=2) + "\n"
    (folder / RESULTS_FILE).write_text(text, encoding="utf-8")
    set_temperature(folder, temperature)
    Console(width=_TABLE_WIDTH).print(_table(reports))


def _list_sets(
    corpus: Corpus, files: tuple[Path, ...], *, n_problems: int, limit: int | None, seed: int
) -> list[EvaluationSet]:
    sets: list[EvaluationSet] = []
    if n_problems:
        sets += [*drawn_sets(n_problems, seed=seed, screen=corpus.screen), short_set()]
    human = {"gsm8k-dev": corpus.gsm8k_dev, "mawps-dev": corpus.mawps_dev}
    sets += [human_set(name, held) for name, held in human.items() if held]
    try:
        read = [read_set(path) for path in files]
    except InvalidSetError as error:
        raise click.UsageError(str(error)) from error
    sets += [
        EvaluationSet(name=s.name, about=s.about, items=s.items[:limit], n_unread=s.n_unread)
        for s in read
    ]
    if not sets:
        raise click.UsageError("there is nothing to answer: give --n, --gsm8k or --file")
    return sets


def _tune(
    solver: Any, corpus: Corpus, settings: EvaluationSettings, n_tuning: int
) -> dict[float, float]:
    """What a vote is worth at each temperature; one that is given is taken as it is."""
    if len(settings.temperatures) == 1 or not settings.n_samples:
        return dict.fromkeys(settings.temperatures[:1], 0.0)
    items = draw_items(
        lambda rng: draw_problem(rng, Split.DEV),
        n_tuning,
        rng=Random(f"tuning:{settings.seed}"),
        screen=corpus.screen,
    )
    return tune(solver, EvaluationSet(name="tuning", about="", items=items), settings)


def _open_scorer(
    verifier: str | None, folder: Path, url: str | None, device: str
) -> SolutionScorer | None:
    if verifier is None:
        return None
    if not Path(verifier).is_dir():
        if url is None:
            raise click.UsageError(f"--verifier: {verifier!r} is no folder, and there is no --url")
        return ServedScorer(client=open_client(url), model=verifier)
    try:
        judge = load_judge(Path(verifier), base=folder, device=device)
    except (DatasetError, InvalidInputError) as error:
        raise click.UsageError(str(error)) from error
    return FolderScorer(judge=judge)


def _load(folder: Path, device: str) -> Sampler:
    model, tokenizer = load_folder(folder, device=device)
    return Sampler(model=model, tokenizer=tokenizer)


def _table(reports: dict[str, Any]) -> Table:
    table = Table("set", "n", *(way.replace("_", " ") for way in _WAYS), "executable")
    for name, report in reports.items():
        figures = (_figure(report.get(way)) for way in _WAYS)
        executable = f"{100 * report['greedy_executable']:.1f}"
        table.add_row(name, str(report["n_problems"]), *figures, executable)
    return table


def _figure(interval: dict[str, float] | None) -> str:
    if interval is None:
        return "-"
    mean, low, high = (100 * interval[name] for name in ("mean", "low", "high"))
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"
