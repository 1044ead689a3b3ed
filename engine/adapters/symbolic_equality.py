"""Equality of answers by their canonical keys, and by their meaning where keys cannot tell."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.answers.compare import compare_keys
from engine.answers.key import CANONICALISER, canonical_key
from engine.domain.answer import Answer, uncompared_class
from engine.domain.verdict import Verdict
from engine.ports import AnswerComparer, Comparison

DEADLINE_S = 5.0
MAX_MEMO = 10_000

# Before the form of an answer that has no canonical key and that the comparer could read.
_FORM = "y:"


@dataclass(slots=True, kw_only=True)
class _Memo:
    """What was found before; the oldest is forgotten first."""

    forms: OrderedDict[str, str | None] = field(default_factory=OrderedDict[str, str | None])
    verdicts: OrderedDict[frozenset[str], Verdict] = field(
        default_factory=OrderedDict[frozenset[str], Verdict]
    )

    def keep(self, text: str, others: Sequence[str], comparison: Comparison) -> None:
        self.forms[text] = comparison.form
        for other, verdict in zip(others, comparison.verdicts, strict=True):
            self.verdicts[frozenset((text, other))] = verdict
        for kept in (self.forms, self.verdicts):
            while len(kept) > MAX_MEMO:
                kept.popitem(last=False)


class SymbolicEquality:
    """The port ``Equality``: keys first, in this process; then a comparer, pair by pair.

    The comparer is asked only where a key is missing on one side, and only about the first answer
    of each class. An answer that could not be compared within the deadline has a class of its own,
    as one that differs has; that it could not be compared is seen by its missing key. Which class
    an answer joins may depend on which came before, and is written into the log with it.

    Args:
        comparer: Compares two answers by what they mean.
        deadline_s: Longest that one answer waits for it.
    """

    def __init__(self, comparer: AnswerComparer, *, deadline_s: float = DEADLINE_S) -> None:
        self._comparer = comparer
        self._deadline_s = deadline_s
        self._memo = _Memo()

    @property
    def canonicaliser(self) -> str:
        """Name and version of the grammar of keys and of the comparer."""
        return f"{CANONICALISER}+{self._comparer.version}"

    async def classify(self, text: str, known: Sequence[Answer]) -> Answer:
        """Return the answer with its class: one of ``known``'s if it means the same."""
        key = canonical_key(text)
        own = uncompared_class(text) if key is None else f"key:{key}"
        if any(answer.class_id == own for answer in known):
            found = next(answer for answer in known if answer.class_id == own)
            return self._answer(text, key or found.key, own)
        candidates: list[Answer] = []
        for answer in known:
            other = _grammar_key(answer)
            verdict = compare_keys(key, other)
            if verdict is Verdict.RIGHT:
                return self._answer(text, key, answer.class_id)
            if key is None or other is None:
                candidates.append(answer)
        if key is not None and not candidates:
            return self._answer(text, key, own)
        return await self._compare(text, key, own, candidates)

    async def compare(self, a: str, b: str) -> Verdict:
        """Compare two answers; ``UNCHECKED`` where they could not be compared in time."""
        keys = canonical_key(a), canonical_key(b)
        verdict = compare_keys(*keys)
        if None not in keys or uncompared_class(a) == uncompared_class(b):
            return Verdict.RIGHT if None in keys else verdict
        await self._ask(a, [b])
        return self._memo.verdicts.get(frozenset((a, b)), Verdict.UNCHECKED)

    async def _compare(
        self, text: str, key: str | None, own: str, candidates: Sequence[Answer]
    ) -> Answer:
        form = await self._ask(text, [answer.text for answer in candidates])
        shown = key or (None if form is None else _FORM + form)
        for answer in candidates:
            if self._memo.verdicts.get(frozenset((text, answer.text))) is Verdict.RIGHT:
                return self._answer(text, shown or answer.key, answer.class_id)
        return self._answer(text, shown, own)

    async def _ask(self, text: str, others: Sequence[str]) -> str | None:
        """Fill the memo, and return the answer's form."""
        verdicts, forms = self._memo.verdicts, self._memo.forms
        missing = [other for other in others if frozenset((text, other)) not in verdicts]
        if text in forms and not missing:
            return forms[text]
        try:
            async with asyncio.timeout(self._deadline_s):
                comparison = await self._comparer.compare(text, missing)
        except TimeoutError:
            return forms.get(text)
        if comparison.is_settled:
            self._memo.keep(text, missing, comparison)
        return comparison.form

    def _answer(self, text: str, key: str | None, class_id: str) -> Answer:
        return Answer(text=text, key=key, class_id=class_id, canonicaliser=self.canonicaliser)


def _grammar_key(answer: Answer) -> str | None:
    """Return the key that the grammar gave, and not a form of the comparer's."""
    return None if answer.key is None or answer.key.startswith(_FORM) else answer.key
