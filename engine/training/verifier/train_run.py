"""One training run of a verifier: from files of judged chains to a folder that is served."""

from __future__ import annotations

import logging
import shutil
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from accelerate import PartialState
from accelerate.utils import gather_object
from torch.utils.tensorboard import SummaryWriter
from transformers import (
    EarlyStoppingCallback,
    PrinterCallback,
    TrainerCallback,
    TrainingArguments,
)
from transformers.integrations.integration_utils import TensorBoardCallback

from engine.training.errors import DatasetError, TrainingError
from engine.training.example import JudgedChain
from engine.training.record import (
    RunRecord,
    let_read,
    library_versions,
    weights_digest,
    write_record,
)
from engine.training.tune.callback import (
    METRICS_FILE,
    MetricsLog,
    ProgressBar,
    WholeMark,
    last_metrics,
    read_metrics,
)
from engine.training.tune.device import Place, dtype_of, find_place, peak_memory_bytes
from engine.training.tune.job import Report
from engine.training.tune.library import quiet_libraries, require_reports
from engine.training.tune.settings import Device, Precision
from engine.training.tune.start import (
    TENSORBOARD_FOLDER,
    Start,
    begin,
    find_done,
    hold_alone,
)
from engine.training.tune.tracking import follow
from engine.training.verifier.chain_file import keep_apart, orderable, read_chains
from engine.training.verifier.chain_trainer import ChainTrainer, EncodedQuestions
from engine.training.verifier.encoder_judge import EncoderJudge
from engine.training.verifier.job import (
    METHOD,
    VerifierRun,
    data_files,
    describe_run,
    fingerprint_run,
)
from engine.training.verifier.judge_folder import new_encoder_judge, new_language_judge
from engine.training.verifier.language_judge import LanguageJudge
from engine.training.verifier.likelihood_teacher import teach
from engine.training.verifier.question_rows import row_groups
from engine.training.verifier.settings import VerifierSettings
from engine.training.verifier.verifier_file import (
    VerifierFile,
    question_digests,
    read_verifier_file,
)
from engine.training.verifier.within_question import METRIC

logger = logging.getLogger(__name__)

_N_KEPT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chains:
    train: tuple[JudgedChain, ...]
    dev: tuple[JudgedChain, ...]
    ordered: tuple[JudgedChain, ...]
    rows: list[Any]


def train_verifier(run: VerifierRun, settings: VerifierSettings) -> RunRecord:
    """Train, or go on from the last whole checkpoint; a run that is finished is left alone.

    Raises:
        DatasetError: The chains or the model cannot be read, or no figure can be had of the
            development chains.
        TrainingError: The settings cannot be carried out, or the folder holds another run.
    """
    quiet_libraries()
    require_reports(run.reports)
    place = find_place(settings.device, settings.precision)
    fingerprint = fingerprint_run(run, settings)
    done = find_done(run.out_dir, fingerprint) if run.resumes else None
    if done is not None:
        logger.info("nothing to do: the result is there fingerprint=%s", fingerprint)
        return done
    judge = _new_judge(run, settings, place)
    chains = _load_chains(run, judge, settings)
    with ExitStack() as held:
        with PartialState(cpu=place.device is Device.CPU).main_process_first():
            if place.leads:
                held.enter_context(hold_alone(run.out_dir))
            # What the first process has made ready is not deleted by those behind it.
            resumes = run.resumes or not place.leads
            start = begin(run.out_dir, fingerprint, resumes=resumes)
        callbacks = _callbacks(run, settings, place, start)
        if place.leads:
            followed = describe_run(run, settings, place, fingerprint)
            callbacks += held.enter_context(follow(run.reports, followed))
        trainer = ChainTrainer(
            judge,
            EncodedQuestions(chains.rows),
            chains.ordered,
            arguments=_arguments(run, settings, place),
            callbacks=callbacks,
        )
        trainer.remove_callback(PrinterCallback)
        begun_s = time.monotonic()
        trainer.train(resume_from_checkpoint=str(start.checkpoint) if start.checkpoint else None)
        wall_time_s = round(start.elapsed_s + time.monotonic() - begun_s, 3)
        record = _record(run, settings, place, trainer, fingerprint, wall_time_s)
        trainer.accelerator.wait_for_everyone()
        if place.leads:
            _finish(run, judge, chains)
            write_record(run.out_dir, record)
            # Only now: what is killed before the record goes on from the checkpoints.
            shutil.rmtree(run.work_dir)
        trainer.accelerator.wait_for_everyone()
        return record


def _new_judge(
    run: VerifierRun, settings: VerifierSettings, place: Place
) -> LanguageJudge | EncoderJudge:
    if run.is_encoder:
        return new_encoder_judge(run.base, settings, device=place.device.value)
    # Frozen weights need no more than the precision of the passes; trained ones do.
    is_frozen = settings.lora is not None and place.device is Device.CUDA
    dtype = dtype_of(place.precision if is_frozen else Precision.FP32)
    return new_language_judge(run.base, settings, device=place.device.value, dtype=dtype)


