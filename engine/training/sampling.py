"""Solutions sampled from a model in batches, executed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from engine.training.row_format import Completion, read_completion, render_prompt

MAX_NEW_TOKENS: Final = 160
_BATCH_ROWS: Final = 128


class Solver(Protocol):
    """Whatever answers questions with programs."""

    def greedy(self, questions: Sequence[str]) -> list[Completion]:
        """The likeliest solution of each question."""
        ...

    def sample(
        self, questions: Sequence[str], *, n_samples: int, temperature: float, seed: int
    ) -> list[list[Completion]]:
        """Solutions of each question, drawn from the whole distribution (top_p 1)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A model in this process, with its tokenizer.

    Attributes:
        model: In evaluation mode, on the device where it is to run.
        tokenizer: Its own; batches are padded on the left whatever it is set to.
    """

    model: LlamaForCausalLM
    tokenizer: PreTrainedTokenizerFast

    def greedy(self, questions: Sequence[str]) -> list[Completion]:
        """The likeliest solution of each question."""
        prompts = [render_prompt(question) for question in questions]
        return [found[0] for found in self._complete(prompts, n_samples=1, temperature=None)]

    def write(self, prompts: Sequence[str]) -> list[str]:
        """The likeliest continuation of the beginning of any row, up to the end token."""
        found = self._complete(prompts, n_samples=1, temperature=None)
        return [one.text for [one] in found]

    def sample(
        self, questions: Sequence[str], *, n_samples: int, temperature: float, seed: int
    ) -> list[list[Completion]]:
        """Solutions of each question, drawn from the whole distribution (top_p 1)."""
        torch.manual_seed(seed)
        prompts = [render_prompt(question) for question in questions]
        return self._complete(prompts, n_samples=n_samples, temperature=temperature)

    def _complete(
        self, prompts: Sequence[str], *, n_samples: int, temperature: float | None
    ) -> list[list[Completion]]:
        # Prompts of like length together waste little on padding.
        order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
        found: list[list[Completion]] = [[] for _ in prompts]
        size = max(1, _BATCH_ROWS // n_samples)
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            texts = self._generate([prompts[i] for i in chosen], n_samples, temperature)
            for place, index in enumerate(chosen):
                group = texts[place * n_samples : (place + 1) * n_samples]
                found[index] = [read_completion(text) for text in group]
        return found

    @torch.inference_mode()
    def _generate(
        self, prompts: list[str], n_samples: int, temperature: float | None
    ) -> list[str]:
        # What is written follows on the right, whatever side the tokenizer is set to.
        inputs = self.tokenizer(
            prompts, return_tensors="pt", padding=True, padding_side="left"
        ).to(self.model.device)
        settings = (
            {"do_sample": False}
            if temperature is None
            else {
                "do_sample": True,
                "temperature": temperature,
                "top_p": 1.0,
                "top_k": 0,
            }
        )
        # The library's own type for `generate` does not accept its own models.
        model: Any = self.model
        output = model.generate(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            max_new_tokens=MAX_NEW_TOKENS,
            num_return_sequences=n_samples,
            pad_token_id=self.tokenizer.pad_token_id,
            eos_token_id=self.tokenizer.eos_token_id,
            **settings,
        )
        written = output[:, inputs["input_ids"].shape[1] :]
        return self.tokenizer.batch_decode(written, skip_special_tokens=False)
