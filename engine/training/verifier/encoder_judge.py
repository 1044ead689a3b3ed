"""An encoder as verifier: any checkpoint for sequence classification, with one output.

Each beginning of a solution is a text of its own, in the form in which the verifier kind
`classify` sends it, so that what was trained is served with no setting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import torch
from torch.nn import functional
from transformers import PreTrainedTokenizerBase

from engine.ports import Claim
from engine.training.example import JudgedChain
from engine.training.verifier.judge import ChainScore
from engine.training.verifier.verifier_file import VerifierFile, VerifierKind
from engine.verify.profile import VerifierProfile

LAYOUT: Final = "classify"

_BATCH_TEXTS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedChain:
    """The texts of a chain as tokens.

    Attributes:
        texts: The token ids of each beginning; the last one is the whole.
        labels: Whether each is right.
    """

    texts: tuple[tuple[int, ...], ...]
    labels: tuple[bool, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """All tokens, for what sorts rows by length."""
        return tuple(token for text in self.texts for token in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedQuestion:
    """Chains of one question.

    Attributes:
        chains: At least one.
    """

    chains: tuple[EncodedChain, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """All tokens, for what sorts rows by length."""
        return tuple(token for chain in self.chains for token in chain.ids)


class EncoderJudge:
    """A sequence classifier whose one output is the log-odds of right; see `Judge`."""

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        profile: VerifierProfile | None = None,
    ) -> None:
        """Take the parts.

        Args:
            model: With one label, on its device.
            tokenizer: The model's own.
            profile: How a claim becomes a text.
        """
        self._model = model
        self._tokenizer = tokenizer
        self._profile = profile or VerifierProfile()
        self._n_most = min(
            tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", 1 << 30)
        )

    @property
    def model(self) -> Any:
        """The weights."""
        return self._model

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The model's own."""
        return self._tokenizer

    def whole_text(self, chain: JudgedChain) -> str:
        """The text of the whole."""
        return self.render(chain, len(chain.steps))

    def render(self, chain: JudgedChain, n_steps: int) -> str:
        """The text of a beginning."""
        claim = Claim(problem=chain.question, steps=chain.steps[:n_steps])
        return self._profile.render_text(claim)

    def encode(self, chain: JudgedChain) -> EncodedChain:
        """Every beginning as a text; the last of them is the whole, and has its label."""
        texts = [self.render(chain, n) for n in range(1, len(chain.steps) + 1)]
        encoded = self._tokenizer(texts, truncation=True, max_length=self._n_most)["input_ids"]
        return EncodedChain(
            texts=tuple(tuple(ids) for ids in encoded),
            labels=(*chain.labels[:-1], chain.is_right),
        )

    def join(self, chains: Sequence[EncodedChain]) -> EncodedQuestion:
        """Chains of one question as one row; an encoder reads each text apart all the same."""
        return EncodedQuestion(chains=tuple(chains))

    def collate(self, rows: Sequence[EncodedQuestion]) -> dict[str, torch.Tensor]:
        """All texts of the chains as one batch; the wholes count as much as all the steps."""
        chains = [chain for row in rows for chain in row.chains]
        texts = [list(text) for chain in chains for text in chain.texts]
        padded = self._pad(texts)
        n_steps = sum(len(chain.texts) - 1 for chain in chains)
        weights = [
            1 / len(chains) if index == len(chain.texts) - 1 else 1 / n_steps
            for chain in chains
            for index in range(len(chain.texts))
        ]
        return {
            "input_ids": padded["input_ids"],
            "attention_mask": padded["attention_mask"],
            "targets": torch.tensor([float(label) for chain in chains for label in chain.labels]),
            "weights": torch.tensor(weights),
        }

    def loss(self, model: torch.nn.Module, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Binary cross-entropy of steps and wholes, by halves."""
        output = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
        losses = functional.binary_cross_entropy_with_logits(
            output.logits[:, 0].float(), batch["targets"], reduction="none"
        )
        return (losses * batch["weights"]).sum() / batch["weights"].sum()

    @torch.inference_mode()
    def score(self, chains: Sequence[JudgedChain]) -> list[ChainScore]:
        """Judge chains; the model's mode is left as it was."""
        was_training = self._model.training
        self._model.eval()
        rows = [self.encode(chain) for chain in chains]
        texts = [list(text) for row in rows for text in row.texts]
        scores = self._score_texts(texts)
        self._model.train(was_training)
        ends = list(accumulate(len(row.texts) for row in rows))
        return [
            ChainScore(steps=tuple(scores[end - len(row.texts) : end]), whole=scores[end - 1])
            for row, end in zip(rows, ends, strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write weights, tokenizer, and how the model is asked."""
        self._model.save_pretrained(folder)
        self._tokenizer.save_pretrained(folder)
        VerifierFile(kind=VerifierKind.ENCODER, layout=LAYOUT).write(folder)

    def _pad(self, texts: Sequence[list[int]]) -> Any:
        # Encoders read a text off its first token, which must be the text's own.
        return self._tokenizer.pad(
            {"input_ids": list(texts)}, padding_side="right", return_tensors="pt"
        )

    def _score_texts(self, texts: Sequence[list[int]]) -> list[float]:
        scores = [0.0] * len(texts)
        device = next(self._model.parameters()).device
        for group in _group(texts):
            padded = self._pad([texts[index] for index in group])
            output = self._model(
                input_ids=padded["input_ids"].to(device),
                attention_mask=padded["attention_mask"].to(device),
            )
            said = output.logits[:, 0].float().sigmoid().cpu().tolist()
            for index, score in zip(group, said, strict=True):
                scores[index] = score
        return scores


def _group(texts: Sequence[list[int]]) -> Iterator[list[int]]:
    """Indices of texts of like length."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for start in range(0, len(order), _BATCH_TEXTS):
        yield order[start : start + _BATCH_TEXTS]
