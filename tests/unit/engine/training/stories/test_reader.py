"""A file of stories is read whole, and what is wrong is told with its line."""

from __future__ import annotations

import pytest

from engine.domain.program import render_program
from engine.training.errors import StoryError
from engine.training.stories.reader import load_stories, read_stories


def faults_of(text):
    return [str(fault) for fault in read_stories(text, "food").faults]


def test_a_story_is_read(bakery):
    (story,) = load_stories(bakery, "food")
    assert story.path == "stories.food.bakery-trays"
    assert [rule.name for rule in story.numbers] == ["n", "k", "s"]
    assert [rule.choices for rule in story.words] == [("rolls", "buns")]
    assert len(story.phrasings) == 3
    assert [len(question.wordings) for question in story.questions] == [2, 2, 2]


def test_the_last_expression_is_the_answer(bakery):
    (story,) = load_stories(bakery, "food")
    assert render_program(story.questions[1].program) == "a=n-s;answer=a*k"
    assert story.questions[2].program is None


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("{A} bakes {n} trays of", "{A} bakes {m} trays of", 5, "`{m}` is not declared"),
        ("[Every morning|Each day]", "[Every morning|Each day", 6, "missing `]`"),
        ("{k} {roll} on a tray", "{k.one} {roll} on a tray", 7, "takes the forms"),
        ("bakes {n} trays, and {A?}", "bakes {n?} trays, and {A}", 7, "only a person"),
        ("bakes {n} trays, and", "bakes {n trays, and", 7, "is not written as"),
        ("{A} bakes {n} trays, and", "{A} bakes trays, and", 7, "`n` is not told; line 10"),
        ("a=n-s; a*k", "a=n-t; a*k", 11, "uses `t`"),
        ("a=n-s; a*k", "n=n-s; n*k", 11, "sets `n`"),
        ("a=n-s; a*k", "a=n-; a*k", 11, "`a=n-`"),
        ("n*k :", "n :", 10, "computes nothing"),
        (" | How many {roll} come out of the oven?", "", 10, "two wordings"),
        ("n*k :", "n*k", 10, "is no question"),
        ("s below n", "s below t", 2, "`t` is used before"),
        ("s below n", "s under n", 2, "no rule for a number"),
        ("s below n", "n below n", 2, "declared twice"),
        ("roll: rolls", "roll rolls", 3, "no slot of words"),
        ("roll: rolls", "n: rolls", 2, "as a number and as a word"),
        ('A: person"', 'A: person"\nexact = "cents"', 4, "`exact` is one of"),
        ('A: person"', 'A: person"\ntale = "x"', 1, "is a table of the texts"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_fault_is_told_with_its_line(bakery, old, new, line, told):
    assert old in bakery
    (fault, *_) = faults_of(bakery.replace(old, new))
    assert fault.startswith(f"food.toml:{line}: [bakery-trays] ")
    assert told in fault


def test_two_phrasings_are_too_few(bakery):
    lines = [line for line in bakery.splitlines() if not line.startswith("There are")]
    assert "3 phrasings or more" in faults_of("\n".join(lines))[0]


def test_one_question_is_too_few(bakery):
    lines = [line for line in bakery.splitlines() if not line.startswith(("n*k", "none"))]
    assert "2 questions or more" in faults_of("\n".join(lines))[0]


def test_text_that_is_no_toml_is_told_with_its_line(bakery):
    (fault,) = faults_of(bakery + "\n[next\n")
    assert fault.startswith("food.toml:15: Expected")


def test_the_faults_of_a_file_are_told_at_once(bakery):
    spoiled = bakery.replace("on each leave", "on {q} leave").replace("n*k :", "n*q :")
    assert len(faults_of(spoiled)) == 2


def test_a_file_with_faults_is_not_loaded(bakery):
    with pytest.raises(StoryError, match=r"food\.toml:10"):
        load_stories(bakery.replace("n*k :", "n*q :"), "food")


def test_a_number_beside_a_sign_is_written_in_digits(bakery):
    spoiled = bakery.replace("{s} trays are sold.", "{s}% cost ${n}.")
    (story,) = load_stories(spoiled, "food")
    assert story.phrasings[0].endswith("{s.digits}% cost ${n.money}.")
