"""Turns as JSON objects, as chat templates and servers of the OpenAI API write them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine.training.datasets.field import (
    filled_field,
    list_field,
    object_of,
    read_choice,
    text_field,
)
from engine.training.errors import DatasetError
from engine.training.example import Message, Role, ToolUse


def message_row(message: Message) -> dict[str, Any]:
    """A turn as chat templates take it."""
    row: dict[str, Any] = {"role": message.role.value, "content": message.content}
    if message.calls:
        row["tool_calls"] = [
            {
                "type": "function",
                "function": {"name": call.name, "arguments": dict(call.arguments)},
            }
            for call in message.calls
        ]
    return row


def read_messages(values: Sequence[Any], name: str) -> tuple[Message, ...]:
    """Read turns.

    Raises:
        DatasetError: For a turn that cannot be read; the message says which, from 1.
    """
    messages: list[Message] = []
    for index, value in enumerate(values, start=1):
        try:
            messages.append(_read_message(object_of(value, name)))
        except DatasetError as error:
            raise DatasetError(f"`{name}`, turn {index}: {error}") from error
    return tuple(messages)


def _read_message(row: Mapping[str, Any]) -> Message:
    calls = tuple(_read_call(call) for call in list_field(row, "tool_calls"))
    return Message(
        role=read_choice(text_field(row, "role"), "role", Role),
        content=text_field(row, "content", "" if calls else None),
        calls=calls,
    )


def _read_call(value: object) -> ToolUse:
    call = object_of(value, "tool_calls")
    function = object_of(call.get("function", call), "function")
    arguments = function.get("arguments", {})
    if isinstance(arguments, str):
        # Servers of the OpenAI API hand arguments over as JSON inside of JSON.
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError) as error:
            raise DatasetError(f"`arguments` is not JSON: {error}") from error
    return ToolUse(
        name=filled_field(function, "name"), arguments=object_of(arguments, "arguments")
    )
