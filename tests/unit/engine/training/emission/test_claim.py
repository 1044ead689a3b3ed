"""Claims come in twins: the same words, one number apart, one of them true."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.program import parse_program
from engine.training.emission.artefact import masked
from engine.training.emission.claim import emit_claims
from engine.training.emission.declare import asked, declare, third_person
from engine.training.emission.figure import miscalculated, miscopied
from engine.training.generate import draw_problem
from engine.training.problem import Split, WordProblem

seeds = st.integers(0, 2**32)
BOUND = re.compile(r"(more|greater|larger|less|smaller) than (\d+)")


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_twins_have_the_same_words_and_another_number(seed):
    problem = draw_problem(Random(seed), Split.TRAIN)
    for twins in emit_claims(problem, Random(seed)):
        assert twins.true != twins.false
        assert masked(twins.true) == masked(twins.false)
        assert twins.question in (problem.question, "")


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_bound_holds_for_the_true_twin_only(seed):
    problem = draw_problem(Random(seed), Split.TRAIN)
    for twins in emit_claims(problem, Random(seed)):
        match = BOUND.search(twins.true)
        if match and twins.question:
            assert holds(twins.true, problem.answer)
            assert not holds(twins.false, problem.answer)


def holds(claim, answer):
    word, bound = BOUND.search(claim).groups()
    return answer < int(bound) if word in ("less", "smaller") else answer > int(bound)


def test_a_claim_about_the_answer_states_it():
    problem = WordProblem(
        question="Ann has 40 apples and eats 6. How many apples does Ann have left?",
        program=parse_program("a=40-6"),
        source="generated",
        family="",
        template="0f",
    )
    found = {emit_claims(problem, Random(seed))[0].true for seed in range(60)}
    assert "Ann has 34 apples left." in found
    assert all("34" in claim for claim in found)


@pytest.mark.parametrize(
    ("question", "declared"),
    [
        ("How many apples does Tom have now?", "Tom has 7 apples now"),
        ("How many more eggs does she need to buy?", "She needs to buy 7 more eggs"),
        ("How many pears do they have in all?", "They have 7 pears in all"),
        ("How many cups do Ann and Bo carry?", "Ann and Bo carry 7 cups"),
        ("How many boxes will Tom need?", "Tom will need 7 boxes"),
        ("How many pages are left?", "7 pages are left"),
        ("How many legs are there in total?", "There are 7 legs in total"),
        ("It rains. If so, how old is Ann now?", "Ann is 7 years old now"),
        ("How old will Bo be in 3 years?", "Bo will be 7 years old in 3 years"),
        ("What is the total price?", "The total price is 7"),
        ("How many hours will it take Tom?", "It will take Tom 7 hours"),
        ("After how many hours do they meet?", None),
        ("What is the mixture worth?", None),
        ("How much food does Tom need?", None),
        ("How much does Tom need?", None),
        ("Why?", None),
    ],
    ids=lambda text: str(text)[:20],
)
def test_questions_become_statements(question, declared):
    assert declare(question, "7") == declared


def test_money_is_stated_as_money():
    assert declare("How much money does Tom have left?", "$7") == "Tom has $7 left"
    assert declare("How much do they pay in all?", "$7") == "They pay $7 in all"


@pytest.mark.parametrize(
    ("question", "declared"),
    [
        ("How many eggs does Ann still have?", "Ann still has 7 eggs"),
        ("How many trips can Ann still make?", "Ann can still make 7 trips"),
        ("How many trips does Ann have to make in May?", "Ann has to make 7 trips in May"),
        ("How many eggs does Ann end up with?", "Ann ends up with 7 eggs"),
        ("How many eggs does Ann need to have as many as Tom?", None),
        ("How many eggs does Ann need to reach the goal?", None),
        ("How many friends does Ann play with?", None),
    ],
)
def test_adverbs_and_what_follows_the_verb_keep_their_places(question, declared):
    assert declare(question, "7") == declared


def test_the_last_question_of_a_problem_counts():
    assert asked("How many is that? It is late. How old is Ann?") == "How old is Ann?"
    assert asked("How it rains. If 2.5 is told, how many are left?") == "how many are left?"
    assert asked("Find the sum.") == "Find the sum."


@pytest.mark.parametrize(
    ("verb", "form"),
    [("get", "gets"), ("have", "has"), ("carry", "carries"), ("pass", "passes"), ("go", "goes")],
    ids=str,
)
def test_verbs_agree(verb, form):
    assert third_person(verb) == form


@pytest.mark.parametrize("change", [miscopied, miscalculated], ids=lambda f: f.__name__)
@given(seed=seeds, value=st.integers(1, 9999), cents=st.booleans())
def test_a_figure_gone_wrong_keeps_its_kind(change, seed, value, cents):
    right = Fraction(2 * value + 1, 50) if cents else Fraction(value)
    wrong = change(right, Random(seed))
    assert wrong > 0
    assert wrong != right
    assert (wrong.denominator == 1) or cents
    assert change(-right, Random(seed)) == -wrong
