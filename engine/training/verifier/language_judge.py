"""A language model as verifier: P(yes) behind each step and behind the whole solution.

The head is the difference of the rows for yes and for no in the model's own output matrix, so one
checkpoint is served in three ways: as a LoRA whose next token is read, as a classifier of texts,
and as a classifier of tokens. The loss has four parts (Cobbe et al. 2021, arXiv 2110.14168; the
per-token part is their equation of section 4.2):

- at each check: cross-entropy of the word for yes or no, the steps and the whole by halves;
- at every token of the solution: binary cross-entropy of the head with the whole's label;
- at every token of the solution: the language model's own loss, a little of it;
- of each pair of a right and a wrong solution of one question: how surely the right one is above
  (Bradley and Terry, as Ouyang et al. 2022, arXiv 2203.02155, equation 1).

The question is given and never a target.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import torch
from torch.nn import functional
from transformers import PreTrainedTokenizerBase

from engine.domain.errors import InvalidInputError
from engine.training.example import JudgedChain
from engine.training.verifier.claim_text import ClaimLayout, encode
from engine.training.verifier.judge import ChainScore
from engine.training.verifier.packed_chain import PackedChain, pack_chain
from engine.training.verifier.packed_question import PackedQuestion, pack_question
from engine.training.verifier.question_batch import NONE, collate_questions
from engine.training.verifier.question_rows import row_groups
from engine.training.verifier.settings import LossWeights
from engine.training.verifier.verifier_file import VerifierFile, VerifierKind

_BATCH_TOKENS: Final = 8_192

# Chains that are scored in one row: a row costs by the square of its tokens.
_ROW_CHAINS: Final = 8


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

    def join(self, chains: Sequence[PackedChain]) -> PackedQuestion:
        """Chains of one question as one row, in which the question stands once."""
        return pack_question(chains)

    def collate(self, rows: Sequence[PackedQuestion]) -> dict[str, torch.Tensor]:
        """Rows as tensors; see `question_batch`."""
        return collate_questions(rows, pad=self._pad)

    def loss(self, model: torch.nn.Module, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """The weighted sum of the four parts."""
        logits, first = self._logits(model, batch)
        weights = self._weights
        said = _at_checks(logits, first, batch)
        return (
            weights.check * self._check_loss(said, batch)
            + weights.token * self._token_loss(logits, batch["outcome"][:, first:])
            + weights.language * _language_loss(logits, batch["next_ids"][:, first:])
            + weights.ranking * self._ranking_loss(said, batch)
        )

    @torch.inference_mode()
    def score(self, chains: Sequence[JudgedChain]) -> list[ChainScore]:
        """Judge chains; the model's mode is left as it was."""
        was_training = self._model.training
        self._model.eval()
        groups = row_groups([chain.question for chain in chains], n_most=_ROW_CHAINS)
        rows = [self.join([self.encode(chains[index]) for index in group]) for group in groups]
        found: dict[int, ChainScore] = {}
        for batch in _batches(rows):
            scores = self._score_rows([rows[index] for index in batch])
            found.update(zip((i for index in batch for i in groups[index]), scores, strict=True))
        self._model.train(was_training)
        return [found[index] for index in range(len(chains))]

    @torch.inference_mode()
    def likelihoods(self, rows: Sequence[PackedQuestion]) -> list[list[list[float]]]:
        """The log-probability of each token of each solution; the model's mode is left as it was.

        Returns:
            For each row, and each of its chains, as many as the solution has tokens.
        """
        was_training = self._model.training
        self._model.eval()
        found: dict[int, list[list[float]]] = {}
        for batch in _batches(rows):
            read = self._read_rows([rows[index] for index in batch])
            found.update(zip(batch, read, strict=True))
        self._model.train(was_training)
        return [found[index] for index in range(len(rows))]

    def save(self, folder: Path) -> None:
        """Write weights or adapter, tokenizer, and how the model is asked."""
        _save_weights(self._model, folder)
        self._tokenizer.save_pretrained(folder)
        VerifierFile(kind=VerifierKind.LANGUAGE, layout=self._layout.name).write(folder)

    def _score_rows(self, rows: Sequence[PackedQuestion]) -> Iterator[ChainScore]:
        device = next(self._model.parameters()).device
        batch = {name: value.to(device) for name, value in self.collate(rows).items()}
        logits, first = self._logits(self._model, batch)
        said = iter(self._head(_at_checks(logits, first, batch)).sigmoid().float().tolist())
        for chain in (chain for row in rows for chain in row.chains):
            *steps, whole = islice(said, len(chain.places))
            yield ChainScore(steps=tuple(steps), whole=whole)

    def _read_rows(self, rows: Sequence[PackedQuestion]) -> Iterator[list[list[float]]]:
        device = next(self._model.parameters()).device
        batch = {name: value.to(device) for name, value in self.collate(rows).items()}
        logits, first = self._logits(self._model, batch)
        next_ids = batch["next_ids"][:, first:].clamp(min=0).unsqueeze(-1)
        read = logits.log_softmax(dim=-1).gather(-1, next_ids).squeeze(-1).cpu()
        for index, row in enumerate(rows):
            yield [
                read[index, chain.begin - first : chain.end - 1 - first].tolist()
                for chain in row.chains
            ]

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

    def _check_loss(self, said: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        words, targets = said.log_softmax(dim=-1), batch["check_targets"]
        losses = -(targets * words[:, self._yes] + (1 - targets) * words[:, self._no])
        at_whole = batch["check_wholes"]
        return (_mean(losses, at_whole) + _mean(losses, ~at_whole)) / 2

    def _ranking_loss(self, said: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        odds = self._head(said)
        margins = odds[batch["pair_right"]] - odds[batch["pair_wrong"]]
        weights = batch["pair_weights"]
        return -(functional.logsigmoid(margins) * weights).sum() / weights.sum().clamp(min=1)

    def _token_loss(self, logits: torch.Tensor, outcome: torch.Tensor) -> torch.Tensor:
        is_labelled = outcome != NONE
        losses = functional.binary_cross_entropy_with_logits(
            self._head(logits), outcome.clamp(min=0), reduction="none"
        )
        return _mean(losses, is_labelled)


def _language_loss(logits: torch.Tensor, next_ids: torch.Tensor) -> torch.Tensor:
    flat = next_ids.reshape(-1)
    losses = functional.cross_entropy(logits.flatten(0, 1), flat.clamp(min=0), reduction="none")
    return _mean(losses, flat != NONE)


def _at_checks(logits: torch.Tensor, first: int, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """(checks, words): the logits behind which something is judged."""
    return logits[batch["check_rows"], batch["check_places"] - first]


def _mean(values: torch.Tensor, is_counted: torch.Tensor) -> torch.Tensor:
    counted = is_counted.to(values.dtype)
    return (values * counted).sum() / counted.sum().clamp(min=1)


def _batches(rows: Sequence[PackedQuestion]) -> Iterator[list[int]]:
    """Indices of rows of like length, as many at a time as fit."""
    batch: list[int] = []
    for index in sorted(range(len(rows)), key=lambda i: len(rows[i].ids)):
        if batch and len(rows[index].ids) * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _save_weights(model: Any, folder: Path) -> None:
    # An adapter leaves the embeddings alone; asked to find out, the library would look online.
    extra = {"save_embedding_layers": False} if hasattr(model, "peft_config") else {}
    model.save_pretrained(folder, **extra)
