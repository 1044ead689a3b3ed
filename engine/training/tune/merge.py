"""An adapter merged into its base: one model that is served without PEFT."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import torch
from peft import PeftConfig, PeftModel, TaskType
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
)

from engine.training.errors import TrainingError
from engine.training.record import (
    RunRecord,
    check_base,
    find_record,
    fingerprint_of,
    let_read,
    library_versions,
    weights_digest,
    write_record,
)
from engine.training.tune.base import require_base, require_published
from engine.training.tune.device import dtype_of, peak_memory_bytes
from engine.training.tune.library import first_line, quiet_libraries
from engine.training.tune.model import ADAPTER_FILE, copy_profile, copy_tokenizer, stretch_context
from engine.training.tune.settings import Device, Precision, TuneSettings, read_settings


def merge_adapter(
    adapter: Path, out_dir: Path, *, base: str | None = None, precision: Precision
) -> RunRecord:
    """Add an adapter's updates to its base and write the whole model.

    The sum is made in single precision, whatever is written: in half precision, small updates
    would be rounded away before they are added.

    Args:
        adapter: A folder that `svend train` wrote.
        out_dir: Where the model goes; it appears whole or not at all.
        base: The base model; None takes the one that the adapter names, a path from here.
        precision: Of the weights that are written; `auto` is the base's own.

    Raises:
        TrainingError: When there is no adapter, or base and adapter do not fit.
    """
    quiet_libraries()
    begun = time.monotonic()
    if not (adapter / ADAPTER_FILE).is_file():
        raise TrainingError(f"{adapter} holds no adapter ({ADAPTER_FILE})")
    if out_dir.exists() and any(out_dir.iterdir()):
        raise TrainingError(f"{out_dir} is not empty")
    config = PeftConfig.from_pretrained(str(adapter))
    source = base or _find_base(adapter, config)
    require_base(source)
    require_published(source)
    check_base(adapter, source)
    partial = out_dir.with_name(f".{out_dir.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    _write(adapter, config, source, partial, precision)
    record = _record(adapter, source, precision, time.monotonic() - begun)
    write_record(partial, record)
    if out_dir.exists():
        out_dir.rmdir()
    partial.replace(out_dir)
    return record


def _find_base(adapter: Path, config: PeftConfig) -> str:
    named, record = str(config.base_model_name_or_path), find_record(adapter)
    was_folder = record is not None and bool(record.base_digest)
    if was_folder and not Path(named).is_dir():
        # Looked for by its name alone, another model might be found online.
        raise TrainingError(f"{adapter} is of the model {named}, which is not here: give --base")
    return named


def _write(
    adapter: Path, config: PeftConfig, source: str, folder: Path, precision: Precision
) -> None:
    is_reward = config.task_type == TaskType.SEQ_CLS
    kind = AutoModelForSequenceClassification if is_reward else AutoModelForCausalLM
    own = {"num_labels": 1} if is_reward else {}
    try:
        shape = AutoConfig.from_pretrained(source, **own)
        written = shape.dtype if precision == Precision.AUTO else dtype_of(precision)
        shape = stretch_context(shape, _settings_of(adapter))
        model = kind.from_pretrained(source, config=shape, dtype=torch.float32)
        merged = PeftModel.from_pretrained(model, adapter).merge_and_unload(safe_merge=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise TrainingError(
            f"{adapter} cannot be merged into {source}: {first_line(error)}"
        ) from error
    merged.to(written or torch.float32)
    merged.save_pretrained(folder)
    let_read(folder)
    copy_tokenizer(str(adapter), AutoTokenizer.from_pretrained(adapter), folder)
    copy_profile(source, folder)


def _settings_of(adapter: Path) -> TuneSettings:
    """What the adapter was trained with, as far as it changes the base."""
    record = find_record(adapter)
    names = ("context_tokens", "rope")
    values = record.settings if record is not None else {}
    return read_settings({name: values[name] for name in names if name in values})


def merge_fingerprint(adapter: Path, source: str, precision: Precision) -> str:
    """What a merged model depends on, as 32 hex digits."""
    base_digest = weights_digest(Path(source)) or source
    values = {"base": base_digest, "adapter": weights_digest(adapter), "precision": precision}
    return fingerprint_of({"method": "merge", **values})


def _record(adapter: Path, source: str, precision: Precision, wall_time_s: float) -> RunRecord:
    parent = find_record(adapter)
    return RunRecord(
        method="merge",
        fingerprint=merge_fingerprint(adapter, source, precision),
        base=Path(source).name if Path(source).is_dir() else source,
        base_digest=weights_digest(Path(source)),
        parent=parent.fingerprint if parent else weights_digest(adapter)[:32],
        data=parent.data if parent else (),
        settings=dict(parent.settings) if parent else {},
        seed=parent.seed if parent else 0,
        versions=library_versions(),
        device=Device.CPU.value,
        wall_time_s=round(wall_time_s, 3),
        peak_memory_bytes=peak_memory_bytes(Device.CPU),
    )
