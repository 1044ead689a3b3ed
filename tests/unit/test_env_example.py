"""The example of the environment says what the settings are."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from engine.config import OTHER_NAMES, VARIABLES, Settings, load_settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def read_example() -> dict[str, str]:
    lines = EXAMPLE.read_text().splitlines()
    return dict(line.split("=", maxsplit=1) for line in lines if line and not line.startswith("#"))


def refuse(path: str) -> str:
    raise FileNotFoundError(path)


def test_every_setting_is_in_the_example_and_nothing_else():
    assert set(read_example()) == {variable.name for variable in VARIABLES} | OTHER_NAMES


def test_every_field_has_a_variable():
    assert {variable.field for variable in VARIABLES} == {field.name for field in fields(Settings)}


def test_the_example_as_it_stands_changes_no_setting():
    assert load_settings(read_example(), read=refuse) == Settings()


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_the_example_shows_the_default(variable):
    text = read_example()[variable.name]
    shown = variable.parse(text) if text else type(getattr(Settings(), variable.field))()

    assert shown == getattr(Settings(), variable.field)


def test_each_setting_stands_once():
    names = [
        line.partition("=")[0]
        for line in EXAMPLE.read_text().splitlines()
        if line and not line.startswith("#")
    ]

    assert len(names) == len(set(names))
