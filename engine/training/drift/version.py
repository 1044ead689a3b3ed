"""A version of a model: a folder, or the model of a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.training.drift.tool_choice import Writer
from engine.training.errors import TrainingError
from engine.training.model_folder import PROFILE_FILE, load_folder
from engine.training.record import weights_digest
from engine.training.sampling import Sampler, Solver
from engine.training.served import connect


class Model(Solver, Writer, Protocol):
    """Answers questions with programs, and continues any row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A model that can be asked.

    Attributes:
        name: The folder's name, or the URL with the model's name.
        model: Answers.
        digest: SHA-256 of its weights; empty for a server's, which shows none.
        temperature: What its profile samples at; None where no profile says so.
    """

    name: str
    model: Model
    digest: str = ""
    temperature: float | None = None


def open_version(place: str, *, device: str) -> Version:
    """Load a folder, or find the model of a server.

    Args:
        place: A folder, or a URL that begins with http.
        device: Where a folder's model runs.

    Raises:
        TrainingError: There is no model there.
        DatasetError: The server does not answer, or names no model.
    """
    if place.startswith(("http://", "https://")):
        served = connect(place)
        return Version(name=f"{place} ({served.model})", model=served)
    folder = Path(place)
    if not (folder / "config.json").is_file():
        raise TrainingError(f"{place} is no folder of a model, and no URL of a server")
    try:
        model, tokenizer = load_folder(folder, device=device)
    except (OSError, ValueError) as error:
        raise TrainingError(f"{place} cannot be loaded: {error}") from error
    return Version(
        name=folder.resolve().name,
        model=Sampler(model=model, tokenizer=tokenizer),
        digest=weights_digest(folder),
        temperature=_read_temperature(folder / PROFILE_FILE),
    )


@contextmanager
def understood() -> Iterator[None]:
    """Tell of a server that speaks another language in one line.

    Raises:
        TrainingError: Its reply is none of the API's.
    """
    try:
        yield
    except (KeyError, IndexError, json.JSONDecodeError) as error:
        raise TrainingError(f"the server's reply is none of the API's: {error!r}") from error


def _read_temperature(path: Path) -> float | None:
    if not path.is_file():
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8")).get("sampling_temperature")
    except (ValueError, AttributeError) as error:
        raise TrainingError(f"{path} is no profile: {error}") from error
    return float(value) if isinstance(value, int | float) else None
