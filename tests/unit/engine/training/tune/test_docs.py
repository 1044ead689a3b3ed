"""What docs/training.md shows can be given to the commands."""

from __future__ import annotations

import re
from pathlib import Path

from engine.training.commands import base, pack
from engine.training.datasets.commands import build
from engine.training.registry.commands import models, register, show
from engine.training.tune.commands import dpo, grpo, merge, presets, reward, sft, stages
from engine.training.tune.curriculum import read_curriculum
from engine.training.tune.preset import list_presets
from engine.training.verifier.data_command import verifier_data
from engine.training.verifier.pair_command import pairs

TEXT = (Path(__file__).parents[5] / "docs" / "training.md").read_text(encoding="utf-8")
COMMANDS = (
    *(base, pack, sft, dpo, reward, grpo, merge, stages, presets, models, register, show),
    *(build, pairs, verifier_data),
)
# Of other programs that are shown.
LAUNCHERS = {"--multi_gpu", "--num_processes", "--cpu", "--standalone", "--nproc-per-node"}
FOREIGN = {*LAUNCHERS, "--json"}


def test_every_option_named_exists():
    known = {
        name
        for command in COMMANDS
        for option in command.params
        for name in (*option.opts, *option.secondary_opts)
    }
    named = set(re.findall(r"--[a-z][a-z_-]*[a-z]", TEXT))
    assert named - FOREIGN <= known


def test_the_stages_shown_can_be_read(tmp_path):
    [shown] = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL)
    path = tmp_path / "stages.toml"
    path.write_text(shown)
    found = read_curriculum(path)
    assert [stage.method for stage in found.stages] == ["sft", "sft", "merge", "dpo"]
    assert {stage.preset for stage in found.stages} - {""} <= {one.name for one in list_presets()}


def test_every_preset_is_listed():
    assert all(f"`{preset.name}`" in TEXT for preset in list_presets())
