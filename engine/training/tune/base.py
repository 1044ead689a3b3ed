"""The model that a run is given, looked for before anything is loaded.

A base is a folder here or a name on Hugging Face's hub. The library asks the hub for whatever is
no folder, file after file and each several times over, and says of a mistyped path in the end that
it lacks a tokenizer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import httpx
from huggingface_hub import get_hf_file_metadata, hf_hub_url, try_to_load_from_cache
from huggingface_hub.errors import (
    GatedRepoError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
)

from engine.training.errors import TrainingError
from engine.training.tune.dimensions import CONFIG_FILE
from engine.training.tune.library import first_line

# How long the hub may take for its one answer.
HUB_TIMEOUT_S: Final = 20.0

# A name that cannot be one on the hub is a wrong value.
_FAULTS: Final = (httpx.HTTPError, OSError, ValueError)
_PATH_STARTS: Final = ("/", "./", "../", "~")


def require_base(base: str) -> None:
    """Refuse what can be no model; nothing is asked of the hub.

    Raises:
        TrainingError: When it is a file, a folder without a model, or the path of no folder.
    """
    place = Path(base)
    if place.is_dir():
        if not (place / CONFIG_FILE).is_file():
            raise TrainingError(f"{base} holds no model: there is no {CONFIG_FILE}")
    elif place.exists():
        raise TrainingError(f"{base} is a file: a base is a model's folder, or its name")
    elif is_path(base):
        raise TrainingError(f"{base} holds no model: there is no such folder")


def require_published(base: str) -> None:
    """Ask the hub once for a model that is no folder here, unless it was fetched before.

    Raises:
        TrainingError: When the hub cannot be reached, or does not give the model.
    """
    if Path(base).is_dir():
        return
    try:
        if isinstance(try_to_load_from_cache(base, CONFIG_FILE), str):
            return
        get_hf_file_metadata(hf_hub_url(base, CONFIG_FILE), timeout=HUB_TIMEOUT_S)
    except _FAULTS as error:
        raise TrainingError(
            f"{base} is neither a folder here nor a model that Hugging Face's hub gave: "
            f"{_reason(error)}"
        ) from error


def is_path(base: str) -> bool:
    """Whether a base is written as a path: a name on the hub is an owner and a word at most.

    One word behind the name of a folder that is here is taken for a path, too.
    """
    parent, slash, _ = base.rpartition("/")
    return (
        base.startswith(_PATH_STARTS) or "/" in parent or (bool(slash) and Path(parent).is_dir())
    )


def _reason(error: Exception) -> str:
    """Why the hub gave nothing; of an answer, the library tells its number and an address."""
    match error:
        case GatedRepoError():
            return "it is given only to those who have agreed to its terms and log in"
        case RepositoryNotFoundError():
            return "no such model is there, or it is not shown without logging in"
        case RemoteEntryNotFoundError():
            return f"it holds no {CONFIG_FILE}"
        case _:
            return first_line(error) or type(error).__name__
