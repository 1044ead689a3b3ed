"""A language model as verifier: P(yes) behind each step and behind the whole solution.

The head is the difference of the rows for yes and for no in the model's own output matrix, so one
checkpoint is served in three ways: as a LoRA whose next token is read, as a classifier of texts,
and as a classifier of tokens. The loss has three parts (Cobbe et al. 2021, arXiv 2110.14168; the
per-token part is their equation of section 4.2):

- at each check: cross-entropy of the word for yes or no, the steps and the whole by halves;
- at every token of the solution: binary cross-entropy of the head with the whole's label;
- at every token of the solution: the language model's own loss, a little of it.

The question is given and never a target.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch.nn import functional
from transformers import PreTrainedTokenizerBase

from engine.domain.errors import InvalidInputError
from engine.training.example import JudgedChain
from engine.training.verifier.claim_text import ClaimLayout, encode
from engine.training.verifier.judge import ChainScore
from engine.training.verifier.packed_chain import PackedChain, pack_chain, pad_rows
from engine.training.verifier.settings import LossWeights
from engine.training.verifier.verifier_file import VerifierFile, VerifierKind

_NONE: Final = -1
_BATCH_TOKENS: Final = 8_192


class LanguageJudge:
    """A causal language model that says yes or no; see `Judge`."""

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        layout: ClaimLayout,
        weights: LossWeights | None = None,
    ) -> None:
        """Take the parts.

        Args:
            model: With or without an adapter, on its device.
            tokenizer: The model's own.
            layout: How claims are put to it.
            weights: Of the loss.

        Raises:
            InvalidInputError: The words for yes and no begin with the same token.
        """
        self._model = model
        self._tokenizer = tokenizer
        self._layout = layout
        self._weights = weights or LossWeights()
        self._yes = encode(tokenizer, layout.yes)[0]
        self._no = encode(tokenizer, layout.no)[0]
        if self._yes == self._no:
            raise InvalidInputError("the words for yes and no begin with the same token")
        pad: Any = tokenizer.pad_token_id
        self._pad = int(pad or 0)

    @property
    def model(self) -> Any:
        """The weights."""
        return self._model

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The model's own."""
        return self._tokenizer

    @property
    def layout(self) -> ClaimLayout:
        """How claims are put to the model."""
        return self._layout

    @property
    def label_ids(self) -> tuple[int, int]:
        """The tokens for yes and for no."""
        return self._yes, self._no

    def whole_text(self, chain: JudgedChain) -> str:
        """The text behind which the model says whether the whole is right."""
        return self._layout.render(chain.question, chain.steps, is_whole=True)

    def encode(self, chain: JudgedChain) -> PackedChain:
        """A chain and its beginnings as one row."""
        return pack_chain(chain, self._layout, self._tokenizer)

    def collate(self, rows: Sequence[PackedChain]) -> dict[str, torch.Tensor]:
        """Rows as tensors; targets stand at the token behind which they are said."""
        packed = pad_rows(rows, pad=self._pad)
        next_ids = torch.full_like(packed.ids, _NONE)
        outcome = torch.full(packed.ids.shape, float(_NONE))
        n_checks = max(len(row.places) for row in rows)
        places = torch.full((len(rows), n_checks), _NONE, dtype=torch.long)
        labels = torch.zeros((len(rows), n_checks), dtype=torch.long)
        wholes = torch.zeros((len(rows), n_checks), dtype=torch.bool)
        for index, row in enumerate(rows):
            begin, end = row.n_prompt, row.n_solution
            outcome[index, begin:end] = float(row.is_right)
            next_ids[index, begin - 1 : end - 1] = torch.tensor(row.ids[begin:end])
            places[index, : len(row.places)] = torch.tensor(row.places)
            labels[index, : len(row.labels)] = torch.tensor(row.labels, dtype=torch.long)
            wholes[index, len(row.places) - 1] = True
        return {
            "input_ids": packed.ids,
            "position_ids": packed.positions,
            "attention_mask": packed.sees,
            "next_ids": next_ids,
            "outcome": outcome,
            "places": places,
            "labels_at": labels,
            "wholes": wholes,
            # Nothing is said about the question, so that its logits need not be computed.
            "first": torch.tensor(min(row.n_prompt for row in rows) - 1),
        }

    def loss(self, model: torch.nn.Module, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """The weighted sum of the three parts."""
        logits, first = self._logits(model, batch)
        weights = self._weights
        return (
            weights.check * self._check_loss(logits, first, batch)
            + weights.token * self._token_loss(logits, batch["outcome"][:, first:])
            + weights.language * _language_loss(logits, batch["next_ids"][:, first:])
        )

    @torch.inference_mode()
    def score(self, chains: Sequence[JudgedChain]) -> list[ChainScore]:
        """Judge chains; the model's mode is left as it was."""
        was_training = self._model.training
        self._model.eval()
        rows = [self.encode(chain) for chain in chains]
        found: list[ChainScore | None] = [None] * len(rows)
        for group in _group(rows):
            chosen = [rows[index] for index in group]
            for index, score in zip(group, self._score_rows(chosen), strict=True):
                found[index] = score
        self._model.train(was_training)
        return [score for score in found if score is not None]

    def save(self, folder: Path) -> None:
        """Write weights or adapter, tokenizer, and how the model is asked."""
        _save_weights(self._model, folder)
        self._tokenizer.save_pretrained(folder)
        VerifierFile(kind=VerifierKind.LANGUAGE, layout=self._layout.name).write(folder)

    def _score_rows(self, rows: Sequence[PackedChain]) -> Iterator[ChainScore]:
        device = next(self._model.parameters()).device
        batch = {name: value.to(device) for name, value in self.collate(rows).items()}
        logits, first = self._logits(self._model, batch)
        said = self._head(_at(logits, batch["places"], first)).sigmoid().float().cpu()
        for row, probabilities in zip(rows, said, strict=True):
            *steps, whole = probabilities[: len(row.places)].tolist()
            yield ChainScore(steps=tuple(steps), whole=whole)

    def _logits(
        self, model: torch.nn.Module, batch: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, int]:
        first, n_tokens = int(batch["first"]), batch["input_ids"].shape[1]
        output = model(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            position_ids=batch["position_ids"],
            use_cache=False,
            logits_to_keep=torch.arange(first, n_tokens, device=batch["input_ids"].device),
        )
        return output.logits.float(), first

    def _head(self, logits: torch.Tensor) -> torch.Tensor:
        """The log-odds of yes against no."""
        return logits[..., self._yes] - logits[..., self._no]

    def _check_loss(
        self, logits: torch.Tensor, first: int, batch: dict[str, torch.Tensor]
    ) -> torch.Tensor:
        places, wholes = batch["places"], batch["wholes"]
        words = torch.where(batch["labels_at"] == 1, self._yes, self._no)
        said = _at(logits, places, first)
        losses = functional.cross_entropy(
            said.flatten(0, 1), words.flatten(), reduction="none"
        ).view_as(words)
        at_whole, at_step = wholes, (places != _NONE) & ~wholes
        return (_mean(losses, at_whole) + _mean(losses, at_step)) / 2

    def _token_loss(self, logits: torch.Tensor, outcome: torch.Tensor) -> torch.Tensor:
        is_labelled = outcome != _NONE
        losses = functional.binary_cross_entropy_with_logits(
            self._head(logits), outcome.clamp(min=0), reduction="none"
        )
        return _mean(losses, is_labelled)


def _language_loss(logits: torch.Tensor, next_ids: torch.Tensor) -> torch.Tensor:
    flat = next_ids.reshape(-1)
    losses = functional.cross_entropy(logits.flatten(0, 1), flat.clamp(min=0), reduction="none")
    return _mean(losses, flat != _NONE)


def _at(logits: torch.Tensor, places: torch.Tensor, first: int) -> torch.Tensor:
    """The logits at places of the whole row; where there is none, those of the first."""
    chosen = (places - first).clamp(min=0)
    return logits.gather(1, chosen.unsqueeze(-1).expand(-1, -1, logits.shape[-1]))


def _mean(values: torch.Tensor, is_counted: torch.Tensor) -> torch.Tensor:
    counted = is_counted.to(values.dtype)
    return (values * counted).sum() / counted.sum().clamp(min=1)


def _group(rows: Sequence[PackedChain]) -> Iterator[list[int]]:
    """Indices of rows of like length, as many at a time as fit."""
    group: list[int] = []
    for index in sorted(range(len(rows)), key=lambda i: len(rows[i].ids)):
        if group and len(rows[index].ids) * (len(group) + 1) > _BATCH_TOKENS:
            yield group
            group = []
        group.append(index)
    if group:
        yield group


def _save_weights(model: Any, folder: Path) -> None:
    # An adapter leaves the embeddings alone; asked to find out, the library would look online.
    extra = {"save_embedding_layers": False} if hasattr(model, "peft_config") else {}
    model.save_pretrained(folder, **extra)
