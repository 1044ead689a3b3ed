"""What docs/generation.md tells is what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

from engine.training.generation.check import check_sketch
from engine.training.generation.reply import Reason
from engine.training.generation.sketch import from_row
from scripts.svend.generate import generate_command

TEXT = (Path(__file__).parents[5] / "docs" / "generation.md").read_text(encoding="utf-8")


def test_example_is_a_sound_blueprint():
    check_sketch(from_row(json.loads(re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)[1])))


def test_every_option_it_names_is_there():
    known = {name for option in generate_command.params for name in option.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", TEXT)) <= known


def test_every_reason_is_told():
    assert not [reason for reason in Reason if f"`{reason.value}`" not in TEXT]
