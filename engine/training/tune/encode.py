"""Rows as token ids and targets: of a conversation, the assistant's turns alone are targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.progress import track
from transformers import PreTrainedTokenizerBase

from engine.training.datasets.chat_template import ChatTemplate
from engine.training.datasets.render import Rendering, fit_to_template, template_rows
from engine.training.datasets.row import read_messages
from engine.training.errors import DatasetError, TrainingError
from engine.training.example import Category, Conversation, Origin
from engine.training.row_format import QUESTION, render_prompt
from engine.training.tune.rows import Row

IGNORED: Final = -100
# What a row is called in what is said of it.
TRAINING_ROW: Final = "row"
DEV_ROW: Final = "development row"

Schemas = Mapping[str, Mapping[str, Any]]

_UNKNOWN: Final = Origin(source="unknown", licence="unknown", category=Category.GENERAL)
_NO_TEMPLATE: Final = (
    "the model has no chat template, so messages cannot be rendered: give rows of plain texts, or "
    "a folder whose tokenizer has a chat_template.jinja"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedRow:
    """One sequence.

    Attributes:
        ids: Token ids.
        targets: The same where the model is trained, else -100; as many.
    """

    ids: tuple[int, ...]
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """Rows that fit.

    Attributes:
        rows: In their order.
        n_too_long: Rows that had more tokens than allowed, and were left out.
    """

    rows: tuple[EncodedRow, ...]
    n_too_long: int


def encode_rows(
    rows: Sequence[Row],
    tokenizer: PreTrainedTokenizerBase,
    *,
    max_tokens: int,
    schemas: Schemas | None = None,
    name: str = TRAINING_ROW,
) -> Encoded:
    """Encode supervised rows.

    A row that is too long is left out: its end, which would be cut off, is the answer.

    Raises:
        DatasetError: When the template refuses a conversation, or it has nothing to train on; it
            names the row, counted from 1 over all files.
        TrainingError: When there is no template, or no row fits.
    """
    require_template(rows, tokenizer)
    rendering = Rendering(tokenizer=tokenizer, schemas=schemas or {})
    console = Console(stderr=True)
    shown = track(
        rows, "encoding", console=console, transient=True, disable=not console.is_terminal
    )
    encoded: list[EncodedRow] = []
    for number, row in enumerate(shown, start=1):
        with told_of_row(number, name):
            encoded.append(encode_row(row, rendering))
    fitting = tuple(row for row in encoded if len(row.ids) <= max_tokens)
    if encoded and not fitting:
        shortest = min(len(row.ids) for row in encoded)
        raise TrainingError(
            f"every row has more than {max_tokens} tokens; the shortest has {shortest}"
        )
    return Encoded(rows=fitting, n_too_long=len(encoded) - len(fitting))


def encode_row(row: Row, rendering: Rendering) -> EncodedRow:
    """Encode one supervised row.

    Raises:
        DatasetError: When the template refuses it, or it has nothing to train on.
    """
    if "conversation" not in row:
        return _encode_text(row["prompt"], row["completion"], rendering.tokenizer)
    found = rendering.render(row["conversation"])
    mask = keep_last_runs(found.mask, row["n_trained_turns"])
    if not any(mask):
        raise DatasetError("it holds nothing that the assistant says")
    targets = (token if on else IGNORED for token, on in zip(found.ids, mask, strict=True))
    return EncodedRow(ids=found.ids, targets=tuple(targets))


def keep_last_runs(mask: Sequence[bool], n_runs: int) -> tuple[bool, ...]:
    """The mask without all but its last runs of trained tokens: one run is one turn."""
    kept = list(mask)
    left, is_inside = n_runs, False
    for index in range(len(kept) - 1, -1, -1):
        if not kept[index]:
            left, is_inside = left - is_inside, False
        elif left > 0:
            is_inside = True
        else:
            kept[index] = False
    return tuple(kept)


def fit_prompt(
    messages: Sequence[Mapping[str, Any]], tokenizer: PreTrainedTokenizerBase
) -> list[dict[str, Any]]:
    """A prompt as the model's template takes it: no system turn, no tools, where it knows none.

    Raises:
        DatasetError: When it cannot be put that way.
    """
    turns = read_messages(messages, "prompt")
    conversation = Conversation(messages=turns, origin=_UNKNOWN)
    return template_rows(fit_to_template(conversation, ChatTemplate(tokenizer), {}).messages)


def fit_prompts(
    rows: Iterable[Row], tokenizer: PreTrainedTokenizerBase, *, name: str = TRAINING_ROW
) -> list[dict[str, Any]]:
    """Rows whose prompts the tokenizer can render; prompts that are texts stay as they are.

    A model of svend-mini's format that has no chat template takes a question by its own marks.

    Raises:
        DatasetError: When the template cannot take a prompt; it names the row.
        TrainingError: When there is neither a template nor such a mark.
    """
    fitted: list[dict[str, Any]] = []
    for number, row in enumerate(rows, start=1):
        with told_of_row(number, name):
            fitted.append(_fit(row, tokenizer))
    return fitted


@contextmanager
def told_of_row(number: int, name: str = TRAINING_ROW) -> Iterator[None]:
    """Name the row in what is said of its faults.

    Args:
        number: Counted from 1, over all files in the order in which they are read.
        name: What it is called.
    """
    try:
        yield
    except DatasetError as error:
        raise DatasetError(f"{name} {number}: {error}") from error


def require_template(rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase) -> None:
    """Refuse messages that this tokenizer cannot render.

    Raises:
        TrainingError: When it has no chat template.
    """
    is_text = not rows or isinstance(rows[0].get("prompt"), str)
    if not is_text and not tokenizer.chat_template:
        raise TrainingError(_NO_TEMPLATE)


def _fit(row: Row, tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    prompt = row["prompt"]
    if isinstance(prompt, str):
        return dict(row)
    if tokenizer.chat_template:
        return {**row, "prompt": fit_prompt(prompt, tokenizer)}
    if len(prompt) != 1 or "answer" not in row or QUESTION not in tokenizer.get_vocab():
        raise TrainingError(_NO_TEMPLATE)
    return {**row, "prompt": render_prompt(prompt[0]["content"])}


def _encode_text(prompt: str, completion: str, tokenizer: PreTrainedTokenizerBase) -> EncodedRow:
    end = str(tokenizer.eos_token or "")
    if not completion.endswith(end):
        completion += end
    # Encoded apart, so that no token spans the seam: when it is served, the prompt comes alone.
    before = list(tokenizer(prompt)["input_ids"])
    after = list(tokenizer(completion, add_special_tokens=False)["input_ids"])
    targets = [IGNORED] * len(before) + after
    return EncodedRow(ids=(*before, *after), targets=tuple(targets))
