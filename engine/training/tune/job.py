"""What a run is asked to do: method, model, rows, settings, and where the result goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.training.record import fingerprint_of, weights_digest
from engine.training.tune.checkpoint import WORK_FOLDER
from engine.training.tune.rows import RowSet
from engine.training.tune.settings import Method, TuneSettings, settings_values


class Report(StrEnum):
    """Where metrics go besides the run's own folder."""

    TENSORBOARD = "tensorboard"
    MLFLOW = "mlflow"
    WANDB = "wandb"


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneJob:
    """One run.

    Attributes:
        method: How to train.
        base: Folder or name of the model that is trained on.
        from_adapter: Folder of an adapter of the same base that training goes on from.
        rows: To train on.
        dev: To stop by; empty to never stop early.
        settings: What every method has.
        own: What this method has; None where it has nothing.
        out_dir: Where the result goes; checkpoints lie inside it while the run lasts.
        reports: Where metrics go.
        resumes: Whether to go on from checkpoints that are found.
        keeps_checkpoints: Whether they stay when the run has ended.
        is_forced: Whether to run although the device seems too small.
        schemas: What is told of each tool, by its name, as function calling describes it.
        control: Name of the control that this run is; empty if it is none.
    """

    method: Method
    base: str
    rows: RowSet
    out_dir: Path
    settings: TuneSettings = field(default_factory=TuneSettings)
    own: Any = None
    dev: RowSet = field(default_factory=RowSet)
    from_adapter: Path | None = None
    reports: tuple[Report, ...] = (Report.TENSORBOARD,)
    resumes: bool = True
    keeps_checkpoints: bool = False
    is_forced: bool = False
    schemas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    control: str = ""

    @property
    def work_dir(self) -> Path:
        """Where checkpoints lie."""
        return self.out_dir / WORK_FOLDER

    @property
    def settings_values(self) -> dict[str, Any]:
        """All settings as plain values."""
        return settings_values(self.settings, self.own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a run depends on, read once.

    Attributes:
        fingerprint: 32 hex digits of all of it.
        base_digest: SHA-256 of the base's weights; empty for a model that is only named.
        adapter_digest: Of the adapter that training goes on from; empty if there is none.
    """

    fingerprint: str
    base_digest: str
    adapter_digest: str


def identify(job: TuneJob) -> Identity:
    """The identity of a run: equal for two runs that would give the same result."""
    base_digest = weights_digest(Path(job.base))
    adapter_digest = weights_digest(job.from_adapter) if job.from_adapter else ""
    values = {
        "method": job.method.value,
        "control": job.control,
        # A folder may be moved; its weights are what counts.
        "base": base_digest or job.base,
        "adapter": adapter_digest,
        "rows": [(file.sha256, file.n_rows) for file in job.rows.files],
        "dev": [(file.sha256, file.n_rows) for file in job.dev.files],
        "schemas": {name: dict(schema) for name, schema in job.schemas.items()},
        "settings": job.settings_values,
    }
    return Identity(
        fingerprint=fingerprint_of(values), base_digest=base_digest, adapter_digest=adapter_digest
    )
