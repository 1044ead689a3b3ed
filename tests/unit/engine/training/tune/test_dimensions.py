"""Parameters are counted from a configuration as the library counts them in a model."""

from __future__ import annotations

import json

import pytest
import torch
from peft import get_peft_model
from transformers import (
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
)
from transformers.models.auto.modeling_auto import AutoModelForCausalLM

from engine.training.errors import TrainingError
from engine.training.model_folder import ModelShape
from engine.training.tune.dimensions import find_dimensions, read_dimensions
from engine.training.tune.model import adapter_config
from engine.training.tune.preset import get_preset
from engine.training.tune.settings import LoraSettings, Method

SMALL = {
    "hidden_size": 96,
    "intermediate_size": 160,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 512,
    "max_position_embeddings": 128,
}
CONFIGS = {
    "llama": LlamaConfig(**SMALL),
    "llama-tied": LlamaConfig(**SMALL, tie_word_embeddings=True),
    "llama-wide-heads": LlamaConfig(**SMALL, head_dim=64),
    "mistral": MistralConfig(**SMALL),
    "qwen2": Qwen2Config(**SMALL),
    "qwen3": Qwen3Config(**SMALL, head_dim=32, tie_word_embeddings=True),
}
# As the makers publish them.
PUBLISHED = {
    "qwen2.5-14b": 14_770_033_664,
    "mistral-7b-instruct-v0.3": 7_248_023_552,
    "llama-3-8b": 8_030_261_248,
    "verifier-3b": 3_085_938_688,
}
KINDS = {
    "qwen2.5-14b": Qwen2Config,
    "mistral-7b-instruct-v0.3": MistralConfig,
    "llama-3-8b": LlamaConfig,
    "verifier-3b": Qwen2Config,
    "svend-mini": LlamaConfig,
}


def on_meta(config):
    # Shapes without numbers: a model of any size takes no memory.
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(config)


def config_of(name):
    found = get_preset(name).dimensions
    return KINDS[name](
        hidden_size=found.width,
        intermediate_size=found.inner_width,
        num_hidden_layers=found.n_layers,
        num_attention_heads=found.n_heads,
        num_key_value_heads=found.n_key_value_heads,
        head_dim=found.head_width,
        vocab_size=found.vocabulary,
        max_position_embeddings=found.context_tokens,
        tie_word_embeddings=found.tied,
    )


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_every_parameter_is_counted(config):
    counted = read_dimensions(config.to_dict()).n_parameters
    assert counted == on_meta(config).num_parameters()


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_every_parameter_of_an_adapter_is_counted(config):
    adapted = get_peft_model(on_meta(config), adapter_config(LoraSettings(rank=8), Method.SFT))
    n_trained, _ = adapted.get_nb_trainable_parameters()
    assert read_dimensions(config.to_dict()).n_adapter_parameters(8) == n_trained


@pytest.mark.parametrize("name", KINDS)
def test_a_presets_dimensions_are_those_of_its_model(name):
    counted = get_preset(name).dimensions.n_parameters
    assert counted == on_meta(config_of(name)).num_parameters()
    assert counted == PUBLISHED.get(name, counted)


def test_the_projects_own_shape_is_its_presets():
    shape, found = ModelShape(), get_preset("svend-mini").dimensions
    ours = (shape.width, shape.inner_width, shape.n_layers, shape.n_heads, shape.head_width)
    theirs = (found.width, found.inner_width, found.n_layers, found.n_heads, found.head_width)
    assert ours == theirs


def test_a_model_of_another_kind_is_refused():
    with pytest.raises(TrainingError, match="hidden_size"):
        read_dimensions({"d_model": 512})


def test_a_folder_tells_its_dimensions(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(CONFIGS["llama"].to_dict()))
    assert find_dimensions(str(tmp_path)).n_layers == 3


@pytest.mark.parametrize("text", [None, "{", "{}"], ids=["none", "torn", "other"])
def test_a_folder_may_tell_nothing(tmp_path, text):
    if text is not None:
        (tmp_path / "config.json").write_text(text)
    assert find_dimensions(str(tmp_path)) is None
