"""What a method's trainer is made of, loaded once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from peft import LoraConfig, PeftModel
from transformers import PreTrainedModel, PreTrainedTokenizerBase, TrainerCallback

from engine.training.errors import TrainingError
from engine.training.record import check_base
from engine.training.tune.arguments import common_arguments
from engine.training.tune.device import Place
from engine.training.tune.job import TuneJob
from engine.training.tune.model import (
    ADAPTER_FILE,
    adapter_config,
    load_adapter,
    load_base,
    load_tokenizer,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The parts of a trainer.

    Attributes:
        job: What is asked for.
        place: Where it runs.
        tokenizer: The base's own.
        model: The base, or the base with the adapter that training goes on from.
        adapter: The new adapter to be put on; None when there is one already or none is wanted.
        arguments: What every method's configuration takes.
        callbacks: What happens between steps.
    """

    job: TuneJob
    place: Place
    tokenizer: PreTrainedTokenizerBase
    model: PreTrainedModel | PeftModel
    adapter: LoraConfig | None
    arguments: dict[str, Any]
    callbacks: list[TrainerCallback]


def gather_material(job: TuneJob, place: Place, callbacks: list[TrainerCallback]) -> Material:
    """Load what the trainer needs.

    Raises:
        TrainingError: When the model, its tokenizer or the adapter cannot be used.
    """
    lora = job.settings.lora
    tokenizer = load_tokenizer(job.base)
    # Settings that cannot work are found before the weights are read.
    arguments = common_arguments(job, place)
    if job.from_adapter is not None:
        _check_adapter(job)
    base = load_base(job.base, job.method, job.settings, place)
    model = base if job.from_adapter is None else load_adapter(base, job.from_adapter)
    is_new = lora is not None and job.from_adapter is None
    return Material(
        job=job,
        place=place,
        tokenizer=tokenizer,
        model=model,
        adapter=adapter_config(lora, job.method) if is_new and lora is not None else None,
        arguments=arguments,
        callbacks=callbacks,
    )


def _check_adapter(job: TuneJob) -> None:
    folder = job.from_adapter
    if folder is None:
        return
    if job.settings.lora is None:
        raise TrainingError(
            "every weight cannot be trained on top of an adapter: `svend train merge` it first "
            "and give the merged folder as --base"
        )
    check_base(folder, job.base)
    path = folder / ADAPTER_FILE
    if not path.is_file():
        raise TrainingError(f"{folder} holds no adapter ({ADAPTER_FILE})")
    config = json.loads(path.read_text(encoding="utf-8"))
    wanted = adapter_config(job.settings.lora, job.method).task_type
    if config.get("task_type") != wanted:
        raise TrainingError(
            f"the adapter of {folder} is one for {config.get('task_type')}, not for {wanted}: "
            "merge it and train a new one on the merged model"
        )
