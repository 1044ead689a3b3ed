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
from typing import Final

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from engine.training.batches import Batch, shard_batches
from engine.training.corpus import Corpus, draw_rows
from engine.training.generate import draw_problem
from engine.training.model_folder import (
    ModelShape,
    load_folder,
    new_model,
    on_device,
    save_folder,
)
from engine.training.problem import Split
from engine.training.sampling import Sampler
from engine.training.team import Team
from engine.training.tokenizer import train_tokenizer

logger = logging.getLogger(__name__)

STATE_FILE: Final = "state.pt"

_TOKENIZER_SHARD: Final = -1
_LOG_STEPS: Final = 20
_FLOOR: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class PretrainSettings:
    """How long and how fast to train.

    Attributes:
        minutes: The time budget; the learning rate follows the share of it that is spent.
        max_steps: Ends the run earlier, and makes it independent of the machine's speed.
        seed: Of the weights, the data and the order.
        device: `cpu` or `cuda`.
        micro_tokens: The tokens of one forward pass, padding included.
        n_micro: Forward passes of each process for one step.
        peak_rate: The highest learning rate, after the warm-up.
        warm_up_ratio: The share of the run in which the rate rises.
        weight_decay: Of every matrix.
        clip_norm: The largest norm of a step's gradient.
        checkpoint_minutes: The time between two checkpoints.
        sampling_temperature: Written into the profile.
        tokenizer_rows: Rows that the vocabulary is learnt from.
        shard_rows: Rows drawn, encoded and sorted at a time.
        n_dev_problems: Problems of each kind answered at a checkpoint, for the log.
        shape: How large the model is.
    """

    minutes: float
    max_steps: int | None = None
    seed: int = 1
    device: str = "cpu"
    micro_tokens: int = 2_048
    n_micro: int = 1
    peak_rate: float = 2e-3
    warm_up_ratio: float = 0.015
    weight_decay: float = 0.1
    clip_norm: float = 1.0
    checkpoint_minutes: float = 5.0
    sampling_temperature: float = 0.5
    tokenizer_rows: int = 24_000
    shard_rows: int = 8_192
    n_dev_problems: int = 64
    shape: ModelShape = field(default_factory=ModelShape)


@dataclass(slots=True, kw_only=True)
class Progress:
    """Where a run stands; stored with every checkpoint."""

    step: int = 0
    shard: int = 0
    n_tokens: int = 0
    elapsed_s: float = 0.0


