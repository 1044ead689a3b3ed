"""Reads a model profile from the file in the model's folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from engine.domain.errors import ProfileError
from engine.domain.profile import (
    CHAT_PROFILE,
    AnswerProtocol,
    EndpointKind,
    ModelProfile,
    ToolProtocol,
)

PROFILE_FILE_NAME = "svend-profile.json"


def load_profile(path: str | Path | None) -> ModelProfile:
    """Read a profile strictly: every field but those of steps must be there, and no other.

    Args:
        path: The file, or the folder of the model that may hold it. Empty means that there is
            none, and so does a folder without one: then the chat profile applies.

    Raises:
        ProfileError: Naming the file and every fault in it.
    """
    if not path:
        return CHAT_PROFILE
    file = Path(path)
    if file.is_dir():
        file /= PROFILE_FILE_NAME
        if not file.exists():
            return CHAT_PROFILE
    try:
        profile = parse_profile(file.read_text(encoding="utf-8"))
        return _with_grammar(profile, file.parent)
    except (OSError, UnicodeDecodeError, ProfileError) as error:
        raise ProfileError(f"{file}: {error}") from error


def parse_profile(text: str) -> ModelProfile:
    """Read the text of a profile file.

    Raises:
        ProfileError: Naming every fault.
    """
    try:
        loaded: Any = json.loads(text)
    except ValueError as error:
        raise ProfileError(f"not JSON: {error}") from error
    if not isinstance(loaded, dict):
        raise ProfileError("not a JSON object")
    fields = cast("dict[str, Any]", loaded)
    faults = [f"{name}: missing" for name in REQUIRED if name not in fields]
    faults += [f"{name}: not a field of a profile" for name in fields if name not in PARSERS]
    values: dict[str, Any] = {}
    for name in PARSERS.keys() & fields.keys():
        try:
            values[name] = PARSERS[name](fields[name])
        except (TypeError, ValueError) as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise ProfileError("; ".join(sorted(faults)))
    return ModelProfile(**values)


def _with_grammar(profile: ModelProfile, folder: Path) -> ModelProfile:
    """Return the profile with its grammar in place of the name of the file beside it."""
    if not profile.grammar:
        return profile
    if Path(profile.grammar).name != profile.grammar:
        raise ProfileError(f"grammar: {profile.grammar!r} is not the name of a file beside it")
    grammar = (folder / profile.grammar).read_text(encoding="utf-8")
    return replace(profile, grammar=grammar)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be text, not {value!r}")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"must be a list of texts, not {value!r}")
    return tuple(_text(item) for item in cast("list[Any]", value))


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"must be a whole number, not {value!r}")
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"must be a number, not {value!r}")
    return float(value)


PARSERS: dict[str, Callable[[Any], Any]] = {
    "name": _text,
    "endpoint": EndpointKind,
    "prompt_set": _text,
    "answer_protocol": AnswerProtocol,
    "stop": _texts,
    "context_tokens": _integer,
    "max_tokens": _integer,
    "sampling_temperature": _number,
    "step_stop": _texts,
    "step_joint": _text,
    "tool_protocol": ToolProtocol,
    "grammar": _text,
}
# Profiles written before searches went by steps, called tools and knew grammars lack the others,
# which have defaults.
_LATER = frozenset({"step_stop", "step_joint", "tool_protocol", "grammar"})
REQUIRED = tuple(name for name in PARSERS if name not in _LATER)
