"""A run as a person starts it: what it takes is said first, and refused where it cannot fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import click

from engine.training.errors import TrainingError
from engine.training.record import RunRecord
from engine.training.tune.base import require_base
from engine.training.tune.device import Place, find_place
from engine.training.tune.dimensions import ModelDimensions, find_dimensions
from engine.training.tune.job import TuneJob
from engine.training.tune.memory import GIBIBYTE, MemoryEstimate, advise, estimate_memory
from engine.training.tune.run import run_job
from engine.training.tune.settings import GrpoSettings, learning_rate_of

_SHOWN: Final = ("train_loss", "best_eval_loss", "reward", "best_eval_reward", "rewards/margins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a run is expected to take.

    Attributes:
        estimate: Bytes on one device; None when the model's dimensions are not known.
        place: Where it runs.
    """

    estimate: MemoryEstimate | None
    place: Place

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it."""
        known = self.estimate is not None and self.place.memory_bytes is not None
        return not known or self.estimate.total <= self.place.memory_bytes  # type: ignore[union-attr, operator]


def launch(job: TuneJob, *, dimensions: ModelDimensions | None = None) -> RunRecord:
    """Say what the run takes, refuse it if that is too much, and run it.

    Args:
        job: What to do.
        dimensions: Of a model that is only named, as a preset knows them.

    Raises:
        TrainingError: When the base is no model, the device is too small and the job is not
            forced, or the run cannot be carried out.
        DatasetError: When the model's template refuses a row.
    """
    require_base(job.base)
    outlook = foresee(job, dimensions)
    if outlook.place.leads:
        click.echo(render_outlook(job, outlook), err=True)
        n_both = count_trained_on(job)
        if n_both:
            click.echo(
                f"warning: {n_both:,} of {len(job.dev.rows):,} development rows are trained on as "
                "well; what they say of a gain is memory",
                err=True,
            )
    require_room(job, outlook)
    record = run_job(job)
    if outlook.place.leads:
        click.echo(render_result(job, record))
    return record


def foresee(job: TuneJob, dimensions: ModelDimensions | None = None) -> Outlook:
    """Estimate a run's memory from the model at hand, or from a preset's dimensions.

    Raises:
        TrainingError: When the device is not there.
    """
    place = find_place(job.settings.device, job.settings.precision)
    found = find_dimensions(job.base) or dimensions
    if found is None:
        return Outlook(estimate=None, place=place)
    sampled = job.own.max_completion_tokens if isinstance(job.own, GrpoSettings) else 0
    estimate = estimate_memory(
        found,
        job.settings,
        method=job.method,
        precision=place.precision,
        sampled_tokens=sampled,
    )
    return Outlook(estimate=estimate, place=place)


def require_room(job: TuneJob, outlook: Outlook) -> None:
    """Refuse a run that the device is known to be too small for, unless the job is forced.

    Raises:
        TrainingError: It says what takes less.
    """
    if not outlook.fits and not job.is_forced:
        raise TrainingError(
            f"this run does not fit into the {outlook.place.device}'s memory. What takes less: "
            f"{advise(job.settings, method=job.method)}"
        )


def render_outlook(job: TuneJob, outlook: Outlook) -> str:
    """What a run takes, in a few lines."""
    settings, place = job.settings, outlook.place
    rate = learning_rate_of(job.method, settings)
    head = (
        f"{job.control or job.method} of {job.base} on {place.describe()}: "
        f"{len(job.rows.rows):,} rows, {settings.batch_rows} a step, learning rate {rate:g}"
    )
    lines = [head]
    if outlook.estimate is None:
        return f"{head}\nmemory: not estimated, the model is not at hand"
    found = outlook.estimate
    share = found.n_trained / found.n_parameters
    lines.append(
        f"trained: {found.n_trained:,} of {found.n_parameters:,} weights ({share:.2%}), up to "
        f"{settings.micro_rows} x {settings.max_tokens:,} tokens at once"
    )
    parts = ("weights", "gradients", "optimizer", "activations", "head", "overhead")
    sizes = ", ".join(f"{name} {_gib(getattr(found, name))}" for name in parts)
    there = f" of {_gib(place.memory_bytes)}" if place.memory_bytes else ""
    lines.append(f"memory, at most: {_gib(found.total)} GiB{there} GiB ({sizes})")
    return "\n".join(lines)


def count_trained_on(job: TuneJob) -> int:
    """How many development rows are among the training rows as well."""
    if not job.dev.rows:
        return 0
    trained = {repr(row) for row in job.rows.rows}
    return sum(repr(row) in trained for row in job.dev.rows)


def render_result(job: TuneJob, record: RunRecord) -> str:
    """How a run ended, in one line."""
    figures = (f"{name}={record.metrics[name]:.4g}" for name in _SHOWN if name in record.metrics)
    words = [f"{job.out_dir}: {record.n_steps} steps", *figures, record.stopped]
    return " ".join(word for word in words if word)


def _gib(n_bytes: int) -> str:
    return f"{n_bytes / GIBIBYTE:.2f}"
