"""The texts of an example: what is asked, what is trained, all of it, and all of it changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, assert_never

from engine.domain.canonical import JsonValue
from engine.training.example import (
    Conversation,
    Example,
    JudgedChain,
    Message,
    PreferencePair,
    Role,
    TwinClaims,
)

Change: TypeAlias = Callable[[str], str]


def asked_texts(example: Example) -> tuple[str, ...]:
    """What somebody asks or states, each part by itself: questions, users' turns, claims."""
    match example:
        case Conversation():
            return _said_by(example.messages, Role.USER)
        case PreferencePair():
            return _said_by(example.prompt, Role.USER)
        case JudgedChain():
            return (example.question,)
        case TwinClaims():
            return tuple(text for text in (example.question, example.true, example.false) if text)
        case never:
            assert_never(never)


def trained_texts(example: Example) -> tuple[str, ...]:
    """What a model is to learn to say or to judge."""
    match example:
        case Conversation():
            return _said_by(example.messages, Role.ASSISTANT)
        case PreferencePair():
            return (example.chosen, example.rejected)
        case JudgedChain():
            return example.steps
        case TwinClaims():
            return (example.true, example.false)
        case never:
            assert_never(never)


def all_texts(example: Example) -> tuple[str, ...]:
    """Every text, those inside of calls' arguments among them."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    change_texts(example, note)
    return tuple(found)


def change_texts(example: Example, change: Change) -> Example:
    """The example with a change made to each of its texts."""
    match example:
        case Conversation():
            messages = _change_messages(example.messages, change)
            return replace(example, messages=messages, answer=change(example.answer))
        case PreferencePair():
            return replace(
                example,
                prompt=_change_messages(example.prompt, change),
                chosen=change(example.chosen),
                rejected=change(example.rejected),
            )
        case JudgedChain():
            steps = tuple(change(step) for step in example.steps)
            return replace(example, question=change(example.question), steps=steps)
        case TwinClaims():
            return replace(
                example,
                question=change(example.question),
                true=change(example.true),
                false=change(example.false),
            )
        case never:
            assert_never(never)


def _said_by(messages: Sequence[Message], role: Role) -> tuple[str, ...]:
    return tuple(message.content for message in messages if message.role is role)


def _change_messages(messages: Sequence[Message], change: Change) -> tuple[Message, ...]:
    return tuple(_change_message(message, change) for message in messages)


def _change_message(message: Message, change: Change) -> Message:
    calls = tuple(
        replace(call, arguments={k: _change_value(v, change) for k, v in call.arguments.items()})
        for call in message.calls
    )
    return replace(message, content=change(message.content), calls=calls)


def _change_value(value: JsonValue, change: Change) -> JsonValue:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _change_value(item, change) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_change_value(item, change) for item in value]
    return value
