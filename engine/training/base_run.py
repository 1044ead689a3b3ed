"""The base model's run from data to folder: a tokenizer, a team, and the files a server loads."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import torch
from transformers import PreTrainedTokenizerFast

from engine.training.corpus import Corpus, CorpusPaths, load_corpus
from engine.training.errors import TrainingError
from engine.training.feed import TOKENIZER_FILE, BackgroundFeed, Feed, ShardMaker, ShardRecipe
from engine.training.generate import draw_problem
from engine.training.model_folder import new_model, read_shape, read_weights, save_folder
from engine.training.pack import PackedFeed
from engine.training.pretrain import (
    STATE_FILE,
    DevelopmentSet,
    Pretraining,
    check_checkpoint,
)
from engine.training.problem import Split
from engine.training.settings import PretrainSettings
from engine.training.shard import draw_rows
from engine.training.team import Team, run_team
from engine.training.tokenizer import train_tokenizer

logger = logging.getLogger(__name__)

TOKENIZER_FOLDER: Final = "tokenizer"

_TOKENIZER_SHARD: Final = -1


def train_base(
    paths: CorpusPaths,
    settings: PretrainSettings,
    *,
    work_dir: Path,
    out_dir: Path,
    n_processes: int,
    packed: Path | None = None,
) -> None:
    """Train, or go on from the last checkpoint, and write the model's folder.

    Args:
        paths: The data.
        settings: The budget and the rates.
        work_dir: Checkpoints; a run that finds one there resumes.
        out_dir: Where the finished model goes.
        n_processes: How many train together.
        packed: Rows packed beforehand, with their tokenizer; None makes them beside the training.

    Raises:
        TrainingError: The folder to start from, whose shape and tokenizer the run takes over,
            holds no model of this kind, or another vocabulary than the pack; or the checkpoint
            in `work_dir` is of another run.
    """
    if (start := settings.start) is not None:
        settings = replace(settings, shape=read_shape(start))
        # Read here as well: what a member of the team refuses is no longer one line.
        read_weights(start)
        _check_vocabulary(start, packed)
    check_checkpoint(work_dir, settings)
    work_dir.mkdir(parents=True, exist_ok=True)
    corpus = load_corpus(paths)
    logger.info("corpus %s", json.dumps(asdict(corpus.report)))
    _place_tokenizer(work_dir / TOKENIZER_FOLDER, corpus, settings, packed)
    work = partial(_train, paths=paths, settings=settings, work_dir=work_dir, packed=packed)
    run_team(n_processes, work)
    _finish(work_dir, out_dir, settings)


def _place_tokenizer(
    folder: Path, corpus: Corpus, settings: PretrainSettings, packed: Path | None
) -> None:
    if packed is not None:
        shutil.copytree(packed / TOKENIZER_FOLDER, folder, dirs_exist_ok=True)
    elif settings.start is not None:
        copy_tokenizer(settings.start, folder)
    elif not folder.exists():
        make_tokenizer(corpus, settings, folder)


def copy_tokenizer(model: Path, folder: Path) -> None:
    """Write a model's tokenizer into a folder of its own.

    Raises:
        TrainingError: The model has none.
    """
    if not (model / TOKENIZER_FILE).is_file():
        raise TrainingError(f"{model} holds no tokenizer ({TOKENIZER_FILE})")
    PreTrainedTokenizerFast.from_pretrained(model).save_pretrained(folder)


def _check_vocabulary(start: Path, packed: Path | None) -> None:
    folders = [start] if packed is None else [start, packed / TOKENIZER_FOLDER]
    try:
        texts = {(folder / TOKENIZER_FILE).read_bytes() for folder in folders}
    except OSError as error:
        raise TrainingError(f"there is no tokenizer: {error}") from error
    if len(texts) > 1:
        raise TrainingError(
            f"{packed} was packed with another tokenizer than that of {start}: "
            "pack with `svend data pack --tokenizer`"
        )


def make_tokenizer(corpus: Corpus, settings: PretrainSettings, folder: Path) -> None:
    """Learn a vocabulary from rows of the mixture that no shard repeats.

    Args:
        corpus: Where the rows come from.
        settings: The mixture, and how many rows and tokens.
        folder: Where the tokenizer goes; it appears whole or not at all.
    """
    rows = draw_rows(
        corpus,
        settings.mixture,
        seed=settings.seed,
        shard=_TOKENIZER_SHARD,
        n_rows=settings.tokenizer_rows,
    )
    partial_folder = folder.with_name(folder.name + ".partial")
    train_tokenizer(rows, n_tokens=settings.vocabulary).save_pretrained(partial_folder)
    partial_folder.replace(folder)


def list_development_sets(corpus: Corpus, n_problems: int) -> tuple[DevelopmentSet, ...]:
    """What is answered now and then: generated problems, and rows of people."""
    rng = Random("dev")
    generated = tuple(draw_problem(rng, Split.DEV) for _ in range(n_problems))
    human = {"gsm8k": corpus.gsm8k_dev, "mawps": corpus.mawps_dev}
    return (
        DevelopmentSet(name="generated", problems=generated),
        *(
            DevelopmentSet(name=name, problems=tuple(h.problem for h in held[:n_problems]))
            for name, held in human.items()
            if held
        ),
    )


def _train(
    team: Team,
    *,
    paths: CorpusPaths,
    settings: PretrainSettings,
    work_dir: Path,
    packed: Path | None,
) -> None:
    # A spawned process begins without its parent's log settings.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(work_dir / TOKENIZER_FOLDER)
    development = ()
    if team.leads:
        development = list_development_sets(load_corpus(paths), settings.n_dev_problems)
    run = Pretraining(tokenizer, settings, work_dir, team, development=development)
    run.run(_open_feed(paths, settings, work_dir, packed))


def _open_feed(
    paths: CorpusPaths, settings: PretrainSettings, work_dir: Path, packed: Path | None
) -> Feed:
    if packed is not None:
        return PackedFeed(packed, n_rows=settings.shard_rows)
    recipe = ShardRecipe(
        paths=paths,
        mixture=settings.mixture,
        tokenizer=work_dir / TOKENIZER_FOLDER,
        seed=settings.seed,
        n_rows=settings.shard_rows,
    )
    return BackgroundFeed(recipe) if settings.is_fed_aside else ShardMaker(recipe)


def _finish(work_dir: Path, out_dir: Path, settings: PretrainSettings) -> None:
    """Write the model of the last checkpoint, from the one file that no kill can tear."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(work_dir / TOKENIZER_FOLDER)
    model = new_model(tokenizer, settings.shape, seed=settings.seed)
    state = torch.load(work_dir / STATE_FILE, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    save_folder(out_dir, model, tokenizer, sampling_temperature=settings.sampling_temperature)
