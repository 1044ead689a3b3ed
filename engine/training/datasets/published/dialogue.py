"""Talk: SlimOrca and others of its layout, CAMEL's pairs, rows of chat messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from engine.training.datasets.field import filled_field, list_field, object_of, text_field
from engine.training.datasets.published.layout import Credit, Row, exchange, origin_of
from engine.training.datasets.row import from_row
from engine.training.errors import DatasetError
from engine.training.example import Category, Conversation, Example, Message, Role

_SPEAKERS: Final = {
    "system": Role.SYSTEM,
    "human": Role.USER,
    "user": Role.USER,
    "gpt": Role.ASSISTANT,
    "assistant": Role.ASSISTANT,
}
# CAMEL's rows say who speaks, such as `Physicist_RoleType.ASSISTANT`.
_PROFESSIONS: Final = {
    "mathematician": Category.MATH,
    "physicist": Category.PHYSICS,
    "chemist": Category.CHEMISTRY,
    "programmer": Category.CODE,
}


def read_slimorca(row: Row, credit: Credit) -> Iterator[Conversation]:
    """`conversations`: turns with `from` (system, human, gpt) and `value`; blank ones are cut."""
    turns = [object_of(value, "conversations") for value in list_field(row, "conversations")]
    messages = tuple(_read_turn(turn) for turn in turns if text_field(turn, "value", "").strip())
    if not messages:
        raise DatasetError("`conversations` is empty")
    asked = " ".join(each.content for each in messages if each.role is Role.USER)
    yield Conversation(messages=messages, origin=origin_of(asked, credit))


def read_camel(row: Row, credit: Credit) -> Iterator[Conversation]:
    """`message_1` asks and `message_2` answers; `role_1` tells the field, the topic the family."""
    question = filled_field(row, "message_1")
    profession = text_field(row, "role_1", "").partition("_")[0].lower()
    origin = origin_of(question, credit, category=_PROFESSIONS.get(profession))
    # The published column is called `topic;`, the semicolon included.
    topic = text_field(row, "topic;", "") or text_field(row, "topic", "")
    family = f"{credit.source}/{topic.strip().lower()}" if topic.strip() else credit.source
    yield exchange(question, filled_field(row, "message_2"), replace(origin, family=family))


def read_chat(row: Row, credit: Credit) -> Iterator[Example]:
    """Rows of the project's own layouts; what says nothing of its origin gets the credit's."""
    example = from_row(row)
    origin = example.origin
    yield replace(
        example,
        origin=replace(
            origin,
            source=text_field(row, "source", credit.source),
            licence=text_field(row, "licence", credit.licence),
        ),
    )


def _read_turn(turn: Row) -> Message:
    speaker = text_field(turn, "from")
    role = _SPEAKERS.get(speaker)
    if role is None:
        raise DatasetError(f"`from` is {speaker!r}, not one of {', '.join(_SPEAKERS)}")
    return Message(role=role, content=filled_field(turn, "value"))
