"""`svend train verifier-data`: its options, and where its questions come from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any, Final, Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.commands import data_options
from engine.training.corpus import CorpusPaths, draw_training_problem, load_corpus
from engine.training.errors import DatasetError
from engine.training.evaluate import draw_set
from engine.training.problem import Split
from engine.training.tune.library import quiet_libraries
from engine.training.verifier.asked import Asked, ask, read_asked
from engine.training.verifier.data_run import DataPlan, write_data
from engine.training.verifier.writer import Writer, open_folder, open_server

_MAX_TRIES: Final = 20


@click.command("verifier-data")
@data_options
@click.option("--model", "folders", type=FOLDER, multiple=True, help="A checkpoint; repeatable.")
@click.option("--url", "urls", multiple=True, help="A server that holds one model; repeatable.")
@click.option("--chat", "is_chat", is_flag=True, help="The servers hold chat models.")
@click.option(
    "--temperature",
    "temperatures",
    type=click.FloatRange(0, min_open=True),
    multiple=True,
    default=(0.5, 0.8, 1.0),
    show_default=True,
    help="Of the samples; repeatable.",
)
@click.option(
    "--samples",
    "n_samples",
    type=click.IntRange(1),
    default=4,
    show_default=True,
    help="Of each question at each temperature.",
)
@click.option(
    "--greedy/--no-greedy",
    "has_greedy",
    default=True,
    show_default=True,
    help="Ask for each likeliest solution as well.",
)
@click.option(
    "--questions", type=FILE, multiple=True, help="Questions with answers, in place of drawn ones."
)
@click.option(
    "--n",
    "n_questions",
    type=click.IntRange(1),
    default=500,
    show_default=True,
    help="How many questions are drawn.",
)
@click.option(
    "--split",
    type=click.Choice([s.value for s in Split]),
    default=Split.TRAIN.value,
    show_default=True,
    help="Whose templates are drawn.",
)
@click.option(
    "--mutations",
    "mutation_ratio",
    type=click.FloatRange(0, 0.99),
    default=0.3,
    show_default=True,
    help="Share of made chains among all; over 0.4 a verifier learns the makers' slips.",
)
@click.option(
    "--import",
    "others",
    type=FILE,
    multiple=True,
    help="Judged chains from people, or conversations with calls of tools; repeatable.",
)
@click.option(
    "--per-question",
    type=click.IntRange(0),
    default=16,
    show_default=True,
    help="Most chains of one question, right and wrong evenly; 0 keeps all, for votes.",
)
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Where checkpoints are run.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of questions, samples and mutations."
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="JSON lines."
)
@one_line_faults()
def verifier_data(*, out: Path, others: Sequence[Path], **given: Any) -> None:
    """Write judged chains: solutions of models, labelled by execution, and mutations beside."""
    quiet_libraries()
    plan = DataPlan(
        temperatures=given["temperatures"],
        n_samples=given["n_samples"],
        has_greedy=given["has_greedy"],
        per_question=given["per_question"],
        mutation_ratio=given["mutation_ratio"],
        seed=given["seed"],
    )
    writers: list[Writer] = [
        *(open_folder(folder, device=given["device"]) for folder in given["folders"]),
        *(open_server(url, is_chat=given["is_chat"]) for url in given["urls"]),
    ]
    asked = _asked(given) if writers or plan.mutation_ratio else ()
    with _Bar() as bar:
        report = write_data(asked, writers, plan, others=others, out=out, on_progress=bar.move)
    click.echo(json.dumps(asdict(report)))


class _Bar:
    """How far each system is, on a terminal."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def move(self, system: str, n_done: int, n_all: int) -> None:
        """Show how many questions a system has answered."""
        if system not in self._tasks:
            self._tasks[system] = self._progress.add_task(system, total=n_all)
        self._progress.update(self._tasks[system], completed=n_done)


def _asked(given: dict[str, Any]) -> Sequence[Asked]:
    paths = CorpusPaths(**{name: given.get(name) for name in CorpusPaths.__slots__})
    corpus = load_corpus(paths)
    if given["questions"]:
        found = [one for path in given["questions"] for one in read_asked(path)]
        return [one for one in found if not corpus.screen.hits(one.question)]
    split, n_questions = Split(given["split"]), given["n_questions"]
    if split is not Split.TRAIN:
        drawn = draw_set(split, n_questions, seed=given["seed"], screen=corpus.screen)
        return [ask(problem) for problem in drawn]
    rng = Random(f"verifier-questions:{given['seed']}")
    problems = {}
    for _ in range(n_questions * _MAX_TRIES):
        if len(problems) == n_questions:
            break
        problem = draw_training_problem(corpus, rng)
        problems.setdefault(problem.question, problem)
    if not problems:
        raise DatasetError("no question could be drawn")
    return [ask(problem) for problem in problems.values()]
