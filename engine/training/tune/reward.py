"""A reward model: one number for a whole chain, higher for the better of two."""

from __future__ import annotations

from transformers import Trainer
from trl.trainer.reward_config import RewardConfig
from trl.trainer.reward_trainer import RewardTrainer

from engine.training.tune.dpo import to_pairs
from engine.training.tune.encode import DEV_ROW
from engine.training.tune.material import Material
from engine.training.tune.settings import RewardSettings


def build(material: Material) -> Trainer:
    """The trainer of a reward model.

    Raises:
        DatasetError: When the template refuses a row.
        TrainingError: When messages are given to a model without a chat template.
    """
    job, own = material.job, material.job.own or RewardSettings()
    return RewardTrainer(
        model=material.model,
        args=RewardConfig(
            **material.arguments,
            max_length=job.settings.max_tokens,
            center_rewards_coefficient=own.centre or None,
        ),
        train_dataset=to_pairs(material, job.rows),
        eval_dataset=to_pairs(material, job.dev, DEV_ROW) if job.dev.rows else None,
        processing_class=material.tokenizer,
        peft_config=material.adapter,
        callbacks=material.callbacks,
    )
