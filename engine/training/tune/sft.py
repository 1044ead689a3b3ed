"""Supervised training: the model learns to say what the assistant says in the rows."""

from __future__ import annotations

import logging
from importlib.util import find_spec

from datasets import Dataset
from transformers import Trainer
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from engine.training.tune.encode import DEV_ROW, TRAINING_ROW, encode_rows
from engine.training.tune.material import Material
from engine.training.tune.rows import RowSet
from engine.training.tune.settings import Device

logger = logging.getLogger(__name__)


def build(material: Material) -> Trainer:
    """The trainer of a supervised run.

    Raises:
        DatasetError: When the template refuses a row, or it has nothing to train on.
        TrainingError: When there is no template, or every row is too long.
    """
    settings, dev = material.job.settings, material.job.dev
    return SFTTrainer(
        model=material.model,
        args=SFTConfig(
            **material.arguments,
            max_length=settings.max_tokens,
            packing=settings.packing,
            packing_strategy=_packing_strategy(material),
            eval_packing=False,
        ),
        train_dataset=_encode(material, material.job.rows),
        eval_dataset=_encode(material, dev, DEV_ROW) if dev.rows else None,
        processing_class=material.tokenizer,
        peft_config=material.adapter,
        callbacks=material.callbacks,
    )


def _encode(material: Material, rows: RowSet, name: str = TRAINING_ROW) -> Dataset:
    max_tokens = material.job.settings.max_tokens
    encoded = encode_rows(
        rows.rows,
        material.tokenizer,
        max_tokens=max_tokens,
        schemas=material.job.schemas,
        name=name,
    )
    if encoded.n_too_long:
        logger.warning("rows left out n=%d max_tokens=%d", encoded.n_too_long, max_tokens)
    return Dataset.from_list(
        [{"input_ids": list(row.ids), "labels": list(row.targets)} for row in encoded.rows]
    )


def _packing_strategy(material: Material) -> str:
    """Rows packed whole need a kernel that keeps them apart; else they are cut and joined."""
    keeps_apart = material.place.device == Device.CUDA and find_spec("flash_attn") is not None
    if material.job.settings.packing and not keeps_apart:
        logger.warning("packed rows see one another: flash_attn is not installed")
    return "bfd" if keeps_apart else "wrapped"
