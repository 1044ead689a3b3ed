"""Rows of a training file, in the layout that each method reads.

Files are those of `engine.training.datasets`, or raw text for a model without a chat template:

- supervised: `messages` (and `tools`), or `prompt` and `completion`;
- preferences and rewards: `prompt`, `chosen`, `rejected`;
- execution: `messages` or `prompt`, with `answer`, or `question` (`problem`) with `answer`.

A prompt, completion or continuation is a text or a list of messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.training.datasets.json_lines import read_rows
from engine.training.datasets.row import from_row, message_row, read_messages
from engine.training.errors import DatasetError
from engine.training.example import Category, Conversation, Message, Origin, Role
from engine.training.record import DataFile, file_digest
from engine.training.tune.settings import Method

Row = Mapping[str, Any]

_ASSISTANT: Final = Role.ASSISTANT.value
_UNKNOWN: Final = Origin(source="unknown", licence="unknown", category=Category.GENERAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSet:
    """The rows of one or several files.

    Attributes:
        rows: In the layout of the method.
        files: Where they come from.
    """

    rows: tuple[Row, ...] = ()
    files: tuple[DataFile, ...] = ()


def load_rows(paths: Sequence[Path], method: Method, *, max_rows: int | None = None) -> RowSet:
    """Read files for a method; every row has to be of one layout.

    Args:
        paths: JSON lines, read in this order.
        method: What the rows are for.
        max_rows: Rows beyond so many, over all files, are left unread.

    Raises:
        DatasetError: For a file that cannot be read, holds no row, or mixes texts with messages;
            the message names file and line.
    """
    rows: list[Row] = []
    files: list[DataFile] = []
    for path in paths:
        before = len(rows)
        for number, row in read_rows(path):
            if max_rows is not None and len(rows) >= max_rows:
                break
            try:
                rows.append(_READERS[method](row))
            except DatasetError as error:
                raise DatasetError(f"{path}, line {number}: {error}") from error
        name, n_rows = path.name, len(rows) - before
        files.append(DataFile(name=name, sha256=file_digest(path), n_rows=n_rows))
    if paths and not rows:
        raise DatasetError(f"{paths[0]} holds no row")
    _check_one_layout(rows)
    return RowSet(rows=tuple(rows), files=tuple(files))


def chosen_only(rows: RowSet) -> RowSet:
    """Preference pairs as supervised rows of the better turn alone: what a control trains on."""
    kept = tuple(
        _read_supervised({"prompt": row["prompt"], "completion": row["chosen"]})
        for row in rows.rows
    )
    return RowSet(rows=kept, files=rows.files)


def is_chat(row: Row) -> bool:
    """Whether a row is made of messages, and so needs a chat template."""
    return "conversation" in row or not isinstance(row.get("prompt"), str)


def _read_supervised(row: Row) -> Row:
    if "messages" in row:
        found = from_row(row)
        if not isinstance(found, Conversation) or found.messages[-1].role is not Role.ASSISTANT:
            raise DatasetError("`messages` does not end with the assistant's turn")
        n_said = sum(message.role is Role.ASSISTANT for message in found.messages)
        return {"conversation": found, "n_trained_turns": n_said}
    prompt, completion = _turns(row, "prompt"), _turns(row, "completion")
    if isinstance(prompt, str) and isinstance(completion, str):
        return {"prompt": prompt, "completion": completion}
    if isinstance(prompt, str) or isinstance(completion, str):
        raise DatasetError("`prompt` and `completion` are not both texts or both messages")
    joined = _conversation(
        (*read_messages(prompt, "prompt"), *read_messages(completion, "completion"))
    )
    n_said = sum(turn["role"] == _ASSISTANT for turn in completion)
    return {"conversation": joined, "n_trained_turns": n_said}


def _conversation(messages: tuple[Message, ...]) -> Conversation:
    if messages[-1].role is not Role.ASSISTANT:
        raise DatasetError("`completion` does not end with the assistant's turn")
    return Conversation(messages=messages, origin=_UNKNOWN)


def _read_pair(row: Row) -> Row:
    prompt = _turns(row, "prompt")
    pair = {name: _turns(row, name) for name in ("chosen", "rejected")}
    if not isinstance(prompt, str):
        pair = {name: _as_turn(value) for name, value in pair.items()}
    elif not all(isinstance(value, str) for value in pair.values()):
        raise DatasetError("`prompt` is a text, `chosen` or `rejected` is not")
    if pair["chosen"] == pair["rejected"]:
        raise DatasetError("`chosen` and `rejected` are the same")
    return {"prompt": prompt, **pair}


def _read_task(row: Row) -> Row:
    answer = row.get("answer")
    if not isinstance(answer, str) or not answer:
        raise DatasetError("`answer` is not a text, so nothing can be compared with it")
    if "messages" in row:
        messages = _messages(row, "messages")
        while messages and messages[-1]["role"] == _ASSISTANT:
            messages.pop()
        if not messages:
            raise DatasetError("`messages` holds nothing before the assistant's turn")
        return {"prompt": messages, "answer": answer}
    if "prompt" in row:
        return {"prompt": _turns(row, "prompt"), "answer": answer}
    question = row.get("question", row.get("problem"))
    if not isinstance(question, str) or not question:
        raise DatasetError("none of `messages`, `prompt`, `question` is there")
    return {"prompt": [{"role": Role.USER.value, "content": question}], "answer": answer}


_READERS: Final[Mapping[Method, Callable[[Row], Row]]] = {
    Method.SFT: _read_supervised,
    Method.DPO: _read_pair,
    Method.REWARD: _read_pair,
    Method.GRPO: _read_task,
}


def _turns(row: Row, name: str) -> str | list[dict[str, Any]]:
    value = row.get(name)
    if isinstance(value, str) and value:
        return value
    return _messages(row, name)


def _as_turn(value: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"role": _ASSISTANT, "content": value}] if isinstance(value, str) else value


def _messages(row: Row, name: str) -> list[dict[str, Any]]:
    value = row.get(name)
    if not isinstance(value, list) or not value:
        raise DatasetError(f"`{name}` is no text and no list of messages")
    return [message_row(message) for message in read_messages(value, name)]


def _check_one_layout(rows: Sequence[Row]) -> None:
    if len({is_chat(row) for row in rows}) > 1:
        raise DatasetError("some rows are texts and some are messages: give them as two files")
