"""Where a run begins: at nothing, or at the last whole checkpoint of the same run."""

from __future__ import annotations

import fcntl
import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.training.errors import TrainingError
from engine.training.record import RECORD_FILE, RunRecord, find_record, write_json
from engine.training.tune.callback import METRICS_FILE, read_metrics
from engine.training.tune.checkpoint import (
    WORK_FOLDER,
    drop_torn,
    find_last_whole,
    list_checkpoints,
)

logger = logging.getLogger(__name__)

IDENTITY_FILE: Final = "identity.json"
LOCK_FILE: Final = ".lock"
TENSORBOARD_FOLDER: Final = "tensorboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a run begins.

    Attributes:
        checkpoint: To go on from; None at the very beginning.
        elapsed_s: What earlier attempts took, up to that checkpoint.
    """

    checkpoint: Path | None
    elapsed_s: float


@contextmanager
def hold_alone(folder: Path) -> Iterator[None]:
    """Keep a folder for this process; released by the system however the process ends.

    Raises:
        TrainingError: When another process trains into it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrainingError(f"another process trains into {folder}") from error
        try:
            yield
        finally:
            (folder / LOCK_FILE).unlink(missing_ok=True)


def find_done(out_dir: Path, fingerprint: str) -> RunRecord | None:
    """The record of a folder that holds the result of this very run; None without a result.

    Raises:
        TrainingError: When the result there is another run's.
    """
    record = find_record(out_dir)
    if record is None or record.fingerprint == fingerprint:
        return record
    raise TrainingError(
        f"{out_dir} holds the result of another run: give another --out, or --fresh to replace it"
    )


def begin(out_dir: Path, fingerprint: str, *, resumes: bool) -> Start:
    """Make a folder ready for a run, and find what it goes on from.

    Args:
        out_dir: Where the result goes; checkpoints lie below it.
        fingerprint: Of the run.
        resumes: Whether to go on from what is there; otherwise it is deleted, the record first,
            so that a run which is broken off is never taken for the finished one before it.

    Raises:
        TrainingError: When the checkpoints there are another run's.
    """
    work_dir = out_dir / WORK_FOLDER
    if not resumes:
        _clear(out_dir)
    work_dir.mkdir(parents=True, exist_ok=True)
    path = work_dir / IDENTITY_FILE
    if list_checkpoints(work_dir):
        _check_same_run(path, fingerprint)
        torn = drop_torn(work_dir)
        if torn:
            logger.warning("torn checkpoints passed over names=%s", [one.name for one in torn])
    write_json(path, {"fingerprint": fingerprint})
    checkpoint = find_last_whole(work_dir)
    if checkpoint is None:
        (out_dir / METRICS_FILE).unlink(missing_ok=True)
        return Start(checkpoint=None, elapsed_s=0.0)
    step = int(checkpoint.name.rpartition("-")[2])
    rows = read_metrics(out_dir / METRICS_FILE)
    spent = [row.get("elapsed_s", 0.0) for row in rows if row["step"] <= step]
    logger.info("resumed step=%d", step)
    return Start(checkpoint=checkpoint, elapsed_s=max(spent, default=0.0))


def _check_same_run(path: Path, fingerprint: str) -> None:
    try:
        found = json.loads(path.read_text(encoding="utf-8")).get("fingerprint")
    except (OSError, ValueError):
        found = None
    if found != fingerprint:
        raise TrainingError(
            f"{path.parent} holds checkpoints of a run with other settings or data: give another "
            "--out, or --fresh to begin again"
        )


def _clear(out_dir: Path) -> None:
    for name in (RECORD_FILE, METRICS_FILE):
        (out_dir / name).unlink(missing_ok=True)
    for folder in (out_dir / WORK_FOLDER, out_dir / TENSORBOARD_FOLDER):
        shutil.rmtree(folder, ignore_errors=True)
