"""The settings of a run in the words of the library, for what every method has in common."""

from __future__ import annotations

from typing import Any

from engine.training.errors import TrainingError
from engine.training.tune.device import Place
from engine.training.tune.job import TuneJob
from engine.training.tune.settings import Device, Precision, TuneSettings, learning_rate_of

# One to go on from, and the one before, in case a kill tears the last.
KEPT_CHECKPOINTS = 2


def common_arguments(job: TuneJob, place: Place) -> dict[str, Any]:
    """What every method's configuration takes.

    The library's own defaults are not relied on where they would surprise: it recomputes
    activations, computes in bf16 and cuts rows at 1,024 tokens unless told otherwise.

    Raises:
        TrainingError: When the batch cannot be divided among the processes.
    """
    settings = job.settings
    has_dev = bool(job.dev.rows)
    return {
        "output_dir": str(job.work_dir),
        "per_device_train_batch_size": settings.micro_rows,
        "per_device_eval_batch_size": settings.micro_rows,
        "gradient_accumulation_steps": count_micro_batches(settings, place.n_processes),
        "num_train_epochs": settings.n_epochs,
        "max_steps": settings.max_steps or -1,
        "learning_rate": learning_rate_of(job.method, settings),
        "lr_scheduler_type": "cosine",
        "warmup_steps": settings.warm_up_ratio,
        "weight_decay": settings.weight_decay,
        "max_grad_norm": settings.clip_norm,
        "gradient_checkpointing": settings.recompute,
        "gradient_checkpointing_kwargs": {"use_reentrant": False} if settings.recompute else None,
        "bf16": place.precision == Precision.BF16,
        "fp16": place.precision == Precision.FP16,
        "use_cpu": place.device == Device.CPU,
        "seed": settings.seed,
        "data_seed": settings.seed,
        "logging_steps": settings.log_steps,
        "logging_first_step": True,
        "save_strategy": "steps",
        "save_steps": settings.save_steps,
        "save_total_limit": None if job.keeps_checkpoints else KEPT_CHECKPOINTS,
        "eval_strategy": "steps" if has_dev else "no",
        "eval_steps": settings.save_steps,
        "load_best_model_at_end": has_dev,
        "metric_for_best_model": "eval_loss" if has_dev else None,
        "greater_is_better": False if has_dev else None,
        "restore_callback_states_from_checkpoint": True,
        # Services are told by callbacks of our own.
        "report_to": [],
        "run_name": job.out_dir.name,
        "disable_tqdm": True,
        # Pinned memory is what a copy to a CUDA device is quick from; elsewhere there is none.
        "dataloader_pin_memory": place.device == Device.CUDA,
        "ddp_find_unused_parameters": False if place.n_processes > 1 else None,
    }


def count_micro_batches(settings: TuneSettings, n_processes: int) -> int:
    """Forward passes of one process for one step.

    Raises:
        TrainingError: When the rows of a step cannot be shared out evenly.
    """
    at_once = settings.micro_rows * n_processes
    if settings.batch_rows % at_once:
        raise TrainingError(
            f"{settings.batch_rows} rows a step cannot be shared by {n_processes} processes of "
            f"{settings.micro_rows} rows each: give a --batch-rows that is a multiple of {at_once}"
        )
    return settings.batch_rows // at_once
