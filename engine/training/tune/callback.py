"""What a run does between its steps: marks checkpoints, writes metrics, watches, reports."""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from engine.training.tune.checkpoint import PREFIX, mark_whole

logger = logging.getLogger(__name__)

METRICS_FILE: Final = "metrics.jsonl"
# What the library calls a frozen copy of the adapter that preference tuning goes on from.
REFERENCE: Final = "ref"
CHOSEN_REWARD: Final = "rewards/chosen"
# Logs over which the chosen turns' log-probability is averaged before a run is stopped for it.
WATCHED_LOGS: Final = 5

_SHOWN: Final = ("loss", "eval_loss", "reward", "rewards/margins", "learning_rate")


class WholeMark(TrainerCallback):
    """Marks every checkpoint once all of its files are written."""

    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002 - the library's signature
        **_: Any,
    ) -> None:
        """Mark the checkpoint of this step."""
        if state.is_world_process_zero:
            mark_whole(Path(str(args.output_dir)) / f"{PREFIX}{state.global_step}")


class WithoutReference(TrainerCallback):
    """Takes the frozen copy of an adapter out of a checkpoint, before that is marked.

    The copy is made anew from the adapter that a run goes on from. Found in a checkpoint, it is
    all that the library would load, and what the run had learnt would be lost.
    """

    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002 - the library's signature
        **_: Any,
    ) -> None:
        """Delete the copy from the checkpoint of this step."""
        if state.is_world_process_zero:
            folder = Path(str(args.output_dir)) / f"{PREFIX}{state.global_step}"
            shutil.rmtree(folder / REFERENCE, ignore_errors=True)


class MetricsLog(TrainerCallback):
    """Appends every line of metrics to a file, a JSON object a line.

    Args:
        path: The file. What a broken-off attempt wrote beyond the checkpoint that is gone on from
            is taken back, so that no step stands in it twice.
        begun_s: Seconds that earlier attempts took.
    """

    def __init__(self, path: Path, *, begun_s: float = 0.0) -> None:
        self._path = path
        self._begun = time.monotonic() - begun_s

    def on_train_begin(
        self,
        args: TrainingArguments,  # noqa: ARG002
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        """Take back what lies beyond the step that training begins from."""
        if state.is_world_process_zero and self._path.exists():
            kept = [row for row in read_metrics(self._path) if row["step"] <= state.global_step]
            text = "".join(json.dumps(row) + "\n" for row in kept)
            partial = self._path.with_name(f".{self._path.name}.partial")
            partial.write_text(text, encoding="utf-8")
            partial.replace(self._path)

    def on_log(
        self,
        args: TrainingArguments,  # noqa: ARG002
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        logs: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Write one line."""
        if not state.is_world_process_zero or not logs:
            return
        elapsed_s = round(time.monotonic() - self._begun, 3)
        row = {"step": state.global_step, "elapsed_s": elapsed_s, **numbers_of(logs)}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


class ChosenWatch(TrainerCallback):
    """Stops preference tuning when the chosen turns become less likely than they were.

    The loss alone does not show it: it falls as long as the rejected turns fall faster.

    Args:
        beta: What the rewards in the log are scaled by.
        max_drop: Nats below the reference at which the run ends.
    """

    def __init__(self, *, beta: float, max_drop: float) -> None:
        self._beta = beta
        self._max_drop = max_drop
        self.reason = ""

    def on_log(
        self,
        args: TrainingArguments,  # noqa: ARG002
        state: TrainerState,
        control: TrainerControl,
        **_: Any,
    ) -> None:
        """Look at the last logs, those of earlier attempts included."""
        rewards = [row[CHOSEN_REWARD] for row in state.log_history if CHOSEN_REWARD in row]
        if has_fallen(rewards, beta=self._beta, max_drop=self._max_drop):
            self.reason = f"the chosen turns' log-probability fell by over {self._max_drop} nats"
            logger.warning("stopped step=%d reason=%s", state.global_step, self.reason)
            control.should_training_stop = True


class ProgressBar(TrainerCallback):
    """Shows where a run stands: a bar on a terminal, a line a log elsewhere."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def on_train_begin(
        self,
        args: TrainingArguments,  # noqa: ARG002
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        """Open the bar."""
        if state.is_world_process_zero and self._console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self._progress = Progress(*columns, TimeRemainingColumn(), console=self._console)
            self._progress.start()
            self._task = self._progress.add_task("training", total=state.max_steps)

    def on_step_end(
        self,
        args: TrainingArguments,  # noqa: ARG002
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        """Move the bar."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=state.global_step)

    def on_log(
        self,
        args: TrainingArguments,  # noqa: ARG002
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        logs: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Say the figures that matter."""
        if not state.is_world_process_zero or not logs:
            return
        numbers = numbers_of(logs)
        text = " ".join(f"{name}={numbers[name]:.4g}" for name in _SHOWN if name in numbers)
        if not text:
            return
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=text)
        else:
            logger.info("step=%d of=%d %s", state.global_step, state.max_steps, text)

    def on_train_end(
        self,
        args: TrainingArguments,  # noqa: ARG002
        state: TrainerState,  # noqa: ARG002
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        """Close the bar."""
        if self._progress is not None:
            self._progress.stop()


def has_fallen(rewards: Sequence[float], *, beta: float, max_drop: float) -> bool:
    """Whether the mean of the last rewards lies more than `max_drop` nats below the reference.

    Args:
        rewards: Implicit rewards of the chosen turns: beta times the log-probability's gain over
            the reference (Rafailov et al. 2023, equation 5), a log each.
        beta: Their scale.
        max_drop: Nats.
    """
    last = rewards[-WATCHED_LOGS:]
    return len(last) == WATCHED_LOGS and sum(last) / len(last) / beta < -max_drop


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of metrics; one that a kill cut short is left out."""
    rows: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("step"), int):
            rows.append(row)
    return rows


def last_metrics(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The last value of every metric, by name."""
    found: dict[str, float] = {}
    for row in rows:
        found |= numbers_of(row)
    return {name: value for name, value in found.items() if name not in {"step", "elapsed_s"}}


def numbers_of(values: Mapping[str, Any]) -> dict[str, float]:
    """What of a log is a figure."""
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
