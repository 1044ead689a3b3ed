"""What docs/data.md tells is what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.training.datasets.generator import GENERATORS
from engine.training.datasets.mixture import Order, read_mixture
from engine.training.datasets.published.table import LAYOUTS
from engine.training.datasets.row import from_row, to_row
from engine.training.datasets.validate import Rule, Rules, find_breaches

TEXT = (Path(__file__).parents[5] / "docs" / "data.md").read_text()


def block(language):
    return re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)[1]


def test_the_mixture_is_one(tmp_path):
    path = tmp_path / "mixture.toml"
    path.write_text(block("toml"))
    mixture = read_mixture(path)

    assert mixture.order is Order.CURRICULUM
    assert len(mixture.parts) == 4


def test_the_row_is_a_sound_example():
    row = json.loads(block("json"))
    example = from_row(row)

    assert find_breaches(example, Rules()) == ()
    assert {name: to_row(example)[name] for name in row} == row


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_format_stands_in_the_table_with_its_licence(name):
    line = next(line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
    assert f"| {LAYOUTS[name].credit.licence} |" in line


@pytest.mark.parametrize("name", [*Rule, *GENERATORS])
def test_every_rule_and_generator_is_named(name):
    assert re.search(rf"\b{name}\b", TEXT)
