"""A curriculum: stages in order, each going on from the one before, tools after reasoning.

    base = "models/svend-mini"
    out = "runs/curriculum"

    [[stage]]
    name = "reasoning"
    method = "sft"
    data = ["reasoning.jsonl"]

    [[stage]]
    name = "tools"
    method = "sft"
    data = ["tools.jsonl"]
    settings = { learning_rate = 1e-5 }

Paths are relative to the file. A stage that trains an adapter goes on from the adapter of the
stage before; after `merge`, or a stage that trains every weight, the model itself is the base. A
reward model stands beside the line and changes nothing for the stages after it.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from engine.training.errors import TrainingError
from engine.training.record import RunRecord, find_record
from engine.training.tune.job import TuneJob
from engine.training.tune.launch import launch
from engine.training.tune.merge import merge_adapter, merge_fingerprint
from engine.training.tune.preset import Preset, get_preset, join_settings
from engine.training.tune.rows import RowSet, load_rows
from engine.training.tune.settings import (
    OWN_SETTINGS,
    Method,
    Precision,
    read_fields,
    read_settings,
)

logger = logging.getLogger(__name__)

MERGE: Final = "merge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One run of a curriculum.

    Attributes:
        name: Of its folder.
        method: A method of training, or `merge`.
        data: Files of rows.
        dev: Files to stop by.
        preset: Settings to begin with; empty for none.
        max_rows: Rows that are read at most.
        settings: Values of `TuneSettings`.
        own: Values of the method's own settings.
    """

    name: str
    method: str
    data: tuple[Path, ...] = ()
    dev: tuple[Path, ...] = ()
    preset: str = ""
    max_rows: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """Stages, and what they begin from.

    Attributes:
        base: Folder or name of the first model.
        out_dir: A folder for each stage goes here.
        stages: In order.
    """

    base: str
    out_dir: Path
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the line stands between two stages.

    Attributes:
        base: The model that the next stage is trained on.
        adapter: The adapter that it goes on from; None if there is none.
    """

    base: str
    adapter: Path | None = None


def read_curriculum(path: Path) -> Curriculum:
    """Read a file of stages.

    Raises:
        TrainingError: When it is no such file; the message names the stage.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        stages = tuple(_read_stage(one, path.parent) for one in values["stage"])
        base, out_dir = str(values["base"]), path.parent / values["out"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrainingError(f"{path.name} is no file of stages: {error}") from error
    names = [stage.name for stage in stages]
    if len(set(names)) != len(names):
        raise TrainingError(f"{path.name} has two stages of one name")
    # A folder beside the file is meant before a name somewhere else.
    beside = path.parent / base
    return Curriculum(
        base=str(beside) if beside.is_dir() else base, out_dir=out_dir, stages=stages
    )


def run_curriculum(curriculum: Curriculum, *, is_forced: bool = False) -> list[RunRecord]:
    """Run what is not done yet, in order.

    Raises:
        TrainingError: When a stage cannot be run; those before it stay done.
    """
    position = Position(base=curriculum.base)
    records: list[RunRecord] = []
    for stage in curriculum.stages:
        out_dir = curriculum.out_dir / stage.name
        logger.info("stage name=%s method=%s", stage.name, stage.method)
        try:
            record, position = _run_stage(stage, position, out_dir, is_forced=is_forced)
        except TrainingError as error:
            raise TrainingError(f"stage {stage.name}: {error}") from error
        records.append(record)
    return records


def _run_stage(
    stage: Stage, position: Position, out_dir: Path, *, is_forced: bool
) -> tuple[RunRecord, Position]:
    if stage.method == MERGE:
        return _merge(position, out_dir)
    job, preset = _make_job(stage, position, out_dir)
    record = launch(
        replace(job, is_forced=is_forced), dimensions=preset.dimensions if preset else None
    )
    if job.method == Method.REWARD:
        return record, position
    if job.settings.lora is None:
        return record, Position(base=str(out_dir))
    return record, Position(base=position.base, adapter=out_dir)


def _merge(position: Position, out_dir: Path) -> tuple[RunRecord, Position]:
    if position.adapter is None:
        raise TrainingError("there is no adapter to merge")
    wanted = merge_fingerprint(position.adapter, position.base, Precision.AUTO)
    record = find_record(out_dir) if out_dir.is_dir() else None
    if record is None or record.fingerprint != wanted:
        record = merge_adapter(
            position.adapter, out_dir, base=position.base, precision=Precision.AUTO
        )
    return record, Position(base=str(out_dir))


def _make_job(stage: Stage, position: Position, out_dir: Path) -> tuple[TuneJob, Preset | None]:
    method = Method(stage.method)
    preset = get_preset(stage.preset) if stage.preset else None
    settings = read_settings(join_settings(preset.settings if preset else {}, stage.settings))
    kind = OWN_SETTINGS[method]
    own = {**(preset.own if preset else {}), **stage.own}
    max_rows = stage.max_rows or (preset.max_rows if preset else None)
    goes_on = settings.lora is not None and method != Method.REWARD
    job = TuneJob(
        method=method,
        base=position.base,
        from_adapter=position.adapter if goes_on else None,
        rows=load_rows(stage.data, method, max_rows=max_rows),
        dev=load_rows(stage.dev, method) if stage.dev else RowSet(),
        settings=settings,
        own=None if kind is None else read_fields(kind, own),
        out_dir=out_dir,
    )
    if position.adapter is not None and settings.lora is None:
        raise TrainingError("a stage that trains every weight needs a `merge` before it")
    return job, preset


def _read_stage(values: Mapping[str, Any], folder: Path) -> Stage:
    given = dict(values)
    for name in ("data", "dev"):
        given[name] = tuple(folder / one for one in given.get(name, ()))
    stage = read_fields(Stage, given)
    if stage.method != MERGE and stage.method not in {one.value for one in Method}:
        msg = f"stage {stage.name}: no method {stage.method!r}"
        raise ValueError(msg)
    if stage.method != MERGE and not stage.data:
        msg = f"stage {stage.name}: no data"
        raise ValueError(msg)
    return stage
