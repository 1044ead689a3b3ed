"""Services that follow a run: MLflow and Weights & Biases, each through its own library.

The callbacks that the training library has for them are not used: they write down about 150
settings of the trainer, paths among them, and nothing of the adapter or the data; and an error of
a service, which has no part in the training, would end it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Final, Protocol

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from engine.training.errors import TrainingError
from engine.training.record import DataFile
from engine.training.tune.callback import METRICS_FILE, numbers_of
from engine.training.tune.job import Report
from engine.training.tune.library import first_line

logger = logging.getLogger(__name__)

# Where runs go in W&B when the environment names no project; its own default is `uncategorized`.
PROJECT: Final = "svend"
# W&B waits for a server that is gone for as long as it is let. What it holds lies in a file.
FINISH_TIMEOUT_S: Final = 120.0

_DIGEST_DIGITS: Final = 12

Setting = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRun:
    """What a service is told of a run when it begins.

    Attributes:
        name: What it is listed under.
        settings: Method, model, data and settings, by dotted names.
    """

    name: str
    settings: Mapping[str, Setting]


class Tracker(Protocol):
    """A service that has been told of a run. Whatever it raises is no fault of the run's."""

    def log(self, numbers: Mapping[str, float], step: int) -> None:
        """Add the figures of a step."""
        ...

    def end(self, *, is_finished: bool) -> None:
        """Say how the run ended, and send what was not sent yet."""
        ...


class MlflowTracker:
    """A run of MLflow; where to is told by MLflow's own environment variables.

    Args:
        library: The package `mlflow`.
        run: What is followed.
    """

    def __init__(self, library: Any, run: FollowedRun) -> None:
        self._library = library
        # Else MLflow notes the path of the script.
        library.start_run(run_name=run.name, tags={"mlflow.source.name": "svend train"})
        library.log_params(dict(run.settings))

    def log(self, numbers: Mapping[str, float], step: int) -> None:
        """See `Tracker`."""
        self._library.log_metrics(dict(numbers), step=step)

    def end(self, *, is_finished: bool) -> None:
        """See `Tracker`."""
        self._library.end_run("FINISHED" if is_finished else "FAILED")


class WandbTracker:
    """A run of W&B; account, mode and project are told by W&B's own environment variables.

    Args:
        library: The package `wandb`.
        run: What is followed.
    """

    def __init__(self, library: Any, run: FollowedRun) -> None:
        # Without these two it writes to standard output, and takes that over as well.
        settings = library.Settings(
            silent=True,
            console="off",
            finish_timeout=FINISH_TIMEOUT_S,
            finish_timeout_raises=True,
        )
        self._run = library.init(
            project=library.setup().settings.project or PROJECT,
            name=run.name,
            config=dict(run.settings),
            settings=settings,
        )

    def log(self, numbers: Mapping[str, float], step: int) -> None:
        """See `Tracker`."""
        self._run.log(dict(numbers), step=step)

    def end(self, *, is_finished: bool) -> None:
        """See `Tracker`."""
        self._run.finish(exit_code=int(not is_finished))


class Follower(TrainerCallback):
    """Hands every log on to a service; when that fails, the run goes on without it.

    Args:
        name: Of the service.
        tracker: The service.
    """

    def __init__(self, name: str, tracker: Tracker) -> None:
        self._name = name
        self._tracker = tracker
        self._is_lost = False

    def on_log(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the library's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        logs: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Hand one log on, unless the service has failed before."""
        numbers = numbers_of(logs or {})
        if numbers and not self._is_lost:
            self._attempt(partial(self._tracker.log, numbers, state.global_step))

    def end(self, *, is_finished: bool) -> None:
        """Say how the run ended, to a service that failed as well: it may be back."""
        self._attempt(partial(self._tracker.end, is_finished=is_finished))

    def _attempt(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - the services' clients raise what they like
            if not self._is_lost:
                logger.warning(
                    "no longer reported to=%s all_metrics=%s reason=%s",
                    *(self._name, METRICS_FILE, _reason(error)),
                )
            self._is_lost = True


@contextmanager
def follow(reports: Sequence[Report], run: FollowedRun) -> Iterator[list[TrainerCallback]]:
    """Tell services of a run, and of its end however it comes about.

    Args:
        reports: Where to; what is no service is passed over.
        run: What they are told.

    Yields:
        What hands the figures on while it lasts.

    Raises:
        TrainingError: When a service cannot be told: before the first step.
    """
    followers: list[Follower] = []
    is_finished = False
    try:
        for report in reports:
            if report in _OPENERS:
                followers.append(Follower(report, _open(report, run)))  # noqa: PERF401 - ended below
        yield list(followers)
        is_finished = True
    finally:
        for follower in followers:
            follower.end(is_finished=is_finished)


def flatten(values: Mapping[str, Any], *, prefix: str = "") -> dict[str, Setting]:
    """Nested settings under dotted names; what is no number becomes a plain text."""
    found: dict[str, Setting] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= flatten(value, prefix=f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value if isinstance(value, int | float) else str(value)
    return found


def describe_files(files: Sequence[DataFile]) -> str:
    """Files of rows in one line: name, rows, the first digits of the digest."""
    return ", ".join(f"{one.name} {one.n_rows} {one.sha256[:_DIGEST_DIGITS]}" for one in files)


def _open(report: Report, run: FollowedRun) -> Tracker:
    try:
        return _OPENERS[report](run)
    except Exception as error:
        raise TrainingError(f"--report-to {report} does not work: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return first_line(error) or type(error).__name__


def _open_mlflow(run: FollowedRun) -> Tracker:
    return MlflowTracker(import_module("mlflow"), run)


def _open_wandb(run: FollowedRun) -> Tracker:
    return WandbTracker(import_module("wandb"), run)


_OPENERS: Final[Mapping[Report, Callable[[FollowedRun], Tracker]]] = {
    Report.MLFLOW: _open_mlflow,
    Report.WANDB: _open_wandb,
}
