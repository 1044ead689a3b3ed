"""How long an example is as its model reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from engine.training.datasets.render import render
from engine.training.datasets.text import all_texts
from engine.training.errors import DatasetError
from engine.training.example import Conversation, Example


def load_counter(folder: Path) -> Callable[[Example], int]:
    """Count with the tokenizer of a model's folder (its `tokenizer.json` and chat template).

    Raises:
        DatasetError: When there is no tokenizer.
    """
    try:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder}: no `tokenizer.json` that can be read") from error
    return counter_of(tokenizer)


def counter_of(tokenizer: PreTrainedTokenizerBase) -> Callable[[Example], int]:
    """Count with a tokenizer: conversations through its template, anything else as plain text."""

    def count(example: Example) -> int:
        if isinstance(example, Conversation):
            return len(render(example, tokenizer).ids)
        text = "\n".join(all_texts(example))
        return len(tokenizer(text, add_special_tokens=False)["input_ids"])

    return count
