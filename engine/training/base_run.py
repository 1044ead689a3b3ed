"""The base model's run from data to folder: a corpus, a team, and the files a server loads."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

from engine.training.corpus import CorpusPaths, load_corpus
from engine.training.model_folder import load_folder, save_folder
from engine.training.pretrain import Pretraining, PretrainSettings
from engine.training.team import Team, run_team

logger = logging.getLogger(__name__)


def train_base(
    paths: CorpusPaths,
    settings: PretrainSettings,
    *,
    work_dir: Path,
    out_dir: Path,
    n_processes: int,
) -> None:
    """Train, or go on from the last checkpoint, and write the model's folder.

    Args:
        paths: The data.
        settings: The budget and the rates.
        work_dir: Checkpoints; a run that finds one there resumes.
        out_dir: Where the finished model goes.
        n_processes: How many train together.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    run_team(n_processes, partial(_train, paths=paths, settings=settings, work_dir=work_dir))
    model, tokenizer = load_folder(work_dir, device="cpu")
    save_folder(out_dir, model, tokenizer, sampling_temperature=settings.sampling_temperature)


def _train(team: Team, *, paths: CorpusPaths, settings: PretrainSettings, work_dir: Path) -> None:
    # A spawned process begins without its parent's log settings.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    corpus = load_corpus(paths)
    if team.leads:
        logger.info("corpus %s", json.dumps(asdict(corpus.report)))
    Pretraining(corpus, settings, work_dir, team).run()
