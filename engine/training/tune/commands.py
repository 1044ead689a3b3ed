"""`svend train sft|dpo|reward|grpo|merge|presets|stages`: training on top of a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.tune.memory import estimate_memory
from engine.training.tune.options import make_request, tune_options
from engine.training.tune.preset import Preset, list_presets
from engine.training.tune.rows import chosen_only
from engine.training.tune.settings import (
    DpoSettings,
    GrpoSettings,
    Method,
    Precision,
    RewardSettings,
    read_settings,
)

_DPO = DpoSettings()
_GRPO = GrpoSettings()
_REWARD = RewardSettings()
_REJECTION_SAMPLING = "rejection-sampling"


@click.command()
@tune_options
@one_line_faults()
def sft(**given: Any) -> None:
    """Teach a model what the assistant says in conversations.

    Rows hold `messages` (and `tools`), or `prompt` and `completion`. Only the assistant's turns
    are trained. An adapter is trained (LoRA) unless --full is given. A run that was broken off
    goes on from its last whole checkpoint.
    """
    _run(Method.SFT, given)


@click.command()
@tune_options
@click.option("--beta", type=float, help=f"How close to the reference.  [default: {_DPO.beta}]")
@click.option(
    "--anchor-weight",
    type=float,
    help=f"Of the chosen turn's own loss.  [default: {_DPO.anchor_weight}]",
)
@click.option(
    "--max-drop",
    type=float,
    help=f"Nats that the chosen turns may lose before the run stops.  [default: {_DPO.max_drop}]",
)
@click.option(
    "--control",
    type=click.Choice([_REJECTION_SAMPLING]),
    help="Train on the chosen turns alone instead: what preferences have to beat.",
)
@one_line_faults()
def dpo(
    *,
    beta: float | None,
    anchor_weight: float | None,
    max_drop: float | None,
    control: str | None,
    **given: Any,
) -> None:
    """Teach a model to prefer the chosen turn to the rejected one.

    Rows hold `prompt`, `chosen` and `rejected`. The reference is the model itself with its adapter
    switched off.
    """
    own = {"beta": beta, "anchor_weight": anchor_weight, "max_drop": max_drop}
    _run(Method.DPO, given, own, control=control or "")


@click.command()
@tune_options
@click.option(
    "--centre", type=float, help=f"Weight that holds rewards at 0.  [default: {_REWARD.centre}]"
)
@one_line_faults()
def reward(*, centre: float | None, **given: Any) -> None:
    """Train a model that gives a chain one number, higher for the better of two.

    Rows hold `prompt`, `chosen` and `rejected`.
    """
    _run(Method.REWARD, given, {"centre": centre})


@click.command()
@tune_options
@click.option(
    "--samples",
    "n_samples",
    type=click.IntRange(2),
    help=f"Completions of one prompt.  [default: {_GRPO.n_samples}]",
)
@click.option(
    "--max-completion-tokens",
    type=click.IntRange(1),
    help=f"Of one completion.  [default: {_GRPO.max_completion_tokens}]",
)
@click.option("--temperature", type=float, help=f"Of sampling.  [default: {_GRPO.temperature}]")
@click.option("--beta", type=float, help=f"Weight of the reference.  [default: {_GRPO.beta:g}]")
@one_line_faults()
def grpo(
    *,
    n_samples: int | None,
    max_completion_tokens: int | None,
    temperature: float | None,
    beta: float | None,
    **given: Any,
) -> None:
    """Let a model learn from what its own programs give when they are executed.

    Rows hold an `answer`, and `question`, `prompt` or `messages`.
    """
    own = {
        "n_samples": n_samples,
        "max_completion_tokens": max_completion_tokens,
        "temperature": temperature,
        "beta": beta,
    }
    _run(Method.GRPO, given, own)


@click.command()
@click.option("--adapter", type=FOLDER, required=True, help="What `svend train sft` wrote.")
@click.option("--base", help="Folder or name of the base; what the adapter calls it if left out.")
@click.option("--out", "out_dir", type=FOLDER, required=True, help="Where the model goes.")
@click.option(
    "--precision",
    type=click.Choice([one.value for one in Precision]),
    default=Precision.AUTO.value,
    show_default=True,
    help="Of the written weights; auto is the base's own.",
)
@one_line_faults()
def merge(*, adapter: Path, base: str | None, out_dir: Path, precision: str) -> None:
    """Merge an adapter into its base, so that the result is served by itself."""
    from engine.training.tune.merge import merge_adapter  # noqa: PLC0415 - it loads torch

    record = merge_adapter(adapter, out_dir, base=base, precision=Precision(precision))
    click.echo(f"merged into {out_dir} fingerprint {record.fingerprint}")


@click.command()
@one_line_faults()
def presets() -> None:
    """List settings for models, with the memory that they take on one device."""
    for preset in list_presets():
        click.echo(f"{preset.name}: {preset.summary}")
        click.echo(
            f"    svend train {preset.method} --preset {preset.name}  ({_describe(preset)})"
        )


@click.command()
@click.argument("file", type=FILE)
@click.option("--force", "is_forced", is_flag=True, help="Run though memory seems too small.")
@one_line_faults()
def stages(*, file: Path, is_forced: bool) -> None:
    """Run the stages of a curriculum in order; those that are done already are passed over.

    Files, presets and settings of all stages are checked before the first begins.
    """
    from engine.training.tune.curriculum import read_curriculum  # noqa: PLC0415
    from engine.training.tune.stages import run_curriculum  # noqa: PLC0415 - it loads torch

    run_curriculum(read_curriculum(file), is_forced=is_forced)


def _run(
    method: Method, given: dict[str, Any], own: dict[str, Any] | None = None, *, control: str = ""
) -> None:
    request = make_request(method, given, own)
    job = request.job
    if control:
        job = replace(
            job,
            method=Method.SFT,
            own=None,
            control=control,
            rows=chosen_only(job.rows),
            dev=chosen_only(job.dev),
        )
    from engine.training.tune.launch import launch  # noqa: PLC0415 - it loads torch and TRL

    launch(job, dimensions=request.dimensions)


def _describe(preset: Preset) -> str:
    settings = read_settings(preset.settings)
    found = estimate_memory(
        preset.dimensions, settings, method=preset.method, precision=settings.precision
    )
    return (
        f"{found.n_parameters / 1e9:.3g}B weights, {settings.batch_rows} rows a step, "
        f"{settings.max_tokens:,} tokens, {found.total / 2**30:.1f} GiB"
    )
