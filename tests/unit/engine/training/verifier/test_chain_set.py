"""A set is balanced by question, goes through the systems by turns, and holds its share."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.program import parse_program
from engine.training.example import Conversation, Fault, Message, Role, ToolUse
from engine.training.human import as_problem
from engine.training.verifier.asked import ask
from engine.training.verifier.chain_set import balance, count_mutations, draw_mutations
from engine.training.verifier.tool_chain import tool_chains
from tests.unit.engine.training.verifier.made_up import ORIGIN, make_chain

PROBLEM = as_problem(
    "Ann has 12 cups and buys 7 more, twice.", parse_program("a=12+7;b=a*2"), source="x"
)


def many(n_right, n_wrong, system="one@1", first=0):
    right = [make_chain("q", (f"a={first + n}",), 1, system) for n in range(n_right)]
    return [*right, *(make_chain("q", (f"b={first + n}",), 0, system) for n in range(n_wrong))]


@given(st.integers(0, 9), st.integers(0, 9), st.integers(2, 8))
def test_right_and_wrong_are_as_even_as_can_be(n_right, n_wrong, per_question):
    kept = balance(many(n_right, n_wrong), per_question=per_question, rng=Random(0))
    counts = Counter(chain.is_right for chain in kept)
    if n_right and n_wrong:
        assert counts[True] == counts[False]
    assert max(counts.values(), default=0) <= per_question


@pytest.mark.parametrize(("n_right", "n_wrong"), [(9, 0), (0, 9)])
def test_a_question_without_a_contrast_does_not_outweigh_the_others(n_right, n_wrong):
    assert len(balance(many(n_right, n_wrong), per_question=8, rng=Random(0))) == 2


def test_no_chain_stands_twice():
    assert len(balance(many(2, 2) * 3, per_question=16, rng=Random(0))) == 4


def test_every_system_has_its_turn():
    chains = [*many(8, 8, "one@1"), *many(1, 1, "two@1", first=50)]
    kept = balance(chains, per_question=4, rng=Random(0))
    assert Counter(chain.system for chain in kept) == {"one@1": 2, "two@1": 2}


@pytest.mark.parametrize(("ratio", "expected"), [(0.0, 0), (0.4, 67), (0.5, 100)])
def test_made_chains_are_a_share_of_all(ratio, expected):
    assert count_mutations(100, ratio) == expected


def test_as_many_right_chains_are_made_as_wrong_ones(rng):
    made = draw_mutations([ask(PROBLEM)], n_chains=4, rng=rng)
    assert Counter(chain.is_right for chain in made) == {True: 2, False: 2}


def test_no_two_made_chains_are_alike(rng):
    short = as_problem("Bo has 3 pens and buys 4.", parse_program("a=3+4"), source="x")
    made = draw_mutations([ask(PROBLEM), ask(short)], n_chains=1_000, rng=rng)
    assert len({(chain.question, chain.steps) for chain in made}) == len(made)
    # There are only so many ways to solve two short problems.
    assert 4 < len(made) < 1_000
    assert Counter(chain.is_right for chain in made) == {True: len(made) / 2, False: len(made) / 2}


def test_without_a_program_nothing_is_made(rng):
    assert draw_mutations([], n_chains=10, rng=rng) == ()


def talk(question, use):
    user = Message(role=Role.USER, content=question)
    calling = Message(role=Role.ASSISTANT, content="", calls=(use,))
    return Conversation(messages=(user, calling), origin=ORIGIN)


def test_a_call_is_told_from_another_tool_and_from_a_wrong_number(rng):
    talks = [
        talk("5 km in miles?", ToolUse(name="unit_convert", arguments={"value": "5", "to": "mi"})),
        talk("2 + 3?", ToolUse(name="calculator", arguments={"n": 23})),
    ]
    right, other, miscopied, *rest = tool_chains(talks, rng)
    assert right.steps == ('<tool>unit_convert{"to":"mi","value":"5"}',)
    assert other.steps == ('<tool>calculator{"to":"mi","value":"5"}',)
    assert miscopied.steps != right.steps
    assert miscopied.steps[0].startswith("<tool>unit_convert")
    assert (other.fault, miscopied.fault) == (Fault.WRONG_TOOL, Fault.WRONG_TOOL)
    assert len(rest) == 3


def test_a_talk_without_a_call_makes_no_chain(rng):
    user = Message(role=Role.USER, content="Hello?")
    answer = Message(role=Role.ASSISTANT, content="Hello.")
    assert tool_chains([Conversation(messages=(user, answer), origin=ORIGIN)], rng) == ()


def test_arguments_without_a_figure_are_left_alone(rng):
    talks = [talk("True?", ToolUse(name="logic", arguments={"flag": True, "text": "a"}))]
    assert [chain.is_right for chain in tool_chains(talks, rng)] == [True]
