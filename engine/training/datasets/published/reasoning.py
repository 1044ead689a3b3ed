"""Reasoning in words: StrategyQA and FOLIO."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.training.datasets.field import filled_field, flag_field, texts_field
from engine.training.datasets.published.layout import Credit, Row, exchange, origin_of
from engine.training.errors import DatasetError
from engine.training.example import Conversation

# The published sets call the third value by two names.
_VERDICTS: Final = {
    "true": "true",
    "false": "false",
    "unknown": "uncertain",
    "uncertain": "uncertain",
}
_ASKED: Final = "Does it follow from these premises? Answer true, false or uncertain."


def read_strategyqa(row: Row, credit: Credit) -> Iterator[Conversation]:
    """`question`, `answer` (true or false) and `facts`, which become the reasons."""
    question = filled_field(row, "question")
    answer = "yes" if flag_field(row, "answer") else "no"
    facts = [" ".join(fact.split()) for fact in texts_field(row, "facts") if fact.strip()]
    reply = "\n".join([*facts, f"The answer is {answer}."])
    yield exchange(question, reply, origin_of(question, credit), answer=answer)


def read_folio(row: Row, credit: Credit) -> Iterator[Conversation]:
    """`premises`, `conclusion` and `label` (True, False, Unknown or Uncertain)."""
    premises, conclusion = texts_field(row, "premises"), filled_field(row, "conclusion")
    if not premises:
        raise DatasetError("`premises` is empty")
    label = filled_field(row, "label")
    answer = _VERDICTS.get(label.strip().lower())
    if answer is None:
        raise DatasetError(f"`label` is {label!r}, not one of {', '.join(_VERDICTS)}")
    told = "\n".join(f"- {premise.strip()}" for premise in premises)
    question = f"Premises:\n{told}\nConclusion: {conclusion.strip()}\n{_ASKED}"
    # One story has several conclusions: all of them belong to one split.
    origin = origin_of(told, credit)
    yield exchange(question, f"The answer is {answer}.", origin, answer=answer)
