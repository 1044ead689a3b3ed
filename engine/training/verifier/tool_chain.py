"""Calls of tools as judged chains: the right call of a conversation, and wrong ones beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from engine.domain.canonical import JsonValue
from engine.training.example import (
    Conversation,
    Fault,
    JudgedChain,
    Role,
    ToolUse,
)
from engine.training.row_format import TOOL
from engine.training.rows import render_call

RIGHT_SYSTEM: Final = "tool"
WRONG_SYSTEM: Final = "tool-mutation"

_FIGURES: Final = "0123456789"


def tool_chains(conversations: Iterable[Conversation], rng: Random) -> tuple[JudgedChain, ...]:
    """For each first call the right one, one of another tool, and one with a wrong number."""
    known = list(conversations)
    tools = sorted({use.name for talk in known for use in _calls(talk)})
    found: list[JudgedChain] = []
    for talk in known:
        calls = _calls(talk)
        question = next((turn.content for turn in talk.messages if turn.role is Role.USER), "")
        if not calls or not question:
            continue
        found.append(_chain(talk, question, calls[0], is_right=True))
        found += [
            _chain(talk, question, use, is_right=False) for use in _slip(calls[0], tools, rng)
        ]
    return tuple(found)


def _calls(talk: Conversation) -> Sequence[ToolUse]:
    return [use for turn in talk.messages if turn.role is Role.ASSISTANT for use in turn.calls]


def _slip(use: ToolUse, tools: Sequence[str], rng: Random) -> list[ToolUse]:
    others = [name for name in tools if name != use.name]
    slips = [replace(use, name=rng.choice(others))] if others else []
    arguments = {name: _miscopied(value, rng) for name, value in use.arguments.items()}
    changed = [name for name, value in arguments.items() if value != use.arguments[name]]
    if changed:
        name = rng.choice(changed)
        slips.append(replace(use, arguments={**use.arguments, name: arguments[name]}))
    return slips


def _miscopied(value: JsonValue, rng: Random) -> JsonValue:
    """The value with one figure changed; what holds none stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return value
    text = str(value)
    places = [index for index, char in enumerate(text) if char in _FIGURES]
    if not places:
        return value
    place = rng.choice(places)
    # A leading nought would make another text of the same number, or none.
    others = [figure for figure in _FIGURES[1:] if figure != text[place]]
    changed = text[:place] + rng.choice(others) + text[place + 1 :]
    return int(changed) if isinstance(value, int) else changed


def _chain(talk: Conversation, question: str, use: ToolUse, *, is_right: bool) -> JudgedChain:
    return JudgedChain(
        question=question,
        steps=(f"{TOOL}{render_call(use)}",),
        n_right=int(is_right),
        is_right=is_right,
        origin=talk.origin,
        fault=None if is_right else Fault.WRONG_TOOL,
        system=RIGHT_SYSTEM if is_right else WRONG_SYSTEM,
    )
