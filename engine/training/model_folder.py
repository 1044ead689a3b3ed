"""The model's shape, and the folder that a server loads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from transformers import (
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from engine.training.datasets.mini_template import mini_chat_template
from engine.training.errors import TrainingError
from engine.training.grammar import GRAMMAR_FILE, PROGRAM_GRAMMAR
from engine.training.row_format import BEGIN, END, PAD, STATEMENT_JOINT
from engine.training.tokenizer import CONTEXT_TOKENS, token_id

MODEL_NAME: Final = "svend-mini"
# The prompts of the first weights know fewer marks, and neither declining nor judging.
PROMPT_SET: Final = "svend-mini-2"
WEIGHTS_FILE: Final = "model.safetensors"
PROFILE_FILE: Final = "svend-profile.json"
# Where tokenizers, and servers over them, look for how a chat is written.
CHAT_TEMPLATE_FILE: Final = "chat_template.jinja"

CONFIG_FILE: Final = "config.json"

_MAX_COMPLETION_TOKENS: Final = 160
# What all models of this recipe share, whatever their size.
_COMMON: Final = (
    "model_type",
    "tie_word_embeddings",
    "hidden_act",
    "rms_norm_eps",
    "rope_parameters",
    "attention_bias",
    "mlp_bias",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShape:
    """The size of a model; the defaults make about six million parameters, deep and thin.

    Attributes:
        width: Of the residual stream; a multiple of the head size.
        inner_width: Of the feed-forward layers.
        n_layers: How many layers.
        n_heads: Query heads.
        n_key_value_heads: Key and value heads, shared among the query heads.
        head_width: 64, or 32 for a smaller model: sizes that CPU attention kernels have.
    """

    width: int = 256
    inner_width: int = 704
    n_layers: int = 8
    n_heads: int = 4
    n_key_value_heads: int = 2
    head_width: int = 64


def new_model(
    tokenizer: PreTrainedTokenizerFast, shape: ModelShape, *, seed: int
) -> LlamaForCausalLM:
    """A randomly initialised model whose input and output embeddings are one."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.width,
        intermediate_size=shape.inner_width,
        num_hidden_layers=shape.n_layers,
        num_attention_heads=shape.n_heads,
        num_key_value_heads=shape.n_key_value_heads,
        head_dim=shape.head_width,
        max_position_embeddings=CONTEXT_TOKENS,
        tie_word_embeddings=True,
        bos_token_id=token_id(tokenizer, BEGIN),
        eos_token_id=token_id(tokenizer, END),
        pad_token_id=token_id(tokenizer, PAD),
    )
    return LlamaForCausalLM(config)