def _load_chains(
    run: VerifierRun, judge: LanguageJudge | EncoderJudge, settings: VerifierSettings
) -> _Chains:
    dev = read_chains(run.dev)
    ordered = orderable(dev)
    apart = keep_apart(read_chains(run.chains), dev)
    pairs: list[tuple[Any, JudgedChain]] = [(judge.encode(one), one) for one in apart.chains]
    kept = [pair for pair in pairs if len(pair[0].ids) <= settings.max_tokens]
    if not kept:
        raise DatasetError(
            f"no chain is left to train on: {apart.n_dropped} are of development questions, "
            f"{len(pairs)} longer than {settings.max_tokens} tokens"
        )
    train = tuple(chain for _, chain in kept)
    groups = row_groups(
        [chain.question for chain in train],
        n_most=settings.row_chains,
        is_right=[chain.is_right for chain in train],
    )
    logger.info(
        "chains train=%d rows=%d dev=%d ordered=%d of_dev_questions=%d too_long=%d",
        *(len(kept), len(groups), len(dev), len(ordered), apart.n_dropped, len(pairs) - len(kept)),
    )
    return _Chains(
        train=train,
        dev=dev,
        ordered=ordered,
        rows=_teach(
            judge,
            [judge.join([kept[index][0] for index in group]) for group in groups],
            settings.taught_share,
        ),
    )


def _teach(judge: LanguageJudge | EncoderJudge, rows: list[Any], taught_share: float) -> list[Any]:
    """Rows with what the untrained judge's own likelihood says in their targets."""
    if not taught_share:
        return rows
    if not isinstance(judge, LanguageJudge):
        raise TrainingError(
            "an encoder has no likelihood to be taught by: leave taught_share at 0"
        )
    # Each process reads its part.
    state = PartialState(cpu=judge.model.device.type == Device.CPU.value)
    with state.split_between_processes(rows) as own:
        read: Any = gather_object(judge.likelihoods(cast("list[Any]", own)))
    return teach(rows, read, share=taught_share)


def _arguments(run: VerifierRun, settings: VerifierSettings, place: Place) -> TrainingArguments:
    at_once = settings.micro_rows * place.n_processes
    if settings.batch_rows % at_once:
        raise TrainingError(
            f"{settings.batch_rows} rows a step cannot be shared by {place.n_processes} "
            f"processes of {settings.micro_rows} each"
        )
    return TrainingArguments(
        output_dir=str(run.work_dir),
        num_train_epochs=settings.n_epochs,
        max_steps=settings.max_steps or -1,
        per_device_train_batch_size=settings.micro_rows,
        gradient_accumulation_steps=settings.batch_rows // at_once,
        learning_rate=settings.rate(is_encoder=run.is_encoder),
        lr_scheduler_type="cosine",
        warmup_steps=settings.warm_up_ratio,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.clip_norm,
        bf16=place.precision is Precision.BF16,
        fp16=place.precision is Precision.FP16,
        use_cpu=place.device is Device.CPU,
        eval_strategy="steps",
        eval_steps=settings.save_steps,
        save_strategy="steps",
        save_steps=settings.save_steps,
        save_total_limit=_N_KEPT,
        load_best_model_at_end=True,
        metric_for_best_model=METRIC,
        greater_is_better=True,
        restore_callback_states_from_checkpoint=True,
        logging_steps=settings.log_steps,
        # Services are told by callbacks of our own.
        report_to=[],
        run_name=run.out_dir.name,
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=place.device is Device.CUDA,
        seed=settings.seed,
    )


def _callbacks(
    run: VerifierRun, settings: VerifierSettings, place: Place, start: Start
) -> list[TrainerCallback]:
    metrics = MetricsLog(run.out_dir / METRICS_FILE, begun_s=start.elapsed_s)
    found: list[TrainerCallback] = [WholeMark(), metrics, ProgressBar()]
    if Report.TENSORBOARD in run.reports and place.leads:
        writer = SummaryWriter(log_dir=str(run.out_dir / TENSORBOARD_FOLDER))
        found.append(TensorBoardCallback(tb_writer=writer))
    if settings.patience:
        found.append(EarlyStoppingCallback(early_stopping_patience=settings.patience))
    return found


def _finish(run: VerifierRun, judge: LanguageJudge | EncoderJudge, chains: _Chains) -> None:
    judge.save(run.out_dir)
    # The library's card names folders of this machine.
    (run.out_dir / "README.md").unlink(missing_ok=True)
    let_read(run.out_dir)
    written = read_verifier_file(run.out_dir)
    VerifierFile(
        kind=written.kind,
        layout=written.layout,
        # Development questions chose the checkpoint, so a figure on them is none either.
        questions=question_digests(chains.train) | question_digests(chains.dev),
        systems=frozenset(chain.system for chain in (*chains.train, *chains.dev)),
    ).write(run.out_dir)


def _record(
    run: VerifierRun,
    settings: VerifierSettings,
    place: Place,
    trainer: ChainTrainer,
    fingerprint: str,
    wall_time_s: float,
) -> RunRecord:
    state = trainer.state
    metrics = last_metrics(read_metrics(run.out_dir / METRICS_FILE))
    if state.best_metric is not None:
        metrics[f"best_{METRIC}"] = float(state.best_metric)
    return RunRecord(
        method=METHOD,
        fingerprint=fingerprint,
        base=run.base.name,
        base_digest=weights_digest(run.base),
        data=data_files(run.chains),
        dev=data_files(run.dev),
        settings={**asdict(settings), "encoder": run.is_encoder},
        seed=settings.seed,
        versions=library_versions(),
        device=place.describe(),
        metrics=metrics,
        n_steps=state.global_step,
        n_trained=trainer.count_trained(),
        stopped="" if state.global_step >= state.max_steps else "no gain on development questions",
        wall_time_s=wall_time_s,
        peak_memory_bytes=peak_memory_bytes(place.device),
    )
