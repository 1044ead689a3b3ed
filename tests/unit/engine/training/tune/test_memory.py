"""What a run takes is estimated part by part, and close to what is measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from peft import get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from engine.training.tune.dimensions import read_dimensions
from engine.training.tune.memory import GIBIBYTE, advise, estimate_memory, weight_bytes
from engine.training.tune.model import adapter_config
from engine.training.tune.preset import get_preset
from engine.training.tune.settings import (
    LoraSettings,
    Method,
    Precision,
    TuneSettings,
    read_settings,
)

CONFIG = LlamaConfig(
    hidden_size=128,
    intermediate_size=352,
    num_hidden_layers=4,
    num_attention_heads=4,
    num_key_value_heads=2,
    vocab_size=64,
    max_position_embeddings=256,
)
DIMENSIONS = read_dimensions(CONFIG.to_dict())
PLAIN = TuneSettings(micro_rows=4, max_tokens=128)
FULL = replace(PLAIN, lora=None)


def estimate(settings, *, method=Method.SFT, precision=Precision.FP32, **rest):
    return estimate_memory(DIMENSIONS, settings, method=method, precision=precision, **rest)


def saved_bytes(model, settings):
    """Bytes that a forward pass keeps for the backward pass, each storage once."""
    weights = {value.untyped_storage().data_ptr() for value in model.parameters()}
    kept: dict[int, int] = {}

    def keep(value):
        storage = value.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return value

    ids = torch.zeros((settings.micro_rows, settings.max_tokens), dtype=torch.long)
    # What is kept has to stay alive, or its place is used twice.
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
        held = model.train().model(input_ids=ids, use_cache=False)
    assert held is not None
    return sum(kept.values())


@pytest.mark.parametrize("settings", [PLAIN, FULL], ids=["adapter", "full"])
def test_activations_are_near_what_a_forward_pass_keeps(settings):
    model = LlamaForCausalLM(CONFIG)
    if settings.lora is not None:
        model = get_peft_model(model, adapter_config(settings.lora, Method.SFT)).get_base_model()
    measured = saved_bytes(model, settings)
    assert estimate(settings).activations == pytest.approx(measured, rel=0.2)


def test_an_adapter_leaves_gradients_and_moments_of_its_own_weights_only():
    found, full = estimate(PLAIN), estimate(FULL)
    assert found.n_trained == DIMENSIONS.n_adapter_parameters(16)
    assert (found.gradients, found.optimizer) == (4 * found.n_trained, 8 * found.n_trained)
    assert full.n_trained == DIMENSIONS.n_parameters
    assert full.gradients + full.optimizer == 12 * DIMENSIONS.n_parameters


def test_frozen_weights_are_held_in_half_precision():
    assert weight_bytes(PLAIN, Precision.BF16) == 2
    assert weight_bytes(PLAIN, Precision.FP32) == weight_bytes(FULL, Precision.BF16) == 4


def test_recomputing_keeps_one_layer_instead_of_all():
    saved = estimate(replace(PLAIN, recompute=True)).activations
    assert saved < estimate(PLAIN).activations / 2


@pytest.mark.parametrize(
    ("change", "times"),
    [({"micro_rows": 8}, 2), ({"max_tokens": 256}, 2), ({"micro_rows": 1}, 1 / 4)],
    ids=str,
)
def test_activations_grow_with_the_tokens_of_a_pass(change, times):
    found = estimate(replace(PLAIN, **change)).activations
    assert found == pytest.approx(times * estimate(PLAIN).activations)


def test_a_pair_takes_two_rows():
    assert estimate(PLAIN, method=Method.DPO).activations == 2 * estimate(PLAIN).activations


def test_preferences_in_full_need_a_second_model():
    one, two = estimate(FULL).weights, estimate(FULL, method=Method.DPO).weights
    assert two == 2 * one


def test_sampled_tokens_count():
    found = estimate(PLAIN, method=Method.GRPO, sampled_tokens=128)
    assert found.activations == 2 * estimate(PLAIN).activations


def test_the_parts_make_the_whole():
    found = estimate(PLAIN)
    parts = (found.weights, found.gradients, found.optimizer, found.activations, found.head)
    assert found.total == sum(parts) + found.overhead


@pytest.mark.parametrize(
    ("name", "gibibytes"),
    [
        ("qwen2.5-14b", 80),
        ("mistral-7b-instruct-v0.3", 48),
        ("llama-3-8b", 48),
        ("verifier-3b", 24),
    ],
    ids=str,
)
def test_a_preset_fits_the_device_that_it_is_for(name, gibibytes):
    preset = get_preset(name)
    settings = read_settings(preset.settings)
    found = estimate_memory(
        preset.dimensions, settings, method=preset.method, precision=settings.precision
    )
    assert gibibytes / 4 < found.total / GIBIBYTE < gibibytes


def test_fourteen_billion_weights_in_full_fit_no_single_device():
    preset = get_preset("qwen2.5-14b")
    settings = replace(read_settings(preset.settings), lora=None)
    found = estimate_memory(
        preset.dimensions, settings, method=Method.SFT, precision=Precision.BF16
    )
    assert found.total > 200 * GIBIBYTE


def test_advice_names_what_is_not_done_yet():
    told = advise(FULL, method=Method.DPO)
    assert "--full" in told
    assert "--recompute" in told
    done = advise(
        replace(PLAIN, recompute=True, micro_rows=1, lora=LoraSettings()), method=Method.SFT
    )
    assert "--recompute" not in done
    assert "--micro-rows" not in done
    assert "--force" in done
