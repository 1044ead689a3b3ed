"""What a published layout is: where its rows come from, what they may serve, who reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.training.example import Category, Conversation, Example, Message, Origin, Role
from engine.training.problem import template_digest

Row: TypeAlias = Mapping[str, Any]
Convert: TypeAlias = Callable[[Row, "Credit"], Iterator[Example]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What every row of a set says of its origin.

    Attributes:
        source: The set's name.
        licence: SPDX identifier, or the published words.
        category: What the mixture balances, unless a row says otherwise.
    """

    source: str
    licence: str
    category: Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One published format.

    Attributes:
        credit: What its rows say of their origin.
        convert: Reads a row into examples; raises `DatasetError` for one that cannot be read.
        fields: The fields that it reads, for the help text.
    """

    credit: Credit
    convert: Convert
    fields: str


def origin_of(question: str, credit: Credit, *, category: Category | None = None) -> Origin:
    """The origin of a row; rows that ask the same question share a template, so one split."""
    return Origin(
        source=credit.source,
        licence=credit.licence,
        category=category or credit.category,
        family=credit.source,
        template=template_digest(" ".join(question.split())),
    )


def exchange(question: str, reply: str, origin: Origin, *, answer: str = "") -> Conversation:
    """A question and its reply."""
    return Conversation(
        messages=(
            Message(role=Role.USER, content=question.strip()),
            Message(role=Role.ASSISTANT, content=reply.strip()),
        ),
        origin=origin,
        answer=answer,
    )
