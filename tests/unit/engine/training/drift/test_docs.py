"""What docs/drift.md shows can be given to the commands, and names every gate and field."""

from __future__ import annotations

import re
from pathlib import Path

from engine.training.drift.command import drift
from engine.training.drift.gate import GATES
from scripts.svend.tool_eval import tool_eval

TEXT = (Path(__file__).parents[5] / "docs" / "drift.md").read_text(encoding="utf-8")


def test_every_option_named_exists():
    known = {
        name
        for command in (drift, tool_eval)
        for option in command.params
        for name in (*option.opts, *option.secondary_opts)
    }
    assert set(re.findall(r"--[a-z][a-z_-]*[a-z]", TEXT)) <= known


def test_every_gate_is_named():
    assert all(f"`{name}`" in TEXT for name in GATES)
