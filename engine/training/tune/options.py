"""The options of the training commands, and how they become a job."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from engine.training.command_line import FILE, FOLDER
from engine.training.errors import TrainingError
from engine.training.tune.dimensions import ModelDimensions
from engine.training.tune.job import Report, TuneJob
from engine.training.tune.preset import Preset, get_preset, join_settings
from engine.training.tune.rows import RowSet, load_rows
from engine.training.tune.settings import (
    OWN_SETTINGS,
    Device,
    LoraSettings,
    Method,
    Precision,
    RopeMethod,
    TuneSettings,
    read_settings,
)
from engine.training.tune.table import read_fields

_S: Final = TuneSettings()
_L: Final = LoraSettings()
# Options that are values of `LoraSettings`, by their names on the command line.
_LORA: Final = {
    "rank": "rank",
    "alpha": "alpha",
    "dropout": "dropout",
    "targets": "targets",
}

resume_option: Final = click.option(
    "--resume/--fresh",
    "resumes",
    default=True,
    show_default=True,
    help="Go on from the last whole checkpoint, or delete what is there.",
)
report_option: Final = click.option(
    "--report-to",
    "reports",
    type=click.Choice([report.value for report in Report]),
    multiple=True,
    default=(Report.TENSORBOARD.value,),
    show_default=True,
    help="Where metrics go besides metrics.jsonl; repeatable.",
)

_JOB_OPTIONS: Final = (
    click.option("--preset", help="Settings for a model: `svend train presets` lists them."),
    click.option("--base", help="Folder or name of the model; the preset's own if left out."),
    click.option("--from-adapter", type=FOLDER, help="Go on from this adapter of the same base."),
    click.option(
        "--data", type=FILE, multiple=True, required=True, help="Rows, JSON lines; repeatable."
    ),
    click.option("--dev", type=FILE, multiple=True, help="Rows to stop by; repeatable."),
    click.option(
        "--tools", type=FILE, help="What is told of each tool: from `svend tool --json`."
    ),
    click.option("--max-rows", type=click.IntRange(1), help="Read at most so many rows."),
    click.option("--out", "out_dir", type=FOLDER, required=True, help="Where the result goes."),
    resume_option,
    click.option("--keep-checkpoints", "keeps_checkpoints", is_flag=True, help="Delete none."),
    report_option,
    click.option("--force", "is_forced", is_flag=True, help="Run though memory seems too small."),
)
_SETTING_OPTIONS: Final = (
    click.option("--full", is_flag=True, help="Train every weight instead of an adapter."),
    click.option("--rank", type=click.IntRange(1), help=f"Of the adapter.  [default: {_L.rank}]"),
    click.option("--alpha", type=click.IntRange(1), help=f"Its scale.  [default: {_L.alpha}]"),
    click.option("--dropout", type=float, help=f"Of its input.  [default: {_L.dropout}]"),
    click.option("--targets", help=f"Layers, by commas.  [default: {_L.targets}]"),
    click.option("--learning-rate", type=float, help="The highest.  [default: the method's]"),
    click.option(
        "--epochs",
        "n_epochs",
        type=float,
        help=f"How often each row is seen.  [default: {_S.n_epochs:g}]",
    ),
    click.option("--max-steps", type=click.IntRange(1), help="End after so many."),
    click.option(
        "--batch-rows", type=click.IntRange(1), help=f"Of a step.  [default: {_S.batch_rows}]"
    ),
    click.option(
        "--micro-rows", type=click.IntRange(1), help=f"Of a pass.  [default: {_S.micro_rows}]"
    ),
    click.option(
        "--max-tokens", type=click.IntRange(2), help=f"Of a row.  [default: {_S.max_tokens:,}]"
    ),
    click.option("--context-tokens", type=click.IntRange(2), help="The context to reach."),
    click.option(
        "--rope",
        type=click.Choice([method.value for method in RopeMethod]),
        help="How a context beyond the model's own is reached.  [default: yarn]",
    ),
    click.option("--recompute/--no-recompute", default=None, help="Activations, for memory."),
    click.option("--packing/--no-packing", default=None, help="Short rows share a sequence."),
    click.option(
        "--precision",
        type=click.Choice([one.value for one in Precision]),
        help=f"Of the passes.  [default: {_S.precision}]",
    ),
    click.option(
        "--device",
        type=click.Choice([one.value for one in Device]),
        help=f"Where to train.  [default: {_S.device}]",
    ),
    click.option(
        "--seed", type=int, help=f"Of order, new weights and samples.  [default: {_S.seed}]"
    ),
    click.option(
        "--log-steps",
        type=click.IntRange(1),
        help=f"Between two lines of metrics.  [default: {_S.log_steps}]",
    ),
    click.option(
        "--save-steps",
        type=click.IntRange(1),
        help=f"Between checkpoints, and evaluations.  [default: {_S.save_steps}]",
    ),
    click.option(
        "--patience",
        type=click.IntRange(0),
        help=f"Evaluations without a gain; 0 goes on.  [default: {_S.patience}]",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A job, and what a preset knows of its model.

    Attributes:
        job: What to do.
        dimensions: Of the preset's model; None without a preset, or with another model.
    """

    job: TuneJob
    dimensions: ModelDimensions | None


