"""Presets are files that can be read, and what is given goes over them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from engine.training.errors import TrainingError
from engine.training.tune.commands import presets
from engine.training.tune.preset import FOLDER, get_preset, join_settings, list_presets
from engine.training.tune.settings import LoraSettings, read_settings


def test_every_preset_can_be_read_and_run():
    found = list_presets()
    assert {preset.name for preset in found} >= {
        "qwen2.5-14b",
        "qwen2.5-14b-tools",
        "mistral-7b-instruct-v0.3",
        "llama-3-8b",
        "verifier-3b",
        "svend-mini",
    }
    for preset in found:
        settings = read_settings(preset.settings)
        assert settings.max_tokens <= preset.dimensions.context_tokens
        assert settings.lora == LoraSettings()


def test_the_large_model_is_trained_in_two_stages():
    first, second = get_preset("qwen2.5-14b"), get_preset("qwen2.5-14b-tools")
    assert (first.max_rows, second.max_rows) == (40_000, 20_000)
    for preset in (first, second):
        settings = read_settings(preset.settings)
        assert settings.learning_rate == 2e-5
        assert 32 <= settings.batch_rows <= 64
        assert settings.save_steps == 500
        assert settings.max_tokens == 8192


def test_what_is_given_goes_over_a_preset():
    joined = join_settings(
        {"seed": 1, "n_epochs": 2, "lora": {"rank": 4, "alpha": 8}},
        {"seed": 5, "lora": {"rank": 32}},
    )
    assert joined == {"seed": 5, "n_epochs": 2, "lora": {"rank": 32, "alpha": 8}}


@pytest.mark.parametrize(
    ("preset", "given", "expected"),
    [
        ({"lora": {"rank": 4}}, {"lora": False}, False),
        ({"lora": False}, {}, False),
        ({"lora": False}, {"lora": {"rank": 4}}, {"rank": 4}),
        ({}, {}, {}),
    ],
    ids=str,
)
def test_an_adapter_can_be_left_out_on_either_side(preset, given, expected):
    assert join_settings(preset, given)["lora"] == expected


def test_a_file_of_ones_own_is_a_preset(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text((FOLDER / "llama-3-8b.toml").read_text())
    assert get_preset(str(path)).name == "mine"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "summary is missing"),
        ("method = 'magic'", "'magic' is not a valid Method"),
        ("summary = 1\ncolour = 2", "unknown setting 'colour'"),
        ("dimensions = 3", "3 is no table"),
        ("{", "Invalid statement"),
    ],
    ids=repr,
)
def test_a_file_that_is_no_preset_is_named(tmp_path, text, fault):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(TrainingError, match=rf"mine\.toml is no preset: .*({fault})"):
        get_preset(str(path))


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(TrainingError, match="llama-3-8b"):
        get_preset("gpt-2")


def test_presets_are_listed_with_what_they_take():
    output = CliRunner().invoke(presets, catch_exceptions=False).output
    assert "svend train sft --preset qwen2.5-14b " in output
    assert "14.8B weights" in output
