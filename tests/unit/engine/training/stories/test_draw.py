"""A drawn story obeys its split, tells what its program needs, and comes out right."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random

import pytest

from engine.domain.program import render_number
from engine.training.problem import Split, UnanswerableProblem, WordProblem, split_of
from engine.training.stories.arrangement import distract, link, order
from engine.training.stories.draw import (
    draw_numbers,
    draw_story_problem,
    draw_story_template,
    instantiate,
    tidy,
)
from engine.training.stories.reader import load_stories
from engine.training.stories.story import Exactness
from engine.training.wording import count_readings


@pytest.mark.parametrize("split", list(Split), ids=str)
def test_a_story_belongs_to_the_split_it_was_drawn_for(split):
    rng = Random(2)
    found = [draw_story_problem(rng, split) for _ in range(20)]
    assert {split_of(problem.template) for problem in found} == {split}
    assert all(problem.family.startswith("stories.") for problem in found)


def test_the_same_seed_draws_the_same_story():
    first, second = (draw_story_problem(Random(8), Split.TRAIN) for _ in range(2))
    assert first == second


def test_questions_with_and_without_an_answer_are_drawn(bakery):
    stories, rng = load_stories(bakery, "food"), Random(1)
    drawn = [draw_story_problem(rng, Split.TRAIN, stories) for _ in range(60)]
    assert {type(problem) for problem in drawn} == {WordProblem, UnanswerableProblem}


def test_the_numbers_of_the_program_are_told(bakery):
    (story,) = load_stories(bakery, "food")
    rng = Random(4)
    numbers = draw_numbers(story, rng)
    template = draw_story_template(story, rng, story.questions[0])
    assert template.question.needed == {"n", "k"}
    assert template.has_spare_number
    assert set(numbers) == {"n", "k", "s"}


def test_the_digest_keeps_numbers_and_names_out(bakery):
    (story,) = load_stories(bakery, "food")
    template = draw_story_template(story, Random(4))
    drawn = [instantiate(template, Random(seed)) for seed in range(8)]
    assert len({problem.question for problem in drawn}) == 8
    assert {problem.template for problem in drawn} == {template.digest}


def test_another_wording_is_another_template(bakery):
    (story,) = load_stories(bakery, "food")
    rng = Random(4)
    question = story.questions[0]
    digests = {draw_story_template(story, rng, question).digest for _ in range(200)}
    told = sum(count_readings(phrasing) for phrasing in story.phrasings)
    assert len(digests) == told * len(story.questions[0].wordings)


def test_numbers_that_never_come_out_right_are_given_up(bakery):
    (story,) = load_stories(bakery.replace("n*k :", "n-n-k :"), "food")
    template = draw_story_template(story, Random(4), story.questions[0])
    assert instantiate(template, Random(1)) is None


def test_facts_that_are_not_needed_are_possible(bakery):
    text = bakery.replace("s below n", "s 2..90").replace("{s} trays are", "{s.digits} trays are")
    (story,) = load_stories(
        text.replace("bakes {n} trays of", "bakes {n.digits} trays of"), "food"
    )
    rng = Random(7)
    for _ in range(60):
        template = draw_story_template(story, rng, story.questions[0])
        problem = instantiate(template, rng)
        told = re.search(r"bakes (\d+) trays.* (\d+) trays are sold", problem.question)
        assert told is None or int(told.group(2)) < int(told.group(1))


def test_an_answer_of_money_has_two_decimals_at_most():
    assert Exactness.MONEY.allows(Fraction(5, 4))
    assert not Exactness.MONEY.allows(Fraction(1, 8))
    assert not Exactness.WHOLE.allows(Fraction(5, 4))


def test_any_value_may_be_a_step_but_the_answer_is_short():
    assert Exactness.ANY.allows(Fraction(1, 3))
    assert not Exactness.ANY.allows(Fraction(1, 3), final=True)
    assert Exactness.ANY.allows(Fraction(5, 8), final=True)
    assert not Exactness.ANY.allows(Fraction(-1))


def test_the_question_may_come_first_or_join_the_last_fact():
    told = "{A} has {n} plums. The dog eats {s} at 5 p.m. on Monday."
    asked = "How many plums are left?"
    found = {order(told, asked, Random(seed)) for seed in range(200)}
    assert found == {
        f"{told} {asked}",
        f"{asked} {told}",
        "{A} has {n} plums. If the dog eats {s} at 5 p.m. on Monday, how many plums are left?",
    }


def test_a_question_that_points_back_stays_behind():
    told, asked = "{A} has {n} plums.", "How many plums does {A.he} have?"
    assert {order(told, asked, Random(seed)) for seed in range(60)} == {f"{told} {asked}"}


def test_two_sentences_may_become_one():
    told = "{A} has {n} plums. The dog eats {s} of them. {B} laughs."
    found = {link(told, Random(seed)) for seed in range(200)}
    assert "{A} has {n} plums; the dog eats {s} of them. {B} laughs." in found
    assert "{A} has {n} plums. The dog eats {s} of them, and {B} laughs." in found
    assert link("{A} has {n} plums.", Random(1)) == "{A} has {n} plums."
    aside = "One mine is the East Mine, {n} feet down. The other is deeper."
    joined = {link(aside, Random(seed)) for seed in range(200)} - {aside}
    assert all("down, and the" in text or "down; the" in text for text in joined)
    assert len(joined) == 2
    colon = "{A} counts: {n} plums. The dog eats {s}."
    assert {link(colon, Random(seed)) for seed in range(60)} == {colon}


def test_a_spare_sentence_speaks_of_other_things():
    told, asked = "{A} has {n} plums.", "How many plums are there?"
    found = {distract(told, asked, Random(seed)) for seed in range(99)}
    assert any(text.endswith("The temperature is {Z} degrees.") for text in found)
    asked = "By how many degrees does the temperature rise?"
    warm = {distract(told, asked, Random(seed)) for seed in range(99)}
    assert not any("degrees" in text for text in warm)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("twelve eggs . they break.", "Twelve eggs. They break."),
        ("At 5 p.m. she left.", "At 5 p.m. she left."),
        ("A 8-page book and an 12-page one.", "An 8-page book and a 12-page one."),
        ("a 110 and a 11 and a 18,000", "A 110 and an 11 and an 18,000"),
        ("Is it a apple? A orange.", "Is it an apple? An orange."),
        ("a one-way trip on a useful day", "A one-way trip on a useful day"),
    ],
    ids=lambda value: value,
)
def test_a_text_is_tidied(text, tidied):
    assert tidy(text) == tidied


def test_answers_are_exact(bakery):
    stories, rng = load_stories(bakery, "food"), Random(3)
    for _ in range(40):
        problem = draw_story_problem(rng, Split.TRAIN, stories)
        if isinstance(problem, WordProblem):
            assert problem.source == "stories"
            assert render_number(problem.answer).isdigit()
