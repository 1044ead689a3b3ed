"""What cannot be answered tells too little by construction, and keeps to its split."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.training.emission.conversation import emit_refusal
from engine.training.emission.unanswerable import depends_on, draw_unanswerable
from engine.training.families.catalogue import COMPOSED, HELD_OUT, SINGLES
from engine.training.generate import draw_instance
from engine.training.problem import Split, split_of
from engine.training.surface import SLOT

WHOLE = (*SINGLES, *COMPOSED)


def drawn(n, split=Split.TRAIN, seed=0):
    rng = Random(seed)
    return [draw_unanswerable(rng, split) for _ in range(n)]


@pytest.mark.parametrize("split", list(Split), ids=str)
def test_an_unanswerable_problem_belongs_to_the_split_it_was_drawn_for(split):
    assert {split_of(problem.template) for problem in drawn(15, split)} == {split}


def test_every_way_of_telling_too_little_occurs():
    reasons = {problem.why.partition('"')[0] for problem in drawn(60)}
    assert len(reasons) == 3
    assert not HELD_OUT & {problem.family for problem in drawn(60)}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_question_is_whole_and_names_whom_it_speaks_of_first(seed):
    problem = draw_unanswerable(Random(seed), Split.TRAIN)
    assert problem.question.count("?") == 1
    assert not re.search(r"[{}\[\]|]|  ", problem.question)
    assert not re.match(r"(He|She|His|Her|Him)\b", problem.question)


@pytest.mark.parametrize("family", WHOLE, ids=lambda family: family.path)
def test_the_answer_depends_on_every_number_that_a_family_tells(family):
    rng = Random(4)
    drawn = [found for _ in range(60) if (found := draw_instance((family,), rng))]
    told = {
        match.group(1)
        for form in (*family.clauses, family.ask)
        for match in SLOT.finditer(form)
        if match.group(1) in family.roles and re.search(rf"\b{match.group(1)}\b", family.program)
    }
    assert told
    for role in told:
        assert any(depends_on(f"{role}0", (family,), instance) for instance in drawn)


def test_a_name_is_no_number_that_an_answer_depends_on():
    instance = next(found for s in range(60) if (found := draw_instance(SINGLES[:1], Random(s))))
    assert not depends_on("A", SINGLES[:1], instance)


def test_a_refusal_says_what_is_missing():
    problem = drawn(1)[0]
    conversation = emit_refusal(problem, Random(0))
    assert conversation.answer == "not enough information"
    assert problem.why in conversation.messages[-1].content
    assert conversation.messages[0].content == problem.question
