"""The rules that an example must keep; pure, and every breach is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from engine.answers.call import list_calls
from engine.answers.call_fault import MalformedCall
from engine.answers.compare import compare_answers
from engine.answers.extract import extract_answer
from engine.domain.profile import AnswerProtocol
from engine.domain.verdict import Verdict
from engine.training.errors import DatasetError
from engine.training.example import (
    Conversation,
    Example,
    JudgedChain,
    Message,
    PreferencePair,
    Role,
    TwinClaims,
)


class Rule(StrEnum):
    """What an example may break."""

    ORDER = "order-of-turns"
    EMPTY = "empty-text"
    LENGTH = "too-long"
    RENDER = "cannot-be-rendered"
    ANSWER = "answer-disagrees"
    TOOL = "unknown-tool"
    CALL = "unreadable-call"
    RESULT = "unreadable-result"
    SAME = "nothing-to-tell-apart"
    LABELS = "labels-disagree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that an example breaks, and how."""

    rule: Rule
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What examples are held to.

    Attributes:
        tools: Names of all tools that there are; None takes each conversation's own list.
        count_tokens: The length of an example as its model reads it; `DatasetError` where the
            model's template refuses it. None counts nothing.
        max_tokens: The longest that is kept.
    """

    tools: Collection[str] | None = None
    count_tokens: Callable[[Example], int] | None = None
    max_tokens: int | None = None


def find_breaches(example: Example, rules: Rules) -> tuple[Breach, ...]:
    """Every rule that the example breaks; nothing when it is sound."""
    return (*_breaches_of_kind(example, rules), *_breaches_of_length(example, rules))


def _breaches_of_kind(example: Example, rules: Rules) -> Iterator[Breach]:
    match example:
        case Conversation():
            yield from _check_conversation(example, rules)
        case PreferencePair():
            yield from _check_preference(example)
        case JudgedChain():
            yield from _check_chain(example)
        case TwinClaims():
            if example.true.strip() == example.false.strip():
                yield Breach(rule=Rule.SAME, detail="the true claim is the false one")
        case never:
            assert_never(never)


def _breaches_of_length(example: Example, rules: Rules) -> Iterator[Breach]:
    if rules.count_tokens is None or rules.max_tokens is None:
        return
    try:
        n_tokens = rules.count_tokens(example)
    except DatasetError as error:
        yield Breach(rule=Rule.RENDER, detail=str(error))
        return
    if n_tokens > rules.max_tokens:
        yield Breach(rule=Rule.LENGTH, detail=f"{n_tokens} tokens, more than {rules.max_tokens}")


def _check_conversation(example: Conversation, rules: Rules) -> Iterator[Breach]:
    yield from _check_turns(example.messages)
    if example.messages[-1].role is not Role.ASSISTANT:
        yield Breach(rule=Rule.ORDER, detail="the last turn is not the assistant's")
    tools = example.tools if rules.tools is None else rules.tools
    for number, message in enumerate(example.messages, start=1):
        yield from _check_calls(message, number, tools)
    yield from _check_answer(example)


def _check_turns(messages: Sequence[Message]) -> Iterator[Breach]:
    before: Message | None = None
    for number, message in enumerate(messages, start=1):
        if not message.content.strip() and not message.calls:
            yield Breach(rule=Rule.EMPTY, detail=f"turn {number} says nothing")
        if not _may_follow(message, before):
            behind = "at the beginning" if before is None else f"behind {before.role.value}"
            yield Breach(rule=Rule.ORDER, detail=f"turn {number}: {message.role.value} {behind}")
        before = message


def _may_follow(message: Message, before: Message | None) -> bool:
    """Whether a turn may stand behind another: user and assistant in turn, tools behind calls."""
    if message.role is Role.SYSTEM:
        return before is None
    if message.role is Role.USER:
        return before is None or (before.role in _ENDS and not before.calls)
    if message.role is Role.TOOL:
        return before is not None and (bool(before.calls) or before.role is Role.TOOL)
    return before is not None and before.role in {Role.USER, Role.TOOL}


_ENDS = frozenset({Role.SYSTEM, Role.ASSISTANT})


def _check_calls(message: Message, number: int, tools: Collection[str]) -> Iterator[Breach]:
    if message.role is Role.TOOL and not _is_json(message.content):
        yield Breach(rule=Rule.RESULT, detail=f"turn {number}: the result is not JSON")
    if message.role is not Role.ASSISTANT and message.calls:
        yield Breach(rule=Rule.ORDER, detail=f"turn {number}: only the assistant calls tools")
    if message.role is Role.ASSISTANT:
        yield from _check_names(message, number, tools)


def _check_names(message: Message, number: int, tools: Collection[str]) -> Iterator[Breach]:
    names = [call.name for call in message.calls]
    # A block of code in a reply is a call only where tools are offered.
    for found in list_calls(message.content) if tools else ():
        if isinstance(found, MalformedCall):
            yield Breach(rule=Rule.CALL, detail=f"turn {number}: {found.correction}")
        else:
            names.append(found.name)
    for name in names:
        if name not in tools:
            yield Breach(rule=Rule.TOOL, detail=f"turn {number}: no tool {name!r}")


def _check_answer(example: Conversation) -> Iterator[Breach]:
    """The marked answer of the last turn must not contradict the answer on record."""
    if not example.answer:
        return
    found = extract_answer(example.messages[-1].content, AnswerProtocol.MARKED)
    if found is None or found.text.strip() == example.answer.strip():
        return
    if compare_answers(found.text, example.answer) is Verdict.WRONG:
        detail = f"{found.text[:60]!r} is marked, {example.answer[:60]!r} on record"
        yield Breach(rule=Rule.ANSWER, detail=detail)


def _check_preference(example: PreferencePair) -> Iterator[Breach]:
    yield from _check_turns(example.prompt)
    if example.prompt[-1].role not in {Role.USER, Role.TOOL}:
        yield Breach(rule=Rule.ORDER, detail="the prompt ends with nobody to reply to")
    for name, text in (("chosen", example.chosen), ("rejected", example.rejected)):
        if not text.strip():
            yield Breach(rule=Rule.EMPTY, detail=f"`{name}` says nothing")
    if example.chosen.strip() == example.rejected.strip():
        yield Breach(rule=Rule.SAME, detail="the chosen text is the rejected one")


def _check_chain(example: JudgedChain) -> Iterator[Breach]:
    for number, step in enumerate(example.steps, start=1):
        if not step.strip():
            yield Breach(rule=Rule.EMPTY, detail=f"step {number} says nothing")
    if not 0 <= example.n_right <= len(example.steps):
        detail = f"{example.n_right} right steps of {len(example.steps)}"
        yield Breach(rule=Rule.LABELS, detail=detail)
    if example.is_right and example.n_right == len(example.steps) and example.fault is not None:
        yield Breach(rule=Rule.LABELS, detail="a chain that is right has a fault")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
