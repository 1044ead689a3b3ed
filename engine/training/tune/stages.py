"""A curriculum run: each stage goes on from the one before.

A stage that trains an adapter goes on from the adapter of the stage before; after `merge`, or a
stage that trains every weight, the model itself is the base. A reward model stands beside the line
and changes nothing for the stages after it.

What can be known of every stage is checked before the first begins, since a later one begins hours
later.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.training.errors import DatasetError, TrainingError
from engine.training.record import RunRecord, find_record
from engine.training.tune.arguments import count_micro_batches
from engine.training.tune.curriculum import MERGE, Curriculum, Stage
from engine.training.tune.dimensions import ModelDimensions, find_dimensions
from engine.training.tune.job import TuneJob
from engine.training.tune.launch import foresee, launch, require_room
from engine.training.tune.merge import merge_adapter, merge_fingerprint
from engine.training.tune.preset import Preset, get_preset, join_settings
from engine.training.tune.rows import RowSet, load_rows
from engine.training.tune.settings import (
    OWN_SETTINGS,
    GrpoSettings,
    Method,
    Precision,
    check_groups,
    read_settings,
)
from engine.training.tune.table import read_fields

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the line stands between two stages.

    Attributes:
        base: The model that the next stage is trained on.
        adapter: The adapter that it goes on from; None if there is none.
    """

    base: str
    adapter: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStage:
    """A stage with all that follows from the file alone.

    Attributes:
        stage: As it is written.
        out_dir: Where its result goes.
        start: Where the line stands when it begins.
        job: What is run, its rows not read yet; None to merge.
        max_rows: Rows that are read at most.
        dimensions: Of the preset's model, where that is the one that is trained.
    """

    stage: Stage
    out_dir: Path
    start: Position
    job: TuneJob | None = None
    max_rows: int | None = None
    dimensions: ModelDimensions | None = None

    @property
    def end(self) -> Position:
        """Where the line stands when it is done."""
        if self.job is None:
            return Position(base=str(self.out_dir))
        if self.job.method == Method.REWARD:
            return self.start
        if self.job.settings.lora is None:
            return Position(base=str(self.out_dir))
        return Position(base=self.start.base, adapter=self.out_dir)


def run_curriculum(curriculum: Curriculum, *, is_forced: bool = False) -> list[RunRecord]:
    """Run what is not done yet, in order.

    Raises:
        TrainingError: When a stage cannot be run. What the file, the data and the device say is
            found before any is; otherwise those before it stay done.
    """
    planned = plan_stages(curriculum, is_forced=is_forced)
    for one in planned:
        with _told_of(one.stage):
            _check(one)
    records: list[RunRecord] = []
    for one in planned:
        logger.info("stage name=%s method=%s", one.stage.name, one.stage.method)
        with _told_of(one.stage):
            records.append(_run(one))
    return records


def plan_stages(curriculum: Curriculum, *, is_forced: bool = False) -> tuple[PlannedStage, ...]:
    """What each stage is to do, from the file and the presets alone.

    Raises:
        TrainingError: When preset and settings do not fit together, or a stage cannot follow the
            one before.
    """
    position = Position(base=curriculum.base)
    planned: list[PlannedStage] = []
    for stage in curriculum.stages:
        with _told_of(stage):
            one = _plan(stage, position, curriculum, is_forced=is_forced)
        planned.append(one)
        position = one.end
    return tuple(planned)


def _plan(
    stage: Stage, position: Position, curriculum: Curriculum, *, is_forced: bool
) -> PlannedStage:
    out_dir = curriculum.out_dir / stage.name
    if stage.method == MERGE:
        _get_adapter(position)
        return PlannedStage(stage=stage, out_dir=out_dir, start=position)
    method = Method(stage.method)
    preset = _find_preset(stage.preset, method)
    settings = read_settings(join_settings(preset.settings if preset else {}, stage.settings))
    if position.adapter is not None and settings.lora is None:
        raise TrainingError("a stage that trains every weight needs a `merge` before it")
    goes_on = settings.lora is not None and method != Method.REWARD
    job = TuneJob(
        method=method,
        base=position.base,
        from_adapter=position.adapter if goes_on else None,
        rows=RowSet(),
        settings=settings,
        own=_own_settings(stage, method, preset),
        out_dir=out_dir,
        is_forced=is_forced,
    )
    known = preset.dimensions if preset and preset.base == curriculum.base else None
    return PlannedStage(
        stage=stage,
        out_dir=out_dir,
        start=position,
        job=job,
        max_rows=stage.max_rows or (preset.max_rows if preset else None),
        # No stage changes the model's shape, and the model of a later one is not there yet.
        dimensions=find_dimensions(curriculum.base) or known,
    )


def _find_preset(name: str, method: Method) -> Preset | None:
    preset = get_preset(name) if name else None
    if preset is not None and preset.method != method:
        raise TrainingError(f"the preset {preset.name} is one for {preset.method}, not {method}")
    return preset


def _own_settings(stage: Stage, method: Method, preset: Preset | None) -> Any:
    kind = OWN_SETTINGS[method]
    if kind is not None:
        return read_fields(kind, {**(preset.own if preset else {}), **stage.own})
    if stage.own:
        raise TrainingError(f"own is given, and {method} has no settings of its own")
    return None


def _check(planned: PlannedStage) -> None:
    """Refuse now what would be refused when the stage begins, as far as it can be known."""
    job = planned.job
    if job is None:
        return
    _read_rows(planned, job)
    outlook = foresee(job, planned.dimensions)
    count_micro_batches(job.settings, outlook.place.n_processes)
    if isinstance(job.own, GrpoSettings):
        check_groups(job.settings, job.own)
    require_room(job, outlook)


def _run(planned: PlannedStage) -> RunRecord:
    if planned.job is None:
        return _merge(planned.start, planned.out_dir)
    # Read only now: the rows of all stages together may be more than memory holds.
    return launch(_read_rows(planned, planned.job), dimensions=planned.dimensions)


def _read_rows(planned: PlannedStage, job: TuneJob) -> TuneJob:
    stage = planned.stage
    return replace(
        job,
        rows=load_rows(stage.data, job.method, max_rows=planned.max_rows),
        dev=load_rows(stage.dev, job.method) if stage.dev else RowSet(),
    )


def _merge(start: Position, out_dir: Path) -> RunRecord:
    adapter = _get_adapter(start)
    wanted = merge_fingerprint(adapter, start.base, Precision.AUTO)
    record = find_record(out_dir) if out_dir.is_dir() else None
    if record is None or record.fingerprint != wanted:
        record = merge_adapter(adapter, out_dir, base=start.base, precision=Precision.AUTO)
    return record


def _get_adapter(position: Position) -> Path:
    if position.adapter is None:
        raise TrainingError("there is no adapter to merge")
    return position.adapter


@contextmanager
def _told_of(stage: Stage) -> Iterator[None]:
    """Name the stage in what is said of its faults."""
    try:
        yield
    except (TrainingError, DatasetError) as error:
        raise TrainingError(f"stage {stage.name}: {error}") from error
