"""The sieve drops for one reason each, says which, and keeps what is sound."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from engine.training.datasets.personal import PersonalKind
from engine.training.datasets.row import Kind
from engine.training.datasets.sieve import PersonalPolicy, Reason, Sieve, SieveSettings
from engine.training.datasets.validate import Rule
from engine.training.example import Category
from engine.training.problem import Split
from engine.training.screen import Screen
from tests.unit.engine.training.datasets.made_up import (
    ONE_OF_EACH,
    ORIGIN,
    judged,
    prefer,
    say,
    talk,
    talk_with_tool,
)

LONG = " ".join(f"word{n}" for n in range(60))


def screen_of(question):
    digest = hashlib.blake2b(question.encode(), digest_size=8).digest()
    exact = np.array([int.from_bytes(digest, "big")], dtype=np.uint64)
    return Screen(exact=exact, windows=np.zeros(0, dtype=np.uint64))


def sifted(*examples, **settings):
    sieve = Sieve(SieveSettings(**settings))
    return [sieve.sift(example) for example in examples], sieve.count


def test_sound_examples_pass_as_they_are():
    kept, count = sifted(*ONE_OF_EACH)

    assert kept == list(ONE_OF_EACH)
    assert (count.n_read, count.n_kept, count.dropped) == (5, 5, {})


@pytest.mark.parametrize(
    ("example", "settings", "reason"),
    [
        pytest.param(prefer(), {"kind": Kind.CONVERSATION}, Reason.KIND, id="kind"),
        pytest.param(
            talk(), {"categories": frozenset({Category.CODE})}, Reason.CATEGORY, id="category"
        ),
        pytest.param(talk(origin=replace(ORIGIN, split=Split.TEST)), {}, Reason.SPLIT, id="split"),
        pytest.param(talk(reply=" "), {}, Reason.RULE, id="rule"),
        pytest.param(
            talk(), {"screen": screen_of("what is 2 and 3")}, Reason.EXACT, id="held back"
        ),
        pytest.param(talk("Is it ann@example.org?"), {}, Reason.PERSONAL, id="personal"),
    ],
)
def test_an_example_is_dropped_for_a_reason(example, settings, reason):
    kept, count = sifted(example, **settings)

    assert kept == [None]
    assert count.dropped == {reason: 1}
    assert reason in count.first


def test_a_repeated_example_is_dropped():
    kept, count = sifted(talk(), talk(origin=replace(ORIGIN, source="elsewhere")))

    assert kept == [talk(), None]
    assert count.dropped == {Reason.DUPLICATE: 1}


def test_a_nearly_repeated_conversation_is_dropped():
    kept, count = sifted(talk(LONG), talk(f"{LONG} more"), talk(f"{LONG} still more words here"))

    assert kept == [talk(LONG), None, None]
    assert count.dropped == {Reason.NEAR_DUPLICATE: 2}


def test_nearness_may_be_allowed():
    nearly = (talk(LONG), talk(f"{LONG} more"))
    assert sifted(*nearly, near_duplicate=None)[1].n_kept == 2
    sieve = Sieve(SieveSettings())
    assert all(sieve.sift(example, compares=False) for example in nearly)


def test_variants_of_a_chain_are_not_near():
    variants = [judged(steps=("a=48/2", LONG, f"b={n}"), n_right=2) for n in range(5)]
    assert sifted(*variants)[1].n_kept == 5


def test_personal_data_is_masked_everywhere():
    call = replace(
        talk_with_tool().messages[2].calls[0],
        arguments={"to": ["ann@example.org"], "deep": {"n": 1, "call": "+44 20 7946 0958"}},
    )
    turns = (
        say("user", "Write to ann@example.org"),
        replace(say("assistant", ""), calls=(call,)),
    )
    example = replace(talk_with_tool(), messages=turns, answer="")
    [kept], count = sifted(example, personal=PersonalPolicy.MASK)

    assert kept.messages[0].content == "Write to [e-mail]"
    assert kept.messages[1].calls[0].arguments == {
        "to": ["[e-mail]"],
        "deep": {"n": 1, "call": "[phone]"},
    }
    assert count.personal == {PersonalKind.EMAIL: 2, PersonalKind.PHONE: 1}


def test_personal_data_may_be_only_reported():
    [kept], count = sifted(talk("Is it 8.8.8.8?"), personal=PersonalPolicy.REPORT)

    assert kept == talk("Is it 8.8.8.8?")
    assert count.personal == {PersonalKind.IP: 1}


def test_broken_rules_are_counted_with_the_first_place():
    sieve = Sieve(SieveSettings())
    sieve.sift(talk(reply=" "), place="set.jsonl, line 4")
    sieve.sift(talk(reply="  "), place="set.jsonl, line 9")

    assert sieve.count.broken == {Rule.EMPTY: 2}
    assert sieve.count.first[Rule.EMPTY] == "set.jsonl, line 4: turn 2 says nothing"
