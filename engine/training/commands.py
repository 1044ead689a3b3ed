"""svend-mini's recipe as commands: the base model, its packed rows, and its problems."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from engine.domain.program import render_number, render_program
from engine.training.base_run import TOKENIZER_FOLDER, copy_tokenizer, make_tokenizer, train_base
from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.corpus import CorpusPaths, draw_training_problem, load_corpus
from engine.training.evaluate import draw_set
from engine.training.feed import ShardRecipe
from engine.training.mixture import InvalidMixtureError, parse_shares
from engine.training.optimizer import OptimizerKind
from engine.training.pack import InvalidPackError, read_record, write_pack
from engine.training.problem import Split, WordProblem
from engine.training.settings import HEAD_WIDTH, PRESETS, PretrainSettings, shape_of

_DATA_OPTIONS: Final = (
    click.option("--gsm8k", type=FILE, help="GSM8K's training rows, JSON lines."),
    click.option("--mawps", type=FILE, help="MAWPS's training rows, JSON lines."),
    click.option(
        "--equations", type=FILE, help="Rows of DRAW, ALG514 and Dolphin1878, JSON lines."
    ),
    click.option("--tool-rows", type=FILE, help="Conversations with calls of tools, JSON lines."),
    click.option("--screen-exact", type=FILE, help="Hashes of held-back questions, .npy."),
    click.option("--screen-13gram", "screen_windows", type=FILE, help="The same, of 13 words."),
)
_RECIPE_OPTIONS: Final = (
    click.option(
        "--preset",
        type=click.Choice(sorted(PRESETS)),
        default="cpu",
        show_default=True,
        help="What the other options start from: 6.4 million parameters on two cores for an hour,"
        " or 33 million on one data-centre GPU for half an hour.",
    ),
    click.option(
        "--share",
        "shares",
        multiple=True,
        metavar="PART=SHARE",
        help="The share of a part of the mixture, such as gsm8k=0.2; 0 leaves it out.",
    ),
    click.option(
        "--varied",
        "varied_ratio",
        type=click.FloatRange(0, 1),
        metavar="RATIO",
        help="The share of the solutions that are written in one of their many equal forms; the"
        " others are put in one order and go step by step.  [default: the preset's]",
    ),
    click.option("--vocabulary", type=click.IntRange(512, 65_536), help="Tokens, marks included."),
    click.option("--seed", type=int, default=1, show_default=True, help="Of all that is drawn."),
)

# Drawn at a time by one process, and small enough to hold.
_PACKED_ROWS: Final = 8_192

Command = Callable[..., Any]


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def data_options(command: Command) -> Command:
    """Add the options that say where the data lies."""
    return _with(command, _DATA_OPTIONS)


def recipe_options(command: Command) -> Command:
    """Add the options that say what rows are made, and from what they start."""
    return _with(command, _RECIPE_OPTIONS)


def open_progress() -> Progress:
    """A bar on the stream of messages, so that the output stays a program's to read."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}/{task.total:,}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


@click.command()
@data_options
@recipe_options
@click.option("--minutes", type=float, help="The time budget.")
@click.option("--max-steps", type=int, help="End after so many steps at the latest.")
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    help="Where it is trained.  [default: the preset's]",
)
@click.option("--processes", type=int, default=2, show_default=True, help="One a core; 1 on cuda.")
@click.option("--layers", "n_layers", type=int, help="How deep the model is.")
@click.option("--width", type=int, help=f"How wide it is; a multiple of {HEAD_WIDTH}.")
@click.option(
    "--optimizer",
    type=click.Choice([kind.value for kind in OptimizerKind]),
    callback=lambda _context, _option, name: OptimizerKind(name) if name else None,
    help="Muon moves the layers' matrices, AdamW the rest; or AdamW all.  [default: the preset's]",
)
@click.option(
    "--peak-rate",
    type=float,
    help="The highest learning rate, after the warm-up.  [default: the preset's]",
)
@click.option("--micro-tokens", type=int, help="Tokens of one forward pass.")
@click.option("--n-micro", type=int, help="Forward passes of each process for one step.")
@click.option(
    "--checkpoint-minutes", type=float, help="Between two checkpoints.  [default: the preset's]"
)
@click.option(
    "--compile/--no-compile",
    "is_compiled",
    default=None,
    help="Let torch compile the model.  [default: the preset's]",
)
@click.option("--packed", type=FOLDER, help="Rows packed by `svend data pack`.")
@click.option(
    "--from",
    "start",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Begin with the weights, shape and tokenizer of a model that `svend train base` made.",
)
@click.option(
    "--work-dir",
    type=FOLDER,
    default=Path(".svend/training/svend-mini"),
    show_default=True,
    help="Checkpoints and metrics; a run that finds a checkpoint goes on from it.",
)
@click.option("--out", "out_dir", type=FOLDER, required=True, help="Where the model goes.")
def base(  # noqa: PLR0913 - one argument an option
    *,
    preset: str,
    shares: tuple[str, ...],
    n_layers: int | None,
    width: int | None,
    processes: int,
    packed: Path | None,
    work_dir: Path,
    out_dir: Path,
    **given: Any,
) -> None:
    """Train the base model within a time budget, from scratch or --from an earlier one.

    The run can be killed at any moment and started again with the same options: it goes on from
    its last checkpoint. Its figures are in metrics.jsonl of the work folder.
    """
    paths = _take_paths(given)
    settings = _settings(preset, shares, given)
    if settings.start is not None:
        _check_start(given, n_layers, width)
    if n_layers is not None or width is not None:
        settings = replace(settings, shape=_shape(settings, n_layers, width))
    if packed is not None:
        _check_pack(packed)
    with one_line_faults():
        train_base(
            paths,
            settings,
            work_dir=work_dir,
            out_dir=out_dir,
            n_processes=processes,
            packed=packed,
        )


