"""What every implementation of the port `Equality` keeps to, and the pairs it is judged by.

The verdict of each pair in `tests/fixtures/equality/pairs.jsonl` was written down by hand.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.adapters.key_equality import KeyEquality
from engine.adapters.symbolic_equality import SymbolicEquality
from engine.domain.verdict import Verdict
from engine.ports import Equality
from tests.threaded_tools import ThreadedTools
from tools.symbolic_equality import SandboxComparer

_LINES = Path("tests/fixtures/equality/pairs.jsonl").read_text(encoding="utf-8").splitlines()
PAIRS = [json.loads(line) for line in _LINES]
KINDS = sorted({pair["kind"] for pair in PAIRS})
SAMPLE = PAIRS[::12]
# Nobody knows a closed form for either, so nothing quicker than values could tell.
ENDLESS = (r"\int_0^1 x^x\,dx", r"\sum_{k=1}^{\infty} \frac{\sin(k^3)}{k!+\ln k}")


@pytest.fixture(params=["keys", "symbolic"])
def equality(request, tools) -> Equality:
    if request.param == "keys":
        return KeyEquality()
    return SymbolicEquality(SandboxComparer(tools.sandbox))


@pytest.fixture(scope="module")
def symbolic(tools) -> SymbolicEquality:
    return SymbolicEquality(SandboxComparer(tools.sandbox))


def _verdicts(tools: ThreadedTools, equality: SymbolicEquality, pairs: list[dict]) -> list[str]:
    return [tools.wait(equality.compare(pair["a"], pair["b"])).value for pair in pairs]


def test_same_key_is_one_class(tools, equality):
    first = tools.wait(equality.classify("72", ()))

    assert tools.wait(equality.classify("$72.00", (first,))).class_id == first.class_id
    assert tools.wait(equality.classify("73", (first,))).class_id != first.class_id


def test_very_same_words_are_one_class(tools, equality):
    first = tools.wait(equality.classify("it depends on the weather", ()))
    second = tools.wait(equality.classify("it depends on the weather ", (first,)))
    other = tools.wait(equality.classify("it depends on the mood", (first,)))

    assert first.class_id == second.class_id != other.class_id
    assert not other.is_comparable


def test_answer_names_what_decided(tools, equality):
    answer = tools.wait(equality.classify("x + y", ()))

    assert answer.canonicaliser == equality.canonicaliser


def test_there_are_enough_pairs():
    assert len(PAIRS) >= 400
    assert {pair["verdict"] for pair in PAIRS} == {verdict.value for verdict in Verdict}


@pytest.mark.parametrize("kind", KINDS)
def test_every_pair_gets_its_verdict(tools, symbolic, kind):
    pairs = [pair for pair in PAIRS if pair["kind"] == kind]
    found = _verdicts(tools, symbolic, pairs)

    assert [dict(pair, verdict=verdict) for pair, verdict in zip(pairs, found, strict=True)] == (
        pairs
    )


def test_verdict_does_not_depend_on_the_order(tools):
    turned = [{"a": pair["b"], "b": pair["a"]} for pair in SAMPLE]
    fresh = SymbolicEquality(SandboxComparer(tools.sandbox))

    assert _verdicts(tools, fresh, turned) == [pair["verdict"] for pair in SAMPLE]


def test_same_meaning_joins_the_class_of_the_first(tools, symbolic):
    first = tools.wait(symbolic.classify("(x+1)^2", ()))
    second = tools.wait(symbolic.classify("x^2+2x+1", (first,)))
    third = tools.wait(symbolic.classify("x^2+1", (first,)))

    assert second.class_id == first.class_id != third.class_id
    assert second.is_comparable
    assert third.is_comparable


def test_a_keyed_answer_joins_an_answer_without_a_key(tools, symbolic):
    first = tools.wait(symbolic.classify(r"\int_0^1 x^2\,dx", ()))

    assert tools.wait(symbolic.classify("1/3", (first,))).class_id == first.class_id


def test_threads_get_the_same_verdicts(tools):
    fresh = SymbolicEquality(SandboxComparer(tools.sandbox))
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda pair: _verdicts(tools, fresh, [pair])[0], SAMPLE)

        assert list(found) == [pair["verdict"] for pair in SAMPLE]


def test_tasks_get_the_same_verdicts(tools):
    fresh = SymbolicEquality(SandboxComparer(tools.sandbox))

    async def compare_all() -> list[Verdict]:
        return await asyncio.gather(*(fresh.compare(pair["a"], pair["b"]) for pair in SAMPLE))

    assert tools.wait(compare_all()) == [pair["verdict"] for pair in SAMPLE]


def test_processes_get_the_same_verdicts():
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(_compare_sample, range(2))

    assert found == [[pair["verdict"] for pair in SAMPLE]] * 2


def test_no_call_outlives_its_deadline(tools):
    fresh = SymbolicEquality(SandboxComparer(tools.sandbox), deadline_s=1.0)
    started = time.monotonic()
    verdict = tools.wait(fresh.compare(*ENDLESS))
    waited_s = time.monotonic() - started

    assert verdict is Verdict.UNCHECKED
    # Far more than the deadline, far less than the pair takes: a crowded machine adds to both.
    assert waited_s < 30


def test_what_was_found_before_a_limit_is_kept(tools):
    comparer = SandboxComparer(tools.sandbox)
    comparison = tools.wait(comparer.compare("x + y", ["y + x", ENDLESS[1], "x - y"]))

    assert comparison.verdicts[0] is Verdict.RIGHT
    assert len(comparison.verdicts) == 3


def _compare_sample(_: int) -> list[str]:
    tools = ThreadedTools()
    try:
        return _verdicts(tools, SymbolicEquality(SandboxComparer(tools.sandbox)), SAMPLE)
    finally:
        tools.close()
