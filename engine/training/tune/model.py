"""The model that a run trains: the base as it is held, its context, and the adapter on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

import torch
from peft import LoraConfig, PeftModel, TaskType
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from engine.training.errors import TrainingError
from engine.training.record import write_json
from engine.training.tune.device import Place, dtype_of
from engine.training.tune.library import first_line
from engine.training.tune.memory import weight_bytes
from engine.training.tune.settings import LoraSettings, Method, RopeMethod, TuneSettings

ADAPTER_FILE: Final = "adapter_config.json"
PROFILE_FILE: Final = "svend-profile.json"

_FULL_BYTES: Final = 4
# Files beside `tokenizer.json` that some tokenizers are read from.
_TOKENIZER_PATTERNS: Final = (
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "chat_template*",
    "*.model",
)


def load_tokenizer(base: str) -> PreTrainedTokenizerBase:
    """The base model's tokenizer, with a token to pad with.

    Raises:
        TrainingError: When there is none.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(base)
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"{base} holds no tokenizer that can be read: {first_line(error)}"
        ) from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    # The side that it pads on is left as it is, and saved so: whoever makes batches names theirs.
    return tokenizer


def load_base(base: str, method: Method, settings: TuneSettings, place: Place) -> PreTrainedModel:
    """Load the base model as it is trained on.

    Raises:
        TrainingError: When it is not there, or its context cannot be what is asked for.
    """
    dtype = (
        torch.float32
        if weight_bytes(settings, place.precision) == _FULL_BYTES
        else dtype_of(place.precision)
    )
    kind = AutoModelForSequenceClassification if method == Method.REWARD else AutoModelForCausalLM
    own = {"num_labels": 1} if method == Method.REWARD else {}
    try:
        config = stretch_context(AutoConfig.from_pretrained(base, **own), settings)
        model = kind.from_pretrained(base, config=config, dtype=dtype)
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"{base} is no model that can be loaded: {first_line(error)}"
        ) from error
    # Set while keys and values are kept for sampling, and useless in training.
    model.config.use_cache = False
    return model


def load_adapter(model: PreTrainedModel, folder: Path) -> PeftModel:
    """Put a trained adapter onto its base, to be trained on.

    Raises:
        TrainingError: When the folder holds none, or one of another model.
    """
    if not (folder / ADAPTER_FILE).is_file():
        raise TrainingError(f"{folder} holds no adapter ({ADAPTER_FILE})")
    try:
        adapted = PeftModel.from_pretrained(model, folder, is_trainable=True)
    except (RuntimeError, ValueError, OSError) as error:
        raise TrainingError(
            f"the adapter of {folder} does not fit the model: {first_line(error)}"
        ) from error
    for config in adapted.peft_config.values():
        # What the adapter calls its base may be no place here; asked to save, the library would
        # look for it online.
        config.base_model_name_or_path = model.name_or_path
    return adapted


def name_base(folder: Path, base: str) -> None:
    """Let an adapter call its base by a name that means something on other machines too.

    Args:
        folder: Of the adapter.
        base: As it was given. The name of a published model and a relative path stay as they are;
            of any other folder below this one the path from here, else the last name, is left.
    """
    place = Path(base)
    if place.is_absolute():
        here = Path.cwd()
        base = str(place.relative_to(here)) if place.is_relative_to(here) else place.name
    path = folder / ADAPTER_FILE
    values = json.loads(path.read_text(encoding="utf-8"))
    write_json(path, {**values, "base_model_name_or_path": base})


def adapter_config(lora: LoraSettings, method: Method) -> LoraConfig:
    """An adapter as PEFT describes it; a reward model's new head is trained whole."""
    targets = lora.targets if lora.targets == "all-linear" else lora.targets.split(",")
    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=targets,
        task_type=TaskType.SEQ_CLS if method == Method.REWARD else TaskType.CAUSAL_LM,
        modules_to_save=["score"] if method == Method.REWARD else None,
    )


def stretch_context(config: PreTrainedConfig, settings: TuneSettings) -> PreTrainedConfig:
    """Scale rotary positions so that the context is as long as asked for.

    Raises:
        TrainingError: When the model has no rotary positions, or scales them already.
    """
    asked, own = settings.context_tokens, getattr(config, "max_position_embeddings", None)
    if asked is None or (own is not None and asked <= own):
        return config
    rope: dict[str, Any] | None = getattr(config, "rope_parameters", None)
    if own is None or not rope:
        raise TrainingError("this kind of model has no rotary positions to scale")
    if rope.get("rope_type", "default") != "default":
        raise TrainingError(
            f"the model reaches its {own} tokens by {rope['rope_type']} already; give it no other"
        )
    method = settings.rope or RopeMethod.YARN
    config.rope_parameters = {**rope, "rope_type": method.value, "factor": asked / own}
    if method == RopeMethod.YARN:
        config.rope_parameters["original_max_position_embeddings"] = own
    config.max_position_embeddings = asked
    return config


def copy_tokenizer(base: str, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Put the tokenizer beside the weights, with the files of the base that it was read from."""
    tokenizer.save_pretrained(folder)
    source = Path(base)
    for name in _TOKENIZER_PATTERNS if source.is_dir() else ():
        for path in source.glob(name):
            if path.is_file() and not (folder / path.name).exists():
                shutil.copyfile(path, folder / path.name)


def copy_profile(base: str, folder: Path) -> None:
    """Put the base's profile beside the weights, where it has one."""
    path = Path(base) / PROFILE_FILE
    if path.is_file():
        profile = json.loads(path.read_text(encoding="utf-8"))
        (folder / PROFILE_FILE).write_text(json.dumps(profile, indent=2) + "\n", encoding="utf-8")
