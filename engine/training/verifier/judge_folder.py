"""Verifiers out of folders: a base model that is to become one, and one that is finished."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedTokenizerBase,
)

from engine.training.errors import DatasetError, TrainingError
from engine.training.tune.settings import LoraSettings
from engine.training.verifier.claim_text import ClaimLayout, find_layout
from engine.training.verifier.encoder_judge import EncoderJudge
from engine.training.verifier.language_judge import LanguageJudge
from engine.training.verifier.residual_dropout import add_residual_dropout
from engine.training.verifier.settings import VerifierSettings
from engine.training.verifier.verifier_file import VerifierKind, read_verifier_file

ADAPTER_FILE: Final = "adapter_config.json"
CONFIG_FILE: Final = "config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModel:
    """A causal language model that can be asked.

    Attributes:
        model: In evaluation mode.
        tokenizer: Its own.
        layout: How claims are put to it.
    """

    model: Any
    tokenizer: PreTrainedTokenizerBase
    layout: ClaimLayout


def new_language_judge(
    base: Path, settings: VerifierSettings, *, device: str, dtype: torch.dtype = torch.float32
) -> LanguageJudge:
    """A base model with dropout and a new adapter, or with all weights free.

    Raises:
        DatasetError: The folder holds no model.
        InvalidInputError: No question can be put to the model.
    """
    loaded = _load_language(base, dtype=dtype)
    torch.manual_seed(settings.seed)
    add_residual_dropout(loaded.model, settings.residual_dropout)
    model = loaded.model if settings.lora is None else _adapted(loaded.model, settings.lora, base)
    return LanguageJudge(model.to(device), loaded.tokenizer, loaded.layout, settings.weights)


def new_encoder_judge(base: Path, settings: VerifierSettings, *, device: str) -> EncoderJudge:
    """A sequence classifier with one output; a head of another size is made anew.

    Raises:
        DatasetError: The folder holds no such model.
    """
    torch.manual_seed(settings.seed)
    model, tokenizer = _load_encoder(base)
    return EncoderJudge(model.to(device), tokenizer)


def load_judge(folder: Path, *, base: Path | None, device: str) -> LanguageJudge | EncoderJudge:
    """A finished verifier, in evaluation mode.

    Args:
        folder: What training wrote.
        base: The model that an adapter belongs to.
        device: Where it is to run.

    Raises:
        DatasetError: The folder holds no verifier, or an adapter without its base.
    """
    if read_verifier_file(folder).kind is VerifierKind.ENCODER:
        model, tokenizer = _load_encoder(folder)
        return EncoderJudge(model.to(device).eval(), tokenizer)
    loaded = load_language(folder, base=base)
    return LanguageJudge(loaded.model.to(device).eval(), loaded.tokenizer, loaded.layout)


def load_language(folder: Path, *, base: Path | None) -> LanguageModel:
    """A language model, or an adapter on its base.

    Raises:
        DatasetError: The folder holds neither, or an adapter without its base.
    """
    if not (folder / ADAPTER_FILE).is_file():
        return _load_language(folder)
    if base is None:
        raise DatasetError(f"{folder} holds an adapter: name its base model with --base")
    loaded = _load_language(base)
    try:
        model = PeftModel.from_pretrained(loaded.model, folder)
    except (OSError, ValueError, RuntimeError) as error:
        raise DatasetError(f"{folder} is no adapter of {base}: {error}") from error
    return LanguageModel(model=model, tokenizer=loaded.tokenizer, layout=loaded.layout)


def _load_language(folder: Path, *, dtype: torch.dtype = torch.float32) -> LanguageModel:
    _check_folder(folder)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        # Other kernels take no mask of our own, and chains are packed by one.
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype, attn_implementation="sdpa"
        )
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder} holds no language model: {error}") from error
    return LanguageModel(model=model.eval(), tokenizer=tokenizer, layout=find_layout(tokenizer))


def _load_encoder(folder: Path) -> tuple[Any, PreTrainedTokenizerBase]:
    _check_folder(folder)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, num_labels=1, ignore_mismatched_sizes=True, dtype=torch.float32
        )
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder} holds no sequence classifier: {error}") from error
    return model, tokenizer


def _check_folder(folder: Path) -> None:
    # Without this a name that is no folder would be looked for on the network.
    if not (folder / CONFIG_FILE).is_file():
        raise DatasetError(f"{folder} holds no model: {CONFIG_FILE} is missing")


def _adapted(model: Any, lora: LoraSettings, base: Path) -> PeftModel:
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.targets,
        task_type="CAUSAL_LM",
    )
    try:
        adapted = get_peft_model(model, config)
    except ValueError as error:
        raise TrainingError(f"no adapter fits the model: {error}") from error
    # A path of this machine means nothing where the adapter is served.
    config.base_model_name_or_path = base.name
    return adapted
