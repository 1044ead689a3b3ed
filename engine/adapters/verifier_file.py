"""Reads a verifier's profile, a judge of shapes, and a calibrator, from their files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from engine.domain.aggregation import Aggregation
from engine.domain.errors import CalibrationError, ProfileError
from engine.verify.calibrator import Calibrator, read_calibrator
from engine.verify.label import Labels
from engine.verify.profile import ClaimForm, ScoreEndpoint, VerifierProfile
from engine.verify.shape_model import ShapeModel, read_shape_model

_Artefact = TypeVar("_Artefact")


def load_verifier_profile(path: str | Path | None) -> VerifierProfile:
    """Read a profile; absent fields take their defaults, and without a file all do.

    Raises:
        ProfileError: Naming the file and every fault in it.
    """
    if not path:
        return VerifierProfile()
    try:
        return parse_verifier_profile(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ProfileError) as error:
        raise ProfileError(f"{path}: {error}") from error


def parse_verifier_profile(text: str) -> VerifierProfile:
    """Read the text of a profile file.

    Raises:
        ProfileError: Naming every fault.
    """
    fields = _read_object(text, ProfileError)
    faults = [f"{name}: not a field of a verifier profile" for name in fields.keys() - PARSERS]
    values: dict[str, Any] = {}
    for name in fields.keys() & PARSERS.keys():
        try:
            values[name] = PARSERS[name](fields[name])
        except (TypeError, ValueError) as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise ProfileError("; ".join(sorted(faults)))
    default = Labels()
    labels = Labels(yes=values.pop("yes", default.yes), no=values.pop("no", default.no))
    return VerifierProfile(labels=labels, **values)


def load_calibrator(path: str | Path | None) -> Calibrator | None:
    """Read a calibrator; ``None`` where no file is named.

    Raises:
        CalibrationError: Naming the file and what is wrong with it.
    """
    return _load(path, read_calibrator) if path else None


def load_shape_model(path: str | Path | None) -> ShapeModel | None:
    """Read a judge of shapes; ``None`` where no file is named.

    Raises:
        CalibrationError: Naming the file and what is wrong with it.
    """
    return read_shape_file(path) if path else None


def read_shape_file(path: str | Path) -> ShapeModel:
    """Read a judge of shapes; see `load_shape_model`."""
    return _load(path, read_shape_model)


def _load(path: str | Path, read: Callable[[dict[str, Any]], _Artefact]) -> _Artefact:
    try:
        text = Path(path).read_text(encoding="utf-8")
        return read(_read_object(text, CalibrationError))
    except (OSError, UnicodeDecodeError, CalibrationError) as error:
        raise CalibrationError(f"{path}: {error}") from error


def _read_object(text: str, refuse: type[ProfileError | CalibrationError]) -> dict[str, Any]:
    try:
        loaded: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refuse(f"not JSON: {error}") from error
    if not isinstance(loaded, dict):
        raise refuse("not a JSON object")
    return cast("dict[str, Any]", loaded)


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


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, not {value!r}")
    return value


PARSERS: dict[str, Callable[[Any], Any]] = {
    "name": _text,
    "endpoint": ScoreEndpoint,
    "form": ClaimForm,
    "template": _text,
    "step_mark": _text,
    "marks_last": _flag,
    "right_class": _integer,
    "aggregation": Aggregation,
    "yes": _texts,
    "no": _texts,
}
