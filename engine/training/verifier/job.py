"""What a verifier's run is asked to do, and what tells it from others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from engine.training.record import DataFile, file_digest, fingerprint_of, weights_digest
from engine.training.tune.checkpoint import WORK_FOLDER
from engine.training.tune.device import Place
from engine.training.tune.job import Report
from engine.training.tune.tracking import FollowedRun, describe_files, flatten
from engine.training.verifier.settings import VerifierSettings

METHOD: Final = "verifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierRun:
    """What is trained on what.

    Attributes:
        base: The model's folder.
        is_encoder: Whether it is a sequence classifier, and not a language model.
        chains: Files of training chains.
        dev: Files of development chains; their questions are taken out of the training chains.
        out_dir: Where the verifier goes; checkpoints lie below it while the run lasts.
        reports: Where metrics go besides the folder.
        resumes: Whether to go on from checkpoints that are found.
    """

    base: Path
    is_encoder: bool
    chains: tuple[Path, ...]
    dev: tuple[Path, ...]
    out_dir: Path
    reports: tuple[Report, ...] = (Report.TENSORBOARD,)
    resumes: bool = True

    @property
    def work_dir(self) -> Path:
        """Where checkpoints lie."""
        return self.out_dir / WORK_FOLDER


def fingerprint_run(run: VerifierRun, settings: VerifierSettings) -> str:
    """32 hex digits, equal for two runs that would give the same result."""
    return fingerprint_of(
        {
            "method": METHOD,
            "encoder": run.is_encoder,
            "settings": asdict(settings),
            "base": weights_digest(run.base),
            "data": [file_digest(path) for path in run.chains],
            "dev": [file_digest(path) for path in run.dev],
        }
    )


def describe_run(
    run: VerifierRun, settings: VerifierSettings, place: Place, fingerprint: str
) -> FollowedRun:
    """What a service that follows the run is told of it."""
    values = {
        "method": METHOD,
        "fingerprint": fingerprint,
        "base": run.base.name,
        "base_digest": weights_digest(run.base),
        "data": describe_files(data_files(run.chains)),
        "dev": describe_files(data_files(run.dev)),
        "encoder": run.is_encoder,
        **asdict(settings),
        "device": place.describe(),
    }
    return FollowedRun(name=run.out_dir.name, settings=flatten(values))


def data_files(paths: Sequence[Path]) -> tuple[DataFile, ...]:
    """The files as a record names them."""
    return tuple(_data_file(path) for path in paths)


def _data_file(path: Path) -> DataFile:
    with path.open("rb") as file:
        n_rows = sum(1 for line in file if line.strip())
    return DataFile(name=path.name, sha256=file_digest(path), n_rows=n_rows)
