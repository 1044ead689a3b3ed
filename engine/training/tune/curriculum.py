"""The file of a curriculum: stages in order, tools after reasoning.

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

Paths are relative to the file, those of presets of one's own included.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from engine.training.errors import TrainingError
from engine.training.tune.settings import Method
from engine.training.tune.table import read_fields

MERGE: Final = "merge"

_FIELDS: Final = frozenset(("base", "out", "stage"))
_PATHS: Final = ("data", "dev")
_MERGE_FIELDS: Final = frozenset(("name", "method"))


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


def read_curriculum(path: Path) -> Curriculum:
    """Read a file of stages.

    Raises:
        TrainingError: When it is no such file; the message names the stage and the key.
    """
    try:
        return _curriculum(tomllib.loads(path.read_text(encoding="utf-8")), path.parent)
    except (OSError, ValueError, TrainingError) as error:
        raise TrainingError(f"{path.name} is no file of stages: {error}") from error


def _curriculum(table: Mapping[str, Any], folder: Path) -> Curriculum:
    unknown = sorted(set(table) - _FIELDS)
    if unknown:
        raise TrainingError(f"unknown key {unknown[0]!r}; known: {', '.join(sorted(_FIELDS))}")
    base, out_dir = _text(table, "base"), folder / _text(table, "out")
    tables = table.get("stage")
    if not isinstance(tables, list) or not tables:
        raise TrainingError("there is no [[stage]]")
    stages = tuple(_stage(one, number, folder) for number, one in enumerate(tables, start=1))
    names = [stage.name for stage in stages]
    if len(set(names)) != len(names):
        raise TrainingError("two stages have one name")
    # A folder beside the file is meant before a name somewhere else.
    beside = folder / base
    return Curriculum(
        base=str(beside) if beside.is_dir() else base, out_dir=out_dir, stages=stages
    )


def _stage(table: object, number: int, folder: Path) -> Stage:
    if not isinstance(table, Mapping):
        raise TrainingError(f"stage {number} is no table")
    given: dict[str, Any] = dict(table)
    name = given.get("name", number)
    try:
        for key in _PATHS:
            given[key] = tuple(folder / one for one in _texts(given, key))
        preset = given.get("preset", "")
        if isinstance(preset, str) and preset.endswith(".toml"):
            given["preset"] = str(folder / preset)
        stage = read_fields(Stage, given)
        _check(stage, frozenset(table))
    except TrainingError as error:
        raise TrainingError(f"stage {name}: {error}") from error
    return stage


def _check(stage: Stage, given: frozenset[str]) -> None:
    if stage.name in {"", ".", ".."} or Path(stage.name).name != stage.name:
        raise TrainingError(f"name is {stage.name!r}, which is no name of a folder")
    if stage.method == MERGE:
        beside = sorted(given - _MERGE_FIELDS)
        if beside:
            raise TrainingError(f"method {MERGE!r} takes no {beside[0]}")
        return
    methods = [one.value for one in Method]
    if stage.method not in methods:
        known = ", ".join((*methods, MERGE))
        raise TrainingError(f"no method {stage.method!r}; known: {known}")
    if not stage.data:
        raise TrainingError("data is missing: no file to train on")


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str) or not value:
        raise TrainingError(f"{key} is missing" if not value else f"{key} is no text")
    return value


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TrainingError(f'{key} is no list of files, as in {key} = ["rows.jsonl"]')
    return value