def tune_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every method has."""
    for option in reversed((*_JOB_OPTIONS, *_SETTING_OPTIONS)):
        command = option(command)
    return command


def make_request(
    method: Method, given: Mapping[str, Any], own: Mapping[str, Any] | None = None
) -> Request:
    """A job from the options of a command.

    Args:
        method: The command's.
        given: Every option of `tune_options`, by its name; None where it was left out.
        own: Options of the method's own settings, likewise.

    Raises:
        TrainingError: When preset, settings or files do not go together.
        DatasetError: When a file cannot be read.
    """
    preset = get_preset(given["preset"]) if given["preset"] else None
    if preset is not None and preset.method != method:
        raise TrainingError(f"the preset {preset.name} is one for {preset.method}, not {method}")
    base = given["base"] or (preset.base if preset else None)
    if base is None:
        raise TrainingError("which model? give --base or --preset")
    max_rows = given["max_rows"] or (preset.max_rows if preset else None)
    job = TuneJob(
        method=method,
        base=base,
        from_adapter=given["from_adapter"],
        rows=load_rows(given["data"], method, max_rows=max_rows),
        dev=load_rows(given["dev"], method) if given["dev"] else RowSet(),
        settings=_settings(given, preset),
        own=_own_settings(method, own or {}, preset),
        out_dir=given["out_dir"],
        reports=tuple(Report(name) for name in given["reports"]),
        resumes=given["resumes"],
        keeps_checkpoints=given["keeps_checkpoints"],
        schemas=read_schemas(given["tools"]) if given["tools"] else {},
        is_forced=given["is_forced"],
    )
    is_presets_own = preset is not None and base == preset.base
    return Request(job=job, dimensions=preset.dimensions if preset and is_presets_own else None)


def read_schemas(path: Path) -> dict[str, Mapping[str, Any]]:
    """Read descriptions of tools: what `svend tool --json` prints, or a list of functions.

    Raises:
        TrainingError: When the file is no list of them.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        listed = values["tools"] if isinstance(values, dict) else values
        functions = [_read_function(value) for value in listed]
        return {str(function["name"]): function for function in functions}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrainingError(f"{path} is no JSON list of functions: {error}") from error


def _read_function(value: Mapping[str, Any]) -> Mapping[str, Any]:
    function = value.get("function", value)
    if "input_schema" not in function:
        return function
    return {
        "name": function["name"],
        "description": function.get("summary", ""),
        "parameters": function["input_schema"],
    }


def _settings(given: Mapping[str, Any], preset: Preset | None) -> TuneSettings:
    names = {name for name in TuneSettings.__slots__ if name != "lora"}
    values = {name: given[name] for name in names if given.get(name) is not None}
    lora = {ours: given[name] for name, ours in _LORA.items() if given.get(name) is not None}
    if given["full"] and lora:
        raise TrainingError(f"--full trains no adapter, so --{next(iter(lora))} says nothing")
    values["lora"] = False if given["full"] else lora
    return read_settings(join_settings(preset.settings if preset else {}, values))


def _own_settings(method: Method, given: Mapping[str, Any], preset: Preset | None) -> Any:
    kind = OWN_SETTINGS[method]
    if kind is None:
        return None
    values = {name: value for name, value in given.items() if value is not None}
    return read_fields(kind, {**(preset.own if preset else {}), **values})