class Pretraining:
    """One run: owns the weights, the optimiser and the clock."""

    def __init__(
        self, corpus: Corpus, settings: PretrainSettings, work_dir: Path, team: Team
    ) -> None:
        self._team = team
        self._corpus = corpus
        self._settings = settings
        self._work_dir = work_dir
        self._progress = Progress()
        self._tokenizer, self._model = self._start()
        self._optimizer = _optimizer(self._model, settings)
        self._resume()

    def run(self) -> None:
        """Train until the budget is spent; the last checkpoint is the result."""
        saved_s = time.monotonic()
        begun_s = saved_s - self._progress.elapsed_s
        batches = self._batches()
        losses: list[float] = []
        while (ratio := self._team.follow(self._ratio())) < 1:
            losses.append(self._step(list(islice(batches, self._settings.n_micro)), ratio))
            self._progress.elapsed_s = time.monotonic() - begun_s
            if self._progress.step % _LOG_STEPS == 0:
                self._log(losses)
                losses = []
            if time.monotonic() - saved_s > 60 * self._settings.checkpoint_minutes:
                self._checkpoint()
                saved_s = time.monotonic()
        self._checkpoint()

    def _start(self) -> tuple[PreTrainedTokenizerFast, LlamaForCausalLM]:
        settings = self._settings
        if (self._work_dir / STATE_FILE).exists():
            model, tokenizer = load_folder(self._work_dir, device=settings.device)
            return tokenizer, model.train()
        self._work_dir.mkdir(parents=True, exist_ok=True)
        rows = draw_rows(
            self._corpus,
            seed=settings.seed,
            shard=_TOKENIZER_SHARD,
            n_rows=settings.tokenizer_rows,
        )
        tokenizer = train_tokenizer(rows)
        model = on_device(
            new_model(tokenizer, settings.shape, seed=settings.seed), settings.device
        )
        logger.info(
            "model made parameters=%d vocabulary=%d", model.num_parameters(), len(tokenizer)
        )
        return tokenizer, model

    def _resume(self) -> None:
        path = self._work_dir / STATE_FILE
        if not path.exists():
            return
        state = torch.load(path, map_location=self._settings.device, weights_only=True)
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._progress = Progress(**state["progress"])
        # What is left of the interrupted shard is skipped, so that no row is seen twice.
        self._progress.shard += 1
        logger.info("resumed step=%d", self._progress.step)

    def _batches(self) -> Iterator[Batch]:
        while True:
            yield from shard_batches(
                self._corpus,
                self._tokenizer,
                seed=self._settings.seed,
                shard=self._progress.shard * self._team.size + self._team.rank,
                n_rows=self._settings.shard_rows,
                max_tokens=self._settings.micro_tokens,
            )
            self._progress.shard += 1

    def _step(self, batches: list[Batch], ratio: float) -> float:
        total = 0.0
        for batch in batches:
            loss = _loss(self._model, batch, self._settings.device) / len(batches)
            loss.backward()
            total += float(loss.detach())
            self._progress.n_tokens += int((batch.weights > 0).sum()) * self._team.size
        self._team.average(self._model.parameters())
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._settings.clip_norm)
        for group in self._optimizer.param_groups:
            factor = rate_factor(ratio, self._settings.warm_up_ratio)
            group["lr"] = self._settings.peak_rate * factor
        self._optimizer.step()
        self._optimizer.zero_grad()
        self._progress.step += 1
        return total

    def _ratio(self) -> float:
        """The share of the budget that is spent."""
        spent = self._progress.elapsed_s / (60 * self._settings.minutes)
        if self._settings.max_steps is not None:
            return max(spent, self._progress.step / self._settings.max_steps)
        return spent

    def _log(self, losses: list[float]) -> None:
        if not self._team.leads:
            return
        progress = self._progress
        logger.info(
            "step=%d loss=%.4f tokens=%d tokens_per_s=%.0f ratio=%.3f",
            progress.step,
            sum(losses) / len(losses),
            progress.n_tokens,
            progress.n_tokens / max(progress.elapsed_s, 1e-9),
            self._ratio(),
        )

    def _checkpoint(self) -> None:
        if not self._team.leads:
            return
        self._save()
        self._model.eval()
        sampler = Sampler(model=self._model, tokenizer=self._tokenizer)
        n_dev = self._settings.n_dev_problems
        rng = Random("dev")
        dev = [draw_problem(rng, Split.DEV) for _ in range(n_dev)]
        human = [held.problem for held in self._corpus.gsm8k_dev[:n_dev]]
        for name, problems in (("generated", dev), ("gsm8k", human)):
            found = sampler.greedy([problem.question for problem in problems])
            right = sum(f.value == p.answer for f, p in zip(found, problems, strict=True))
            logger.info("dev set=%s right=%d of=%d", name, right, len(problems))
        self._model.train()

    def _save(self) -> None:
        state = {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "progress": asdict(self._progress),
        }
        save_folder(
            self._work_dir,
            self._model,
            self._tokenizer,
            sampling_temperature=self._settings.sampling_temperature,
        )
        # Written beside and moved: a kill in the middle leaves the last checkpoint whole.
        partial = self._work_dir / (STATE_FILE + ".partial")
        torch.save(state, partial)
        partial.replace(self._work_dir / STATE_FILE)
        logger.info("checkpoint step=%d", self._progress.step)


def rate_factor(ratio: float, warm_up_ratio: float) -> float:
    """The learning rate as a share of its peak: a linear rise, then half a cosine down to 5 %."""
    if ratio < warm_up_ratio:
        return max(ratio / warm_up_ratio, 0.01)
    angle = math.pi * min(1.0, (ratio - warm_up_ratio) / (1 - warm_up_ratio))
    return _FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(angle))


def _optimizer(model: LlamaForCausalLM, settings: PretrainSettings) -> torch.optim.AdamW:
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    groups = [
        {"params": matrices, "weight_decay": settings.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.peak_rate, betas=(0.9, 0.98), fused=True)


def _loss(model: LlamaForCausalLM, batch: Batch, device: str) -> torch.Tensor:
    ids, weights = batch.ids.to(device), batch.weights.to(device)[:, 1:]
    with _autocast(device):
        logits = model(input_ids=ids[:, :-1], use_cache=False).logits
    flat = torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]).float(), ids[:, 1:].reshape(-1), reduction="none"
    )
    return (flat * weights.reshape(-1)).sum() / weights.sum()


def _autocast(device: str) -> AbstractContextManager[object]:
    return torch.autocast(device, torch.bfloat16)
