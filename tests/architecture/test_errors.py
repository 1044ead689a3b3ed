"""Errors cross processes, so each survives pickling, and each explains itself."""

from __future__ import annotations

import importlib
import inspect
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from engine.domain.errors import SvendError
from ops.errors import StackError

ROOT = Path(__file__).resolve().parents[2]
# What imports them is what makes subclasses known; the engine's tree stands in one file.
MODULES = ("engine.domain.errors", "ops.errors", "ops.model")
SAMPLES: dict[object, object] = {
    str: "text",
    int: 3,
    float: 0.5,
    bool: True,
    Path: Path("/somewhere"),
}


def _list_errors() -> list[type[Exception]]:
    for module in MODULES:
        importlib.import_module(module)
    found: list[type[Exception]] = []
    for base in (SvendError, StackError):
        found += [base, *_descend(base)]
    return [error for error in found if error.__module__ in MODULES]


def _descend(base: type[Exception]) -> Iterator[type[Exception]]:
    for error in base.__subclasses__():
        yield error
        yield from _descend(error)


def _sample_arguments(error: type[Exception]) -> list[object]:
    if "__init__" not in vars(error):
        return ["words"]
    hints = get_type_hints(error.__init__)
    parameters = list(inspect.signature(error.__init__).parameters.values())[1:]
    positional = [one for one in parameters if one.kind is not one.VAR_POSITIONAL]
    return [SAMPLES.get(hints[one.name]) for one in positional]


@pytest.mark.parametrize("error", _list_errors(), ids=lambda error: error.__name__)
def test_error_survives_pickling(error: type[Exception]):
    before = error(*_sample_arguments(error))

    after = pickle.loads(pickle.dumps(before))

    assert type(after) is error
    assert str(after) == str(before)
    assert vars(after) == vars(before)


@pytest.mark.parametrize("error", _list_errors(), ids=lambda error: error.__name__)
def test_error_has_a_docstring_of_its_own_and_a_code(error: type[Exception]):
    assert "__doc__" in vars(error)
    assert vars(error)["__doc__"]
    assert isinstance(error.code, str)
