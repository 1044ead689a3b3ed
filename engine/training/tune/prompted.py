"""Rows that begin with a prompt, as the library reads them: each is known to render.

The library renders rows by itself, preferences before the first step and prompts to sample from
in the middle of a run, and what a template refuses it does not explain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datasets import Dataset
from jinja2 import TemplateError
from transformers import PreTrainedTokenizerBase

from engine.training.errors import DatasetError
from engine.training.tune.encode import TRAINING_ROW, fit_prompts, told_of_row
from engine.training.tune.library import first_line
from engine.training.tune.rows import Row

_CONTINUATIONS = ("chosen", "rejected")


def prompted_rows(
    rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, *, name: str = TRAINING_ROW
) -> Dataset:
    """Rows as the library reads them, with prompts that the model's template takes.

    Args:
        rows: Preferences, or prompts with answers.
        tokenizer: The model's own.
        name: What a row is called.

    Raises:
        DatasetError: When the template refuses a row; it names the row.
        TrainingError: When messages are given to a model without a chat template.
    """
    found = Dataset.from_list(fit_prompts(rows, tokenizer, name=name))
    # What is read back is what the library will see: a field that some rows lack is there, empty.
    for number, row in enumerate(found, start=1):
        with told_of_row(number, name):
            _require_rendered(dict(row), tokenizer)
    return found


def _require_rendered(row: Mapping[str, Any], tokenizer: PreTrainedTokenizerBase) -> None:
    prompt = row["prompt"]
    if isinstance(prompt, str):
        return
    try:
        tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True)
        for side in _CONTINUATIONS:
            if side in row:
                tokenizer.apply_chat_template(prompt + row[side], tokenize=False)
    except (TemplateError, TypeError, ValueError) as error:
        raise DatasetError(
            f"the chat template refuses the conversation: {first_line(error)}"
        ) from error
