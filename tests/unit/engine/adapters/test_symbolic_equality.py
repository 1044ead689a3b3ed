from __future__ import annotations

import asyncio
from collections.abc import Sequence

from engine.adapters.symbolic_equality import SymbolicEquality
from engine.domain.verdict import Verdict
from engine.ports import Comparison


class ScriptedComparer:
    """Knows which texts mean the same, and counts what it is asked."""

    version = "scripted/1"

    def __init__(self, *same: set[str], is_away: bool = False, is_slow: bool = False) -> None:
        self.same = same
        self.is_away = is_away
        self.is_slow = is_slow
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def compare(self, text: str, others: Sequence[str]) -> Comparison:
        self.asked.append((text, tuple(others)))
        if self.is_slow:
            await asyncio.Event().wait()
        if self.is_away:
            unknown = tuple(Verdict.UNCHECKED for _ in others)
            return Comparison(form=None, verdicts=unknown, is_settled=False)
        verdicts = tuple(
            Verdict.RIGHT if any({text, other} <= group for group in self.same) else Verdict.WRONG
            for other in others
        )
        return Comparison(form=f"form of {text}", verdicts=verdicts)


async def test_keys_decide_without_the_comparer():
    comparer = ScriptedComparer()
    equality = SymbolicEquality(comparer)
    first = await equality.classify("72", ())
    second = await equality.classify("$72.00", (first,))
    third = await equality.classify("73", (first,))

    assert second.class_id == first.class_id != third.class_id
    assert comparer.asked == []


async def test_kinds_that_may_agree_are_left_apart():
    comparer = ScriptedComparer({"50%", "0.5"})
    equality = SymbolicEquality(comparer)
    first = await equality.classify("50%", ())

    assert (await equality.classify("0.5", (first,))).class_id != first.class_id
    assert comparer.asked == []


async def test_comparer_is_asked_where_a_key_is_missing():
    comparer = ScriptedComparer({"x + y", "y + x"})
    equality = SymbolicEquality(comparer)
    number = await equality.classify("72", ())
    first = await equality.classify("x + y", (number,))
    second = await equality.classify("y + x", (number, first))

    assert second.class_id == first.class_id
    assert comparer.asked == [("x + y", ("72",)), ("y + x", ("72", "x + y"))]


async def test_a_pair_is_asked_once_in_either_order():
    comparer = ScriptedComparer({"x + y", "y + x"})
    equality = SymbolicEquality(comparer)

    assert await equality.compare("x + y", "y + x") is Verdict.RIGHT
    assert await equality.compare("y + x", "x + y") is Verdict.RIGHT
    assert [others for _, others in comparer.asked] == [("y + x",), ()]


async def test_readable_answer_is_comparable():
    answer = await SymbolicEquality(ScriptedComparer()).classify("x + y", ())

    assert answer.is_comparable
    assert answer.key == "y:form of x + y"


async def test_comparer_that_is_away_leaves_answers_uncompared():
    comparer = ScriptedComparer({"x + y", "y + x"}, is_away=True)
    equality = SymbolicEquality(comparer)
    first = await equality.classify("x + y", ())
    second = await equality.classify("y + x", (first,))

    assert second.class_id != first.class_id
    assert not second.is_comparable


async def test_comparer_that_comes_back_is_asked_again():
    comparer = ScriptedComparer({"x + y", "y + x"}, is_away=True)
    equality = SymbolicEquality(comparer)
    assert await equality.compare("x + y", "y + x") is Verdict.UNCHECKED
    comparer.is_away = False

    assert await equality.compare("x + y", "y + x") is Verdict.RIGHT


async def test_deadline_ends_the_wait():
    equality = SymbolicEquality(ScriptedComparer(is_slow=True), deadline_s=0.01)

    assert await equality.compare("x + y", "y + x") is Verdict.UNCHECKED
    assert not (await equality.classify("x + y", ())).is_comparable
