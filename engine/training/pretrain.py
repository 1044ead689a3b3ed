"""Train the base model from scratch within a time budget; stops and resumes at any checkpoint."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from engine.training.batches import WIDE_WIDTHS, WIDTHS, Batch, marks_of, shard_batches
from engine.training.errors import TrainingError
from engine.training.feed import Feed
from engine.training.metrics import METRICS_FILE, MetricsFile
from engine.training.model_folder import (
    load_weights,
    new_model,
    on_device,
    save_folder,
)
from engine.training.optimizer import make_optimizers
from engine.training.problem import WordProblem
from engine.training.record import weights_digest
from engine.training.row_format import Completion
from engine.training.sampling import Sampler
from engine.training.settings import PretrainSettings
from engine.training.team import Team

logger = logging.getLogger(__name__)

STATE_FILE: Final = "state.pt"

_LOG_STEPS: Final = 20
_FLOOR: Final = 0.05
_MEASURED_S: Final = 60.0
# The first steps compile, warm up and fill caches: they say nothing of the rest.
_UNMEASURED_STEPS: Final = 10


@dataclass(slots=True, kw_only=True)
class Progress:
    """Where a run stands; stored with every checkpoint.

    Attributes:
        step: Steps that were taken.
        shard: The team's round of shards that is trained on.
        n_tokens: Tokens that counted as targets, of the whole team.
        elapsed_s: Time spent training, checkpoints included.
        n_steps: How many steps the run will take, once the machine's speed is known.
    """

    step: int = 0
    shard: int = 0
    n_tokens: int = 0
    elapsed_s: float = 0.0
    n_steps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentSet:
    """Problems that are answered at each checkpoint, and never trained."""

    name: str
    problems: tuple[WordProblem, ...]


@dataclass(slots=True, kw_only=True)
class _Speed:
    """How long a step takes, from the first that counts."""

    begun_s: float = 0.0
    begun_step: int | None = None
    losses: list[float] = field(default_factory=list[float])


class Pretraining:
    """One run: owns the weights, the optimiser and the clock."""

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerFast,
        settings: PretrainSettings,
        work_dir: Path,
        team: Team,
        *,
        development: tuple[DevelopmentSet, ...] = (),
    ) -> None:
        self._team = team
        self._settings = settings
        self._work_dir = work_dir
        self._development = development
        self._tokenizer = tokenizer
        self._marks = marks_of(tokenizer)
        self._progress = Progress()
        self._metrics = MetricsFile(path=work_dir / METRICS_FILE)
        self._model = on_device(
            new_model(tokenizer, settings.shape, seed=settings.seed), settings.device
        )
        if settings.device == "cpu":
            # Rows are short: the backward pass of the fused kernel takes longer than plain
            # products, which make a step a fifth quicker.
            self._model.set_attn_implementation("eager")
        self._layers: Any = self._model.model
        if settings.is_compiled:
            self._layers = torch.compile(self._model.model, dynamic=False)
        self._optimizers = make_optimizers(
            self._model,
            settings.optimizer,
            rate=settings.peak_rate,
            weight_decay=settings.weight_decay,
        )
        self._speed = _Speed()
        self._identity = _identity_of(settings)
        self._resume()

    @property
    def model(self) -> LlamaForCausalLM:
        """The weights as they are now."""
        return self._model

    def run(self, feed: Feed) -> None:
        """Train until the budget is spent; the last checkpoint is the result."""
        saved_s = judged_s = time.monotonic()
        begun_s = saved_s - self._progress.elapsed_s
        batches = self._batches(feed)
        while (ratio := self._team.follow(self._ratio())) < 1:
            self._step(list(islice(batches, self._settings.n_micro)), ratio)
            self._progress.elapsed_s = time.monotonic() - begun_s
            self._measure()
            if self._progress.step % _LOG_STEPS == 0:
                self._log(ratio)
            if time.monotonic() - saved_s > 60 * self._settings.checkpoint_minutes:
                self._save()
                saved_s = time.monotonic()
            if time.monotonic() - judged_s > 60 * self._settings.judgement_minutes:
                self._judge()
                judged_s = time.monotonic()
        self._save()
        self._judge()

    def _resume(self) -> None:
        path = self._work_dir / STATE_FILE
        if not path.exists():
            if self._settings.start is not None:
                load_weights(self._model, self._settings.start)
            logger.info("model made parameters=%d", self._model.num_parameters())
            return
        state = torch.load(path, map_location=self._settings.device, weights_only=True)
        self._model.load_state_dict(state["model"])
        for optimizer, kept in zip(self._optimizers, state["moments"], strict=True):
            optimizer.load_state_dict(kept)
        self._progress = Progress(**state["progress"])
        # What is left of the interrupted shard is skipped, so that no row is seen twice.
        self._progress.shard += 1
        logger.info("resumed step=%d", self._progress.step)

    def _batches(self, feed: Feed) -> Iterator[Batch]:
        settings, team = self._settings, self._team
        first = self._progress.shard * team.size + team.rank
        for shard in feed.shards(first, team.size):
            yield from shard_batches(
                shard,
                self._marks,
                order=Random(f"{settings.seed}:{team.rank}:{self._progress.shard}"),
                max_tokens=settings.micro_tokens,
                widths=WIDE_WIDTHS if settings.has_wide_batches else WIDTHS,
            )
            self._progress.shard += 1

    def _step(self, batches: list[Batch], ratio: float) -> None:
        self._model.train()
        total = torch.zeros((), device=self._settings.device)
        n_tokens = 0
        for batch in batches:
            loss = self._loss(batch) / len(batches)
            loss.backward()
            total += loss.detach()
            n_tokens += int((batch.weights > 0).sum())
        self._team.average(self._model.parameters())
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._settings.clip_norm)
        rate = self._settings.peak_rate * rate_factor(ratio, self._settings.warm_up_ratio)
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
            optimizer.zero_grad()
        self._progress.step += 1
        self._progress.n_tokens += n_tokens * self._team.size
        self._speed.losses.append(float(total))

    def _loss(self, batch: Batch) -> torch.Tensor:
        """The mean of the targets' cross entropies by their weights."""
        device = self._settings.device
        ids, weights = batch.ids.to(device), batch.weights.to(device)[:, 1:]
        is_target = weights > 0
        with _autocast(device):
            hidden = self._layers(input_ids=ids[:, :-1], use_cache=False).last_hidden_state
            # Of padding and of what must not be learnt, no row of logits is made.
            logits = self._model.lm_head(hidden[is_target])
        losses = torch.nn.functional.cross_entropy(
            logits.float(), ids[:, 1:][is_target], reduction="none"
        )
        chosen = weights[is_target]
        return (losses * chosen).sum() / chosen.sum()

    def _ratio(self) -> float:
        """The share of the budget that is spent."""
        progress, settings = self._progress, self._settings
        if progress.n_steps is not None:
            return progress.step / progress.n_steps
        spent = progress.elapsed_s / (60 * settings.minutes)
        if settings.max_steps is not None:
            return max(spent, progress.step / settings.max_steps)
        return spent

    def _measure(self) -> None:
        """Set the number of steps by the speed of the first minute, if it is to be set."""
        progress, speed = self._progress, self._speed
        if not self._settings.measures_steps or progress.n_steps is not None:
            return
        if speed.begun_step is None:
            if progress.step >= _UNMEASURED_STEPS:
                speed.begun_step, speed.begun_s = progress.step, progress.elapsed_s
            return
        measured_s = progress.elapsed_s - speed.begun_s
        # All members must take as many steps, so the leader's clock decides for all.
        if self._team.follow(measured_s) < _MEASURED_S:
            return
        step_s = self._team.follow(measured_s) / (progress.step - speed.begun_step)
        left_s = 60 * self._settings.minutes - self._team.follow(progress.elapsed_s)
        progress.n_steps = progress.step + max(1, round(left_s / step_s))
        logger.info("measured step_s=%.4f n_steps=%d", step_s, progress.n_steps)

    def _log(self, ratio: float) -> None:
        losses, self._speed.losses = self._speed.losses, []
        if not self._team.leads:
            return
        progress = self._progress
        figures = {
            "step": progress.step,
            "loss": round(sum(losses) / len(losses), 4),
            "tokens": progress.n_tokens,
            "tokens_per_s": round(progress.n_tokens / max(progress.elapsed_s, 1e-9)),
            "elapsed_s": round(progress.elapsed_s, 1),
            "ratio": round(ratio, 4),
            "rate": self._optimizers[0].param_groups[0]["lr"],
        }
        self._metrics.write(**figures)
        logger.info("%s", " ".join(f"{name}={value}" for name, value in figures.items()))

    def _judge(self) -> None:
        """Answer the development sets; the others of the team wait."""
        if not self._team.leads:
            return
        self._model.eval()
        sampler = Sampler(model=self._model, tokenizer=self._tokenizer)
        for dev in self._development:
            found = sampler.greedy([problem.question for problem in dev.problems])
            n_right = _count_right(found, dev.problems)
            figures = {
                "step": self._progress.step,
                "set": dev.name,
                "right": n_right,
                "of": len(dev.problems),
            }
            self._metrics.write(**figures)
            logger.info("dev %s", " ".join(f"{name}={value}" for name, value in figures.items()))

    def _save(self) -> None:
        if not self._team.leads:
            return
        state = {
            "model": self._model.state_dict(),
            "moments": [optimizer.state_dict() for optimizer in self._optimizers],
            "identity": self._identity,
            "progress": asdict(self._progress),
        }
        # Written beside and moved: a kill in the middle leaves the last checkpoint whole. What is
        # resumed from is this file alone; the folder beside it may be torn by a kill.
        partial = self._work_dir / (STATE_FILE + ".partial")
        torch.save(state, partial)
        partial.replace(self._work_dir / STATE_FILE)
        save_folder(
            self._work_dir,
            self._model,
            self._tokenizer,
            sampling_temperature=self._settings.sampling_temperature,
        )
        logger.info("checkpoint step=%d", self._progress.step)


