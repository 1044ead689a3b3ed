"""Direct preference optimisation: the better turn gains on the worse one."""

from __future__ import annotations

from datasets import Dataset
from transformers import Trainer
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DPOTrainer

from engine.training.tune.callback import ChosenWatch, WithoutReference
from engine.training.tune.encode import DEV_ROW, TRAINING_ROW
from engine.training.tune.material import Material
from engine.training.tune.model import load_base
from engine.training.tune.prompted import prompted_rows
from engine.training.tune.rows import RowSet
from engine.training.tune.settings import DpoSettings


def build(material: Material) -> Trainer:
    """The trainer of a preference run.

    The reference is the model before the run: the same weights with the adapter switched off, or
    with a frozen copy of the adapter that training goes on from. Only where every weight is
    trained is a second model loaded.

    Raises:
        DatasetError: When the template refuses a row.
        TrainingError: When messages are given to a model without a chat template.
    """
    job, own = material.job, material.job.own or DpoSettings()
    reference = (
        load_base(job.base, job.method, job.settings, material.place)
        if job.settings.lora is None
        else None
    )
    watch = ChosenWatch(beta=own.beta, max_drop=own.max_drop)
    return DPOTrainer(
        model=material.model,
        ref_model=reference,
        args=DPOConfig(
            **material.arguments,
            max_length=job.settings.max_tokens,
            beta=own.beta,
            loss_type=["sigmoid", "sft"] if own.anchor_weight else ["sigmoid"],
            loss_weights=[1.0, own.anchor_weight] if own.anchor_weight else [1.0],
        ),
        train_dataset=to_pairs(material, job.rows),
        eval_dataset=to_pairs(material, job.dev, DEV_ROW) if job.dev.rows else None,
        processing_class=material.tokenizer,
        peft_config=material.adapter,
        callbacks=[WithoutReference(), *material.callbacks, watch],
    )


def to_pairs(material: Material, rows: RowSet, name: str = TRAINING_ROW) -> Dataset:
    """Preference rows as the library reads them.

    Raises:
        DatasetError: When the template refuses a row.
        TrainingError: When messages are given to a model without a chat template.
    """
    return prompted_rows(rows.rows, material.tokenizer, name=name)
