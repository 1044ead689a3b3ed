"""What words lead to expect is learnt from right programs, and from each question once."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from engine.training.verifier.slot_fit import fit_words, slots_of_chain
from engine.verify.log_linear import LogLinear
from engine.verify.operand import Direction, Relation, Role
from engine.verify.slot import SlotKind
from tests.unit.engine.training.verifier.made_up import make_chain, make_chains


def fit(chains):
    return fit_words(chains, [slots_of_chain(chain) for chain in chains])


def test_the_words_of_right_programs_tell_what_is_done():
    # Of each question: so many, then more, then times as many.
    words = fit(make_chains(60, seed=1))
    question = "Ron has 90 keys and buys 80 more. A friend has 70 times as many. How many?"
    odds = {
        slot: words[slot.kind].log_probabilities(slot.cues)
        for slot in slots_of_chain(make_chain(question, ("a=90+80", "b=a*70"), 2))
    }

    assert [max(found, key=found.__getitem__) for found in odds.values()] == [
        *(Role.ADDEND, Role.ADDEND, Role.FACTOR),
        *(Relation.SUM, Relation.PRODUCT, Relation.PRODUCT),
        *(Direction.UP, Direction.UP, Direction.UP),
        "*",
    ]


def test_wrong_programs_teach_nothing():
    chains = make_chains(40, seed=2)
    right = [chain for chain in chains if chain.is_right]

    assert fit(chains) == fit(right)


def test_a_question_that_was_answered_often_counts_once():
    chains = make_chains(40, seed=3)
    often = [replace(chains[0], system=f"s{n}") for n in range(50)]

    assert fit([*chains, *often]) == fit(chains)


def test_rare_words_are_no_cues():
    model = fit(make_chains(60, seed=4))[SlotKind.NUMBER]

    assert ">0more" in model.weights
    assert "untold 99" not in model.weights


def test_of_few_programs_only_the_shares_are_known():
    few = [make_chain("Ann has 4 cups and 5 more. How many?", ("a=4+5",), 1)]
    words = fit(few)

    assert words[SlotKind.NUMBER].log_probabilities([">more"]) == {Role.ADDEND: 0.0}
    assert not words[SlotKind.PAIR].weights


def test_of_two_kinds_without_a_common_word_the_shares_are_told():
    chains = [
        make_chain(f"Ann has {n} cups. How many?", (f"a={n}{sign}7",), 1)
        for n, sign in ((30, "+"), (40, "+"), (50, "+"), (60, "*"))
    ]
    asked = fit(chains)[SlotKind.ASKED].log_probabilities(())

    assert asked["+"] == pytest.approx(math.log(0.75))


def test_the_weights_read_back():
    for model in fit(make_chains(60, seed=5)).values():
        assert LogLinear.from_data(json.loads(json.dumps(model.to_data()))) == model
