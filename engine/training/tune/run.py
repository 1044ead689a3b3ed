"""A run from job to folder: goes on where it was broken off, and leaves a record."""

from __future__ import annotations

import logging
import shutil
import time
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

from accelerate import PartialState
from peft import PeftModel
from peft.utils.error import NoMatchingPeftModuleError
from torch.utils.tensorboard import SummaryWriter
from transformers import (
    EarlyStoppingCallback,
    PrinterCallback,
    Trainer,
    TrainerCallback,
)
from transformers.integrations.integration_utils import TensorBoardCallback

from engine.training.errors import TrainingError
from engine.training.record import (
    RunRecord,
    find_record,
    let_read,
    library_versions,
    write_record,
)
from engine.training.tune.base import require_published
from engine.training.tune.callback import (
    METRICS_FILE,
    ChosenWatch,
    MetricsLog,
    ProgressBar,
    WholeMark,
    last_metrics,
    read_metrics,
)
from engine.training.tune.device import Place, find_place, peak_memory_bytes
from engine.training.tune.job import Identity, Report, TuneJob, identify
from engine.training.tune.library import first_line, quiet_libraries, require_reports
from engine.training.tune.material import Material, gather_material
from engine.training.tune.model import copy_profile, copy_tokenizer, name_base
from engine.training.tune.settings import Device, Method
from engine.training.tune.start import TENSORBOARD_FOLDER, Start, begin, find_done, hold_alone
from engine.training.tune.token_count import TokenCount
from engine.training.tune.tracking import FollowedRun, describe_files, flatten, follow

logger = logging.getLogger(__name__)


def run_job(job: TuneJob) -> RunRecord:
    """Train, or go on with training, and write the result.

    A result of the same job that is there already is left as it is.

    Raises:
        TrainingError: When the job cannot be carried out as asked.
    """
    quiet_libraries()
    require_reports(job.reports)
    place = find_place(job.settings.device, job.settings.precision)
    identity = identify(job)
    with ExitStack() as held:
        with PartialState(cpu=place.device == Device.CPU).main_process_first():
            done = find_done(job.out_dir, identity.fingerprint) if job.resumes else None
            if done is not None:
                logger.info("nothing to do: the result is there fingerprint=%s", done.fingerprint)
                return done
            if place.leads:
                held.enter_context(hold_alone(job.out_dir))
            # What the first process has made ready is not deleted by those behind it.
            resumes = job.resumes or not place.leads
            start = begin(job.out_dir, identity.fingerprint, resumes=resumes)
        # Not asked for a result that is there already.
        require_published(job.base)
        callbacks = _callbacks(job, start, leads=place.leads)
        if place.leads:
            callbacks += held.enter_context(follow(job.reports, _followed(job, identity, place)))
        trainer = build_trainer(gather_material(job, place, callbacks))
        return _train(job, identity, place, trainer, start)


def build_trainer(material: Material) -> Trainer:
    """The trainer of the job's method; its module is imported only now.

    Raises:
        DatasetError: When the model's template refuses a row.
        TrainingError: When the model has no layer that the adapter is for.
    """
    module = import_module(f"engine.training.tune.{material.job.method}")
    try:
        trainer: Trainer = module.build(material)
    except NoMatchingPeftModuleError as error:
        raise TrainingError(f"no adapter fits the model: {first_line(error)}") from error
    # The library prints each log as a dictionary when it may draw no bar.
    trainer.remove_callback(PrinterCallback)
    # Where completions are sampled the library keeps the count over attempts by itself.
    if material.job.method != Method.GRPO:
        trainer.add_callback(TokenCount(trainer))
    return trainer


def _callbacks(job: TuneJob, start: Start, *, leads: bool) -> list[TrainerCallback]:
    metrics = MetricsLog(job.out_dir / METRICS_FILE, begun_s=start.elapsed_s)
    found: list[TrainerCallback] = [WholeMark(), metrics, ProgressBar()]
    if Report.TENSORBOARD in job.reports and leads:
        writer = SummaryWriter(log_dir=str(job.out_dir / TENSORBOARD_FOLDER))
        found.append(TensorBoardCallback(tb_writer=writer))
    if job.dev.rows and job.settings.patience:
        found.append(EarlyStoppingCallback(early_stopping_patience=job.settings.patience))
    return found