def save_folder(
    folder: Path,
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    *,
    sampling_temperature: float,
    dtype: torch.dtype = torch.bfloat16,
) -> None:
    """Write weights, tokenizer, chat template and profile as a server reads them.

    Args:
        folder: Made when it is not there.
        model: Left as it is; a copy is cast.
        tokenizer: The model's own.
        sampling_temperature: What the profile tells a search to sample at.
        dtype: The type in which weights are stored.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.detach().to(dtype) for name, value in model.state_dict().items()}
    copy = LlamaForCausalLM(model.config)
    torch.nn.Module.to(copy, dtype=dtype)
    copy.load_state_dict(weights)
    copy.generation_config = GenerationConfig(
        bos_token_id=token_id(tokenizer, BEGIN),
        eos_token_id=token_id(tokenizer, END),
        pad_token_id=token_id(tokenizer, PAD),
    )
    copy.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    # safetensors writes for its owner only; a model is there to be read.
    (folder / WEIGHTS_FILE).chmod(0o644)
    write_chat_template(folder)
    write_profile(folder, sampling_temperature=sampling_temperature)


def load_folder(folder: Path, *, device: str) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """Read a model in full precision for evaluation, with its tokenizer."""
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    return on_device(model, device).eval(), tokenizer


def read_shape(folder: Path) -> ModelShape:
    """The shape of a model that lies in a folder.

    Raises:
        TrainingError: The folder holds no model of this kind.
    """
    try:
        config = LlamaConfig.from_json_file(folder / CONFIG_FILE)
    except (OSError, ValueError) as error:
        raise TrainingError(f"{folder} holds no model: {error}") from error
    ours = LlamaConfig(tie_word_embeddings=True)
    if any(getattr(config, name) != getattr(ours, name) for name in _COMMON):
        raise TrainingError(f"{folder} holds no model as `svend train base` makes them")
    return ModelShape(
        width=config.hidden_size,
        inner_width=config.intermediate_size,
        n_layers=config.num_hidden_layers,
        n_heads=config.num_attention_heads,
        n_key_value_heads=config.num_key_value_heads or config.num_attention_heads,
        head_width=config.head_dim or config.hidden_size // config.num_attention_heads,
    )


def find_weights(folder: Path) -> Path:
    """The file of a model's weights; nothing is read.

    Raises:
        TrainingError: There is no such folder, or no weights in one file in it.
    """
    if not folder.is_dir():
        raise TrainingError(f"{folder} holds no model: there is no such folder")
    if not (folder / WEIGHTS_FILE).is_file():
        raise TrainingError(f"{folder} holds no model: no weights in one file ({WEIGHTS_FILE})")
    return folder / WEIGHTS_FILE


def read_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of a model that lies in a folder, in the types that they are stored in.

    Raises:
        TrainingError: They are not there in one file, or cannot be read.
    """
    path = find_weights(folder)
    try:
        return load_file(path)
    except SafetensorError as error:
        raise TrainingError(f"{path} cannot be read: {error}") from error


def load_weights(model: LlamaForCausalLM, folder: Path) -> None:
    """Give a model the weights that lie in a folder, in the model's own precision.

    Raises:
        TrainingError: They are not there, or of another shape.
    """
    try:
        # The output embedding is the input embedding, and is stored once.
        missing, unexpected = model.load_state_dict(read_weights(folder), strict=False)
    except RuntimeError as error:
        raise TrainingError(f"{folder}: the weights cannot be taken over: {error}") from error
    if unexpected or set(missing) - {"lm_head.weight"}:
        raise TrainingError(f"{folder}: these are not the weights of a model of this shape")


def on_device(model: LlamaForCausalLM, device: str) -> LlamaForCausalLM:
    """The model itself, moved."""
    # The library wraps `to` in a way that its own type cannot express.
    torch.nn.Module.to(model, device)
    return model


def write_chat_template(folder: Path) -> None:
    """Write how a chat is put to the model, for servers that are asked for one.

    The engine itself asks for completions, which the template has no part in.
    """
    (folder / CHAT_TEMPLATE_FILE).write_text(mini_chat_template(), encoding="utf-8")


def write_profile(folder: Path, *, sampling_temperature: float) -> None:
    """Write what the engine needs to know to speak with the model."""
    profile = {
        "name": MODEL_NAME,
        "endpoint": "completions",
        "prompt_set": PROMPT_SET,
        "answer_protocol": "program",
        "stop": [END],
        "context_tokens": CONTEXT_TOKENS,
        "max_tokens": _MAX_COMPLETION_TOKENS,
        "sampling_temperature": sampling_temperature,
        # A step of a search is a statement of the program.
        "step_stop": [STATEMENT_JOINT],
        "step_joint": STATEMENT_JOINT,
        "grammar": GRAMMAR_FILE,
    }
    (folder / GRAMMAR_FILE).write_text(PROGRAM_GRAMMAR, encoding="utf-8")
    text = json.dumps(profile, indent=2) + "\n"
    (folder / PROFILE_FILE).write_text(text, encoding="utf-8")


def set_temperature(folder: Path, sampling_temperature: float) -> None:
    """Write the temperature into a model's profile and leave the rest of it as it is."""
    path = folder / PROFILE_FILE
    if not path.exists():
        write_profile(folder, sampling_temperature=sampling_temperature)
        return
    profile = json.loads(path.read_text(encoding="utf-8"))
    profile["sampling_temperature"] = sampling_temperature
    path.write_text(json.dumps(profile, indent=2) + "\n", encoding="utf-8")
