"""The model that a benchmark asks: one that is named, or that of the running local stack.

It is spoken to as a worker would speak to it: at the same endpoint, with the same profile and
prompts. What is given on the command line beats the environment, which beats the stack's record.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from engine.adapters.openai_http import ModelServer
from engine.adapters.profile_file import load_profile
from engine.domain.errors import SettingsError
from engine.domain.profile import ModelProfile
from scripts.svend.errors import CommandError
from scripts.svend.server import DEFAULT_DATA_DIR, find_stack_record

API_KEY = "SVEND_LLM_API_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """What the caller said about the model.

    Attributes:
        llm_url: The OpenAI-compatible server; ``None`` for that of the running stack.
        llm_model: The model's name there; empty for the first one.
        profile: The model's folder or profile; ``None`` for the stack's, or the chat profile.
        data_dir: Data folder of the local stack.
    """

    llm_url: str | None
    llm_model: str
    profile: str | None
    data_dir: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchedModel:
    """A served model, and how it is spoken to."""

    server: ModelServer
    profile: ModelProfile


_OPTIONS = (
    click.option(
        "--llm-url",
        envvar="SVEND_LLM_URL",
        show_envvar=True,
        help="The OpenAI-compatible server; absent: that of the running local stack.",
    ),
    click.option(
        "--llm-model",
        default="",
        envvar="SVEND_MODEL_NAME",
        help="The model's name there; the first one if absent.",
    ),
    click.option(
        "--profile",
        type=click.Path(),
        envvar="SVEND_PROFILE",
        help="The model's folder; absent: the stack's profile, or for another server the chat "
        "profile.",
    ),
    click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        default=DEFAULT_DATA_DIR,
        envvar="SVEND_DATA_DIR",
        show_default=True,
        help="Folder of the local stack.",
    ),
)


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose the model, as one argument ``model``."""

    @functools.wraps(command)
    def wrapped(**given: Any) -> Any:
        chosen = {name: given.pop(name) for name in ModelChoice.__slots__}
        return command(**given, model=ModelChoice(**chosen))

    return functools.reduce(lambda wrapping, option: option(wrapping), reversed(_OPTIONS), wrapped)


def find_benched_model(choice: ModelChoice, environ: Mapping[str, str]) -> BenchedModel:
    """Return the model that the options name, or that the running stack serves.

    Raises:
        SettingsError: When there is neither, or the URL is none.
        ProfileError: When the profile cannot be read.
        CommandError: When the stack's record or key cannot be read.
    """
    if choice.llm_url:
        profile = load_profile(choice.profile)
        server = ModelServer(
            base_url=choice.llm_url,
            model=choice.llm_model,
            api_key=environ.get(API_KEY, ""),
            kind=profile.endpoint,
        )
        return BenchedModel(server=server, profile=profile)
    record = find_stack_record(choice.data_dir)
    if record is None or "model" not in record:
        raise SettingsError(
            "No model server is known: give --llm-url, set SVEND_LLM_URL, or start a local stack "
            "with `svend up`."
        )
    return _find_in_stack(choice, record["model"], environ)


def find_model_here(choice: ModelChoice) -> BenchedModel:
    """Return the same, in this process's environment."""
    return find_benched_model(choice, os.environ)


def _find_in_stack(
    choice: ModelChoice, told: Mapping[str, str], environ: Mapping[str, str]
) -> BenchedModel:
    profile = load_profile(choice.profile or told["profile"])
    key_file = told["api_key_file"]
    server = ModelServer(
        base_url=told["url"],
        model=choice.llm_model or told["name"],
        api_key=_read_key(Path(key_file)) if key_file else environ.get(API_KEY, ""),
        kind=profile.endpoint,
    )
    return BenchedModel(server=server, profile=profile)


def _read_key(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