def _followed(job: TuneJob, identity: Identity, place: Place) -> FollowedRun:
    values = {
        "method": job.control or job.method.value,
        "fingerprint": identity.fingerprint,
        "base": _base_name(job),
        "base_digest": identity.base_digest,
        "data": describe_files(job.rows.files),
        "dev": describe_files(job.dev.files),
        **job.settings_values,
        "device": place.describe(),
    }
    return FollowedRun(name=job.out_dir.name, settings=flatten(values))


def _train(
    job: TuneJob, identity: Identity, place: Place, trainer: Trainer, start: Start
) -> RunRecord:
    begun = time.monotonic()
    trainer.train(resume_from_checkpoint=str(start.checkpoint) if start.checkpoint else None)
    wall_time_s = start.elapsed_s + time.monotonic() - begun
    record = _record(job, identity, place, trainer, wall_time_s)
    trainer.accelerator.wait_for_everyone()
    if place.leads:
        _save(job, trainer)
        write_record(job.out_dir, record)
        if not job.keeps_checkpoints:
            shutil.rmtree(job.work_dir)
        logger.info("written out=%s steps=%d", job.out_dir.name, record.n_steps)
    trainer.accelerator.wait_for_everyone()
    return record


def _save(job: TuneJob, trainer: Trainer) -> None:
    model: Any = trainer.accelerator.unwrap_model(trainer.model)
    if isinstance(model, PeftModel):
        # A frozen copy of the adapter may stand beside it as the reference.
        model.save_pretrained(str(job.out_dir), selected_adapters=["default"])
        # The library's card names folders of this machine; the registry writes its own.
        (job.out_dir / "README.md").unlink(missing_ok=True)
        name_base(job.out_dir, job.base)
        if job.settings.context_tokens is not None:
            model.config.save_pretrained(str(job.out_dir))
    else:
        model.save_pretrained(str(job.out_dir))
    let_read(job.out_dir)
    copy_tokenizer(job.base, trainer.processing_class, job.out_dir)  # type: ignore[arg-type]
    copy_profile(job.base, job.out_dir)


def _record(
    job: TuneJob, identity: Identity, place: Place, trainer: Trainer, wall_time_s: float
) -> RunRecord:
    parent = find_record(job.from_adapter) if job.from_adapter else None
    trained = (one for one in trainer.model.parameters() if one.requires_grad)  # type: ignore[union-attr]
    return RunRecord(
        method=job.control or job.method.value,
        fingerprint=identity.fingerprint,
        base=_base_name(job),
        base_digest=identity.base_digest,
        parent=parent.fingerprint if parent else identity.adapter_digest[:32],
        data=job.rows.files,
        dev=job.dev.files,
        settings=job.settings_values,
        seed=job.settings.seed,
        versions=library_versions(),
        device=place.describe(),
        metrics=last_metrics(read_metrics(job.out_dir / METRICS_FILE)) | _best(trainer),
        n_steps=trainer.state.global_step,
        n_trained=sum(one.numel() for one in trained),
        stopped=_why_stopped(trainer),
        wall_time_s=round(wall_time_s, 3),
        peak_memory_bytes=peak_memory_bytes(place.device),
    )


def _base_name(job: TuneJob) -> str:
    return Path(job.base).name if Path(job.base).is_dir() else job.base


def _best(trainer: Trainer) -> dict[str, float]:
    """What the weights that are written were evaluated at: the best, and not the last."""
    state, name = trainer.state, trainer.args.metric_for_best_model
    if state.best_metric is None or name is None:
        return {}
    return {f"best_{name}": state.best_metric, "best_step": float(state.best_global_step or 0)}


def _why_stopped(trainer: Trainer) -> str:
    """Why the run ended before its last step; empty if it did not."""
    reasons = (
        one.reason for one in trainer.callback_handler.callbacks if isinstance(one, ChosenWatch)
    )
    reason = next((one for one in reasons if one), "")
    if reason or trainer.state.global_step >= trainer.state.max_steps:
        return reason
    return "the development rows showed no gain"
