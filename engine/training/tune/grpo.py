"""Learning from execution: completions of one prompt are compared by what their programs give."""

from __future__ import annotations

import math
from typing import Any

from transformers import Trainer

from engine.training.tune.callback import WithoutReference
from engine.training.tune.encode import DEV_ROW
from engine.training.tune.execution_reward import execution_reward
from engine.training.tune.library import without_server
from engine.training.tune.material import Material
from engine.training.tune.prompted import prompted_rows
from engine.training.tune.settings import GrpoSettings, check_groups

with without_server():
    from trl.trainer.grpo_config import GRPOConfig
    from trl.trainer.grpo_trainer import GRPOTrainer


def build(material: Material) -> Trainer:
    """The trainer of a run that samples.

    Raises:
        DatasetError: When the template refuses a prompt.
        TrainingError: When the batch holds no whole groups, or there is no template.
    """
    job, own = material.job, material.job.own or GrpoSettings()
    check_groups(job.settings, own)
    arguments = material.arguments | _evaluation(material, own)
    tokenizer, dev = material.tokenizer, job.dev.rows
    return GRPOTrainer(
        model=material.model,
        reward_funcs=execution_reward,
        args=GRPOConfig(
            **arguments,
            num_generations=own.n_samples,
            max_completion_length=own.max_completion_tokens,
            temperature=own.temperature,
            beta=own.beta,
        ),
        train_dataset=prompted_rows(job.rows.rows, tokenizer),
        eval_dataset=prompted_rows(dev, tokenizer, name=DEV_ROW) if dev else None,
        processing_class=tokenizer,
        peft_config=material.adapter,
        callbacks=[WithoutReference(), *material.callbacks],
    )


def _evaluation(material: Material, own: GrpoSettings) -> dict[str, Any]:
    """The best checkpoint is the one of the highest reward: the loss says nothing here."""
    if not material.job.dev.rows:
        return {}
    return {
        "metric_for_best_model": "eval_reward",
        "greater_is_better": True,
        # Whole groups are evaluated, whatever the forward pass of training holds.
        "per_device_eval_batch_size": math.lcm(material.job.settings.micro_rows, own.n_samples),
    }