def check_checkpoint(work_dir: Path, settings: PretrainSettings) -> None:
    """Refuse a checkpoint that another run has left; none is as good as a fitting one.

    Raises:
        TrainingError: It was begun with other weights or another optimiser, or written by an
            earlier version.
    """
    path = work_dir / STATE_FILE
    if not path.exists():
        return
    identity = torch.load(path, map_location="cpu", weights_only=True).get("identity")
    if identity != _identity_of(settings):
        raise TrainingError(
            f"{path} is of a run with another optimiser, begun with other weights, or of another "
            "version: delete it, or give another --work-dir"
        )


def _identity_of(settings: PretrainSettings) -> dict[str, str]:
    """What a run must share with the checkpoint that it goes on from."""
    begun_with = "" if settings.start is None else weights_digest(settings.start)
    return {"optimizer": settings.optimizer.value, "begun_with": begun_with}


def rate_factor(ratio: float, warm_up_ratio: float) -> float:
    """The learning rate as a share of its peak: a linear rise, then half a cosine down to 5 %."""
    if ratio < warm_up_ratio:
        return max(ratio / warm_up_ratio, 0.01)
    angle = math.pi * min(1.0, (ratio - warm_up_ratio) / (1 - warm_up_ratio))
    return _FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(angle))


def _count_right(found: list[Completion], problems: tuple[WordProblem, ...]) -> int:
    return sum(c.value == p.answer for c, p in zip(found, problems, strict=True))


def _autocast(device: str) -> AbstractContextManager[object]:
    return torch.autocast(device, torch.bfloat16)
