"""Graded decisions as lines of JSON: what calibrators are fitted on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from engine.domain.canonical import JsonValue
from engine.domain.errors import CalibrationError
from engine.domain.standing import Standing
from engine.domain.verdict import Verdict
from engine.verify.feature import Feature, read_features
from engine.verify.fitting import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What a file of records holds.

    Attributes:
        rows: Decisions whose answer was right or wrong.
        n_unchecked: Decisions whose answer could not be compared, which say nothing.
        n_unanswered: Decisions without an answer, which there is no confidence in.
    """

    rows: tuple[Row, ...]
    n_unchecked: int = 0
    n_unanswered: int = 0


def write_record(problem: str, standing: Standing, verdict: Verdict) -> dict[str, JsonValue]:
    """Return a graded decision as JSON; ``correct`` is null where it could not be compared."""
    correct = None if verdict is Verdict.UNCHECKED else verdict is Verdict.RIGHT
    features = {name.value: value for name, value in read_features(standing).items()}
    return {"problem": problem, "correct": correct, **features}


def read_records(lines: Iterable[str]) -> Records:
    """Read graded decisions; blank lines are passed over.

    Each line is an object with ``problem`` (a name), ``correct`` (true, false, or null for what
    could not be compared) and the decision: either its features by name, or ``standing`` as a
    job's result holds it.

    Raises:
        CalibrationError: Naming the first line that cannot be used, and why.
    """
    rows: list[Row] = []
    n_unchecked = n_unanswered = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            data = _read_object(line)
            features = _read_features(data)
            correct = _read_correct(data)
            problem = _read_problem(data)
        except CalibrationError as error:
            raise CalibrationError(f"line {number}: {error}") from error
        n_unanswered += not features
        n_unchecked += bool(features) and correct is None
        if features and correct is not None:
            rows.append(Row(problem=problem, features=features, is_right=correct))
    return Records(rows=tuple(rows), n_unchecked=n_unchecked, n_unanswered=n_unanswered)


def _read_object(line: str) -> Mapping[str, Any]:
    try:
        data: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CalibrationError(f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise CalibrationError("an object is needed")
    return cast("dict[str, Any]", data)


def _read_problem(data: Mapping[str, Any]) -> str:
    name = data.get("problem")
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise CalibrationError('"problem" must name the problem, so that no split divides it')
    return str(name)


def _read_correct(data: Mapping[str, Any]) -> bool | None:
    correct = data.get("correct", "")
    if correct is not None and not isinstance(correct, bool):
        raise CalibrationError('"correct" must be true, false, or null where it is not known')
    return correct


def _read_features(data: Mapping[str, Any]) -> Mapping[Feature, float]:
    if "standing" in data:
        try:
            return read_features(Standing.from_data(data["standing"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CalibrationError(f'"standing" is none: {error!r}') from error
    features: dict[Feature, float] = {}
    for feature in Feature:
        value = data.get(feature.value)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CalibrationError(f'"{feature.value}" must be a number')
        features[feature] = float(value)
    return features
