"""What every verifier can do, whatever model is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from engine.training.example import JudgedChain


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainScore:
    """How probably a chain is right.

    Attributes:
        steps: For each step, that everything up to it is right; in [0, 1].
        whole: That the answer is right; in [0, 1].
    """

    steps: tuple[float, ...]
    whole: float


class Scorer(Protocol):
    """Whatever says how probably chains are right."""

    def score(self, chains: Sequence[JudgedChain]) -> list[ChainScore]:
        """Judge chains, in their order."""
        ...


class Judge(Scorer, Protocol):
    """A verifier that can be trained: what stands between chains and a trainer."""

    @property
    def model(self) -> torch.nn.Module:
        """The weights, on the device where they are to run."""
        ...

    def encode(self, chain: JudgedChain) -> Any:
        """A chain as what `join` takes; it is as long as its `ids` are."""
        ...

    def join(self, chains: Sequence[Any]) -> Any:
        """Encoded chains of one question as one row; it is as long as its `ids` are."""
        ...

    def collate(self, rows: Sequence[Any]) -> dict[str, torch.Tensor]:
        """Rows as tensors."""
        ...

    def loss(self, model: torch.nn.Module, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """The mean loss of a batch; the model may be wrapped by a trainer."""
        ...

    def save(self, folder: Path) -> None:
        """Write weights, tokenizer and how the model is asked."""
        ...
