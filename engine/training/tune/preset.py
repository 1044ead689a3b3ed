"""Presets: settings for a model as files that can be read, and copied to be changed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from engine.training.errors import TrainingError
from engine.training.tune.dimensions import ModelDimensions
from engine.training.tune.settings import Method
from engine.training.tune.table import read_fields

FOLDER: Final = Path(__file__).parent / "presets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Settings for one model and one method.

    Attributes:
        name: Of the file.
        summary: One line.
        base: The model that it is for.
        method: The method that it is for.
        dimensions: Of that model, so that memory is estimated before it is fetched.
        settings: Values of `TuneSettings`; what is not named keeps its default.
        own: Values of the method's own settings.
        max_rows: Rows that are read at most; None reads all.
    """

    name: str
    summary: str
    base: str
    method: Method
    dimensions: ModelDimensions
    settings: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    max_rows: int | None = None


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "method": Method,
    "dimensions": partial(read_fields, ModelDimensions),
}


def list_presets() -> tuple[Preset, ...]:
    """Those that come with the project, by name."""
    return tuple(read_preset(path) for path in sorted(FOLDER.glob("*.toml")))


def get_preset(name: str) -> Preset:
    """A preset by name, or from a file of one's own.

    Raises:
        TrainingError: When there is none of that name, or it cannot be read.
    """
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(preset.name for preset in list_presets())
        raise TrainingError(f"no preset {name!r}; there are {known}, or give a .toml file")
    return read_preset(path)


def read_preset(path: Path) -> Preset:
    """Read a preset.

    Raises:
        TrainingError: When the file is no TOML, or says something that no preset says.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        for key, read in _READERS.items():
            if key in values:
                values[key] = read(values[key])
        return read_fields(Preset, {"name": path.stem, **values})
    except (OSError, ValueError, TrainingError) as error:
        raise TrainingError(f"{path.name} is no preset: {error}") from error


def join_settings(preset: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a preset with those that were given over it; an adapter's are joined singly.

    Raises:
        TrainingError: When what is said of an adapter is neither false nor a table.
    """
    for one in (preset, given):
        if not (one.get("lora", False) is False or isinstance(one["lora"], Mapping)):
            raise TrainingError(f"lora is {one['lora']!r}, neither false nor a table")
    joined = {**preset, **{name: value for name, value in given.items() if name != "lora"}}
    lora = given.get("lora", {})
    if lora is False or preset.get("lora") is False:
        return {**joined, "lora": False if lora is False or not lora else dict(lora)}
    return {**joined, "lora": {**preset.get("lora", {}), **(lora or {})}}
