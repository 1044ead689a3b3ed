"""Settings are read from plain values, and what cannot be is named."""

from __future__ import annotations

import pytest

from engine.training.errors import TrainingError
from engine.training.tune.settings import (
    LoraSettings,
    Method,
    Precision,
    RopeMethod,
    TuneSettings,
    learning_rate_of,
    read_settings,
    settings_values,
)


def test_the_adapter_has_rank_16_alpha_32_and_dropout_on_every_linear_layer():
    assert TuneSettings().lora == LoraSettings(
        rank=16, alpha=32, dropout=0.05, targets="all-linear"
    )


def test_plain_values_become_settings():
    found = read_settings({"precision": "bf16", "rope": "linear", "lora": {"rank": 8}})

    assert found.precision is Precision.BF16
    assert found.rope is RopeMethod.LINEAR
    assert found.lora == LoraSettings(rank=8)


def test_no_adapter_means_every_weight():
    assert read_settings({"lora": False}).lora is None


def test_an_unknown_setting_is_named():
    with pytest.raises(TrainingError, match="learning_rat"):
        read_settings({"learning_rat": 1})


def test_an_unknown_setting_of_the_adapter_is_named():
    with pytest.raises(TrainingError, match="width"):
        read_settings({"lora": {"width": 1}})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("precision", "fp8"),
        ("device", "tpu"),
        ("rope", "magic"),
        ("batch_rows", 0),
        ("max_tokens", -1),
        ("micro_rows", 5),
        ("learning_rate", 0),
        ("max_steps", 0),
        ("n_epochs", "two"),
        ("recompute", 1),
        ("lora", {"dropout": 1.0}),
    ],
    ids=str,
)
def test_a_value_that_no_run_could_have_is_refused(name, value):
    with pytest.raises(TrainingError, match=name if name != "lora" else "dropout"):
        read_settings({name: value})


def test_every_weight_moves_at_a_tenth_of_an_adapters_rate():
    adapter = learning_rate_of(Method.SFT, TuneSettings())

    assert learning_rate_of(Method.SFT, TuneSettings(lora=None)) == pytest.approx(adapter / 10)


def test_a_given_rate_is_taken():
    assert learning_rate_of(Method.DPO, TuneSettings(learning_rate=0.5)) == 0.5


def test_settings_are_written_as_they_are_read():
    values = settings_values(TuneSettings(precision=Precision.FP32), None)

    assert read_settings(values) == TuneSettings(precision=Precision.FP32)