@click.command()
@data_options
@recipe_options
@click.option(
    "--tokens",
    "n_tokens",
    type=int,
    default=50_000_000,
    show_default=True,
    help="How many to pack.",
)
@click.option(
    "--processes",
    type=int,
    default=2,
    show_default=True,
    help="Rows are drawn by so many at once.",
)
@click.option(
    "--tokenizer",
    "vocabulary_of",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A model whose tokenizer is taken, to train on --from it; absent: a new one is learnt.",
)
@click.option("--out", "out_dir", type=FOLDER, required=True, help="The pack's folder.")
def pack(
    *,
    preset: str,
    shares: tuple[str, ...],
    n_tokens: int,
    processes: int,
    vocabulary_of: Path | None,
    out_dir: Path,
    **given: Any,
) -> None:
    """Draw, encode and pack rows for `svend train base --packed`, with their tokenizer."""
    paths = _take_paths(given)
    settings = _settings(preset, shares, given)
    with one_line_faults(), tempfile.TemporaryDirectory() as folder:
        tokenizer = Path(folder) / TOKENIZER_FOLDER
        if vocabulary_of is None:
            make_tokenizer(load_corpus(paths), settings, tokenizer)
        else:
            copy_tokenizer(vocabulary_of, tokenizer)
        recipe = ShardRecipe(
            paths=paths,
            mixture=settings.mixture,
            tokenizer=tokenizer,
            seed=settings.seed,
            n_rows=min(settings.shard_rows, _PACKED_ROWS),
        )
        with open_progress() as progress:
            task = progress.add_task("tokens", total=n_tokens)
            report = write_pack(
                out_dir,
                recipe,
                n_tokens=n_tokens,
                n_processes=processes,
                tell=lambda n_found: progress.update(task, completed=n_found),
            )
    click.echo(json.dumps(asdict(report)))


@click.command()
@data_options
@click.option(
    "--split",
    type=click.Choice([s.value for s in Split]),
    default=Split.TRAIN.value,
    show_default=True,
    help="Whose templates are drawn.",
)
@click.option(
    "--n",
    "n_problems",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many problems are drawn.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw.")
def problems(*, split: str, n_problems: int, seed: int, **paths: Path | None) -> None:
    """Write problems of a split as JSON lines, and say what the screen dropped."""
    with one_line_faults():
        corpus = load_corpus(CorpusPaths(**paths))
    click.echo(json.dumps(asdict(corpus.report)), err=True)
    if split == Split.TRAIN:
        rng = Random(f"data:{seed}")
        drawn = [draw_training_problem(corpus, rng) for _ in range(n_problems)]
    else:
        drawn = draw_set(Split(split), n_problems, seed=seed, screen=corpus.screen)
    for index, problem in enumerate(drawn):
        click.echo(json.dumps(_row(index, problem)))


def _take_paths(given: dict[str, Any]) -> CorpusPaths:
    return CorpusPaths(**{name: given.pop(name) for name in CorpusPaths.__slots__})


def _settings(preset: str, shares: tuple[str, ...], given: dict[str, Any]) -> PretrainSettings:
    """The preset with what was given instead."""
    settings = PRESETS[preset]
    try:
        mixture = settings.mixture.changed(parse_shares(shares))
    except InvalidMixtureError as error:
        raise click.UsageError(str(error)) from error
    chosen = {name: value for name, value in given.items() if value is not None}
    if (varied_ratio := chosen.pop("varied_ratio", None)) is not None:
        mixture = replace(mixture, varied_ratio=varied_ratio)
    return replace(settings, mixture=mixture, **chosen)


def _shape(settings: PretrainSettings, n_layers: int | None, width: int | None) -> Any:
    if width is not None and (width <= 0 or width % HEAD_WIDTH):
        raise click.UsageError(f"--width must be a multiple of {HEAD_WIDTH}")
    shape = settings.shape
    if width is None:
        return replace(shape, n_layers=n_layers)
    return shape_of(n_layers=n_layers or shape.n_layers, width=width)


def _check_start(given: dict[str, Any], n_layers: int | None, width: int | None) -> None:
    shape = {"layers": n_layers, "width": width, "vocabulary": given.get("vocabulary")}
    refused = [f"--{name}" for name, value in shape.items() if value is not None]
    if refused:
        raise click.UsageError(f"--from brings its own shape: leave out {' and '.join(refused)}")


def _check_pack(folder: Path) -> None:
    try:
        read_record(folder)
    except InvalidPackError as error:
        raise click.UsageError(str(error)) from error


def _row(index: int, problem: WordProblem) -> dict[str, Any]:
    return {
        "id": f"{problem.source}-{index:05d}",
        "problem": problem.question,
        "answer": render_number(problem.answer),
        "program": render_program(problem.program),
        "family": problem.family,
        "template": problem.template,
    }
