"""Every option of the training commands says what it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts.svend import data_commands, training_commands

ROOT = Path(__file__).parents[3]
# Read and not imported, which would take the training libraries.
TOLD = {
    entry.place.partition(":")[0].replace(".", "/") + ".py"
    for table in (data_commands.COMMANDS, training_commands.COMMANDS)
    for entry in table.values()
}
SHARED = {
    str(path.relative_to(ROOT))
    for folder in ("engine/training", "scripts/svend")
    for path in (ROOT / folder).rglob("*options.py")
}


def find_options(path):
    calls = [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call)]
    return [one for one in calls if ast.unparse(one.func) == "click.option"]


def tells(option):
    found = next((word.value for word in option.keywords if word.arg == "help"), None)
    # A default alone says nothing of what it is the default of.
    return found is not None and not ast.unparse(found).lstrip("f'\"").startswith("[default")


@pytest.mark.parametrize("name", sorted(TOLD | SHARED))
def test_every_option_has_words_of_its_own(name):
    assert not [ast.unparse(one) for one in find_options(ROOT / name) if not tells(one)]


def test_options_are_found_where_they_are():
    assert len(find_options(ROOT / "engine/training/tune/options.py")) > 20
