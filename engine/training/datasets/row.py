"""Examples as JSON objects, and back: a layout for each kind, told apart by their fields.

The layouts are those that trainers read without translation: `messages` with `tool_calls` as chat
templates take them, `prompt`, `chosen` and `rejected` as lists of messages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, assert_never

from engine.training.datasets.field import (
    choice_field,
    filled_field,
    flag_field,
    list_field,
    read_choice,
    text_field,
    texts_field,
)
from engine.training.datasets.turn import message_row, read_messages
from engine.training.errors import DatasetError
from engine.training.example import (
    Category,
    Conversation,
    Example,
    Fault,
    JudgedChain,
    Message,
    Origin,
    PreferencePair,
    Role,
    TwinClaims,
)
from engine.training.problem import Split

UNKNOWN: Final = "unknown"
EXACT_SYSTEM: Final = "exact"

_ID_BYTES: Final = 16


class Kind(StrEnum):
    """What a row is."""

    CONVERSATION = "conversation"
    PREFERENCE = "preference"
    STEPS = "steps"
    CLAIMS = "claims"


# The field that only rows of this kind have.
_MARKS: Final = {
    "messages": Kind.CONVERSATION,
    "chosen": Kind.PREFERENCE,
    "steps": Kind.STEPS,
    "true": Kind.CLAIMS,
}


def to_row(example: Example) -> dict[str, Any]:
    """An example as a JSON object: its id, its content, its origin."""
    content = _content(example)
    return {"id": _digest(content), **content, **_origin_fields(example.origin)}


def from_row(row: Mapping[str, Any]) -> Example:
    """Read an example; its id is not looked at, since it follows from the content.

    Raises:
        DatasetError: When the row is of no known layout; the message names the field.
    """
    match kind_of_row(row):
        case Kind.CONVERSATION:
            return _read_conversation(row)
        case Kind.PREFERENCE:
            return _read_preference(row)
        case Kind.STEPS:
            return _read_chain(row)
        case Kind.CLAIMS:
            return _read_claims(row)
        case never:
            assert_never(never)


def kind_of_row(row: Mapping[str, Any]) -> Kind:
    """Which layout a row has.

    Raises:
        DatasetError: When it has none of them.
    """
    for mark, kind in _MARKS.items():
        if mark in row:
            return kind
    raise DatasetError(f"none of the fields {', '.join(_MARKS)} is there to tell what the row is")


def kind_of(example: Example) -> Kind:
    """What an example is."""
    match example:
        case Conversation():
            return Kind.CONVERSATION
        case PreferencePair():
            return Kind.PREFERENCE
        case JudgedChain():
            return Kind.STEPS
        case TwinClaims():
            return Kind.CLAIMS
        case never:
            assert_never(never)


def example_id(example: Example) -> str:
    """32 hex digits of the content; two examples share them when only their origins differ."""
    return _digest(_content(example))


def _content(example: Example) -> dict[str, Any]:
    match example:
        case Conversation():
            return {
                "messages": [message_row(message) for message in example.messages],
                "tools": list(example.tools),
                "answer": example.answer,
            }
        case PreferencePair():
            return {
                "prompt": [message_row(message) for message in example.prompt],
                "chosen": [{"role": Role.ASSISTANT.value, "content": example.chosen}],
                "rejected": [{"role": Role.ASSISTANT.value, "content": example.rejected}],
                "fault": example.fault.value,
            }
        case JudgedChain():
            return {
                "question": example.question,
                "steps": list(example.steps),
                "labels": list(example.labels),
                "is_right": example.is_right,
                "fault": example.fault and example.fault.value,
                "system": example.system,
            }
        case TwinClaims():
            return {
                "question": example.question,
                "true": example.true,
                "false": example.false,
                "fault": example.fault.value,
            }
        case never:
            assert_never(never)


def _origin_fields(origin: Origin) -> dict[str, str]:
    return {
        "category": origin.category.value,
        "source": origin.source,
        "licence": origin.licence,
        "family": origin.family,
        "template": origin.template,
        "split": origin.split.value,
    }


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=_ID_BYTES).hexdigest()


def _read_origin(row: Mapping[str, Any]) -> Origin:
    return Origin(
        source=text_field(row, "source", UNKNOWN),
        licence=text_field(row, "licence", UNKNOWN),
        category=choice_field(row, "category", Category, Category.GENERAL),
        family=text_field(row, "family", ""),
        template=text_field(row, "template", ""),
        split=choice_field(row, "split", Split, Split.TRAIN),
    )


def _read_conversation(row: Mapping[str, Any]) -> Conversation:
    messages = read_messages(list_field(row, "messages"), "messages")
    if not messages:
        raise DatasetError("`messages` is empty")
    return Conversation(
        messages=messages,
        origin=_read_origin(row),
        tools=texts_field(row, "tools"),
        answer=text_field(row, "answer", ""),
    )


def _read_preference(row: Mapping[str, Any]) -> PreferencePair:
    """Read a pair; published ones may repeat the prompt at the head of both continuations."""
    chosen, rejected = _read_continuation(row, "chosen"), _read_continuation(row, "rejected")
    if chosen[:-1] != rejected[:-1]:
        raise DatasetError("`chosen` and `rejected` continue different prompts")
    return PreferencePair(
        prompt=chosen[:-1] or _read_prompt(row),
        chosen=chosen[-1].content,
        rejected=rejected[-1].content,
        fault=choice_field(row, "fault", Fault, Fault.SAMPLED),
        origin=_read_origin(row),
    )


def _read_chain(row: Mapping[str, Any]) -> JudgedChain:
    steps = texts_field(row, "steps")
    if not steps:
        raise DatasetError("`steps` is empty")
    fault = text_field(row, "fault", "")
    return JudgedChain(
        question=filled_field(row, "question"),
        steps=steps,
        n_right=_count_right(row, len(steps)),
        is_right=flag_field(row, "is_right"),
        origin=_read_origin(row),
        fault=read_choice(fault, "fault", Fault) if fault else None,
        system=text_field(row, "system", EXACT_SYSTEM),
    )


def _read_claims(row: Mapping[str, Any]) -> TwinClaims:
    return TwinClaims(
        question=text_field(row, "question", ""),
        true=filled_field(row, "true"),
        false=filled_field(row, "false"),
        fault=choice_field(row, "fault", Fault, Fault.ARITHMETIC),
        origin=_read_origin(row),
    )


def _read_prompt(row: Mapping[str, Any]) -> tuple[Message, ...]:
    value = row.get("prompt")
    if isinstance(value, str):
        return (Message(role=Role.USER, content=filled_field(row, "prompt")),)
    messages = read_messages(list_field(row, "prompt"), "prompt")
    if not messages:
        raise DatasetError("`prompt` is empty")
    return messages


def _read_continuation(row: Mapping[str, Any], name: str) -> tuple[Message, ...]:
    """The turns of one side; the last is the one that is preferred, or not."""
    if isinstance(row.get(name), str):
        return (Message(role=Role.ASSISTANT, content=text_field(row, name)),)
    messages = read_messages(list_field(row, name), name)
    if not messages or messages[-1].role is not Role.ASSISTANT:
        raise DatasetError(f"`{name}` does not end with a turn of the assistant")
    return messages


def _count_right(row: Mapping[str, Any], n_steps: int) -> int:
    labels = list_field(row, "labels")
    if len(labels) != n_steps or not all(isinstance(label, bool) for label in labels):
        raise DatasetError(f"`labels` is not a list of {n_steps} times true or false")
    n_right = labels.index(False) if False in labels else n_steps
    if any(labels[n_right:]):
        raise DatasetError("`labels` calls a step right behind the first wrong one")
    return n_right
