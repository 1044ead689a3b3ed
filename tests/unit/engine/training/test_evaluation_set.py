"""Published layouts are read, and an answer is right when it is equal as published."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from random import Random

import pytest

from engine.training.corpus import CorpusPaths, load_corpus
from engine.training.evaluation_set import (
    SHORT_PROBLEMS,
    InvalidSetError,
    Item,
    draw_items,
    drawn_sets,
    human_set,
    read_item,
    read_set,
    short_set,
)
from engine.training.problem import UnanswerableProblem
from engine.training.screen import empty_screen
from engine.verify.told import numbers_told

UNKNOWN = "not enough information"
# A dozen, a pair, "twice", the days of a working week, the cents of a dime.
CONSTANTS = {Fraction(number) for number in (1, 2, 5, 10, 12)}


@pytest.mark.parametrize(
    ("row", "question", "answer"),
    [
        pytest.param(
            {"question": "Q?", "answer": "It is <<1+1=2>>2.\n#### 1,200"}, "Q?", "1200", id="gsm8k"
        ),
        pytest.param(
            {"Body": "B.", "Question": "Q ?", "Answer": 145.0}, "B. Q?", "145", id="svamp"
        ),
        pytest.param({"sQuestion": " Q ? ", "lSolutions": [7.0]}, "Q?", "7", id="addsub"),
        pytest.param({"original_text": "Q", "ans": [2.142]}, "Q", "2.142", id="draw"),
        pytest.param(
            {"body": "B.", "question": "Q?", "answer": "9 (apples)"}, "B. Q?", "9", id="asdiv"
        ),
        pytest.param({"problem": "Q?", "answer": "$5.50"}, "Q?", "5.5", id="problem"),
        pytest.param({"problem": "Q?", "answer": UNKNOWN}, "Q?", UNKNOWN, id="unanswerable"),
    ],
)
def test_published_layouts_are_read(row, question, answer):
    item = read_item(row)
    assert item is not None
    assert (item.question, item.answer) == (question, answer)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"question": "Q?", "answer": "B"}, id="a choice"),
        pytest.param({"question": "Q?", "answer": "2/3"}, id="a fraction"),
        pytest.param({"question": "Q?", "ans": [1, 2]}, id="two answers"),
        pytest.param({"answer": "1"}, id="no question"),
    ],
)
def test_other_answers_are_left_out(row):
    assert read_item(row) is None


def test_marks_of_a_solution_count_its_operations():
    item = read_item({"question": "Q?", "answer": "<<1+1=2>> <<2*3=6>>6 #### 6"})
    assert item is not None
    assert item.n_operations == 2


@pytest.mark.parametrize(
    ("answer", "said", "is_right"),
    [
        pytest.param("72", "72", True, id="equal"),
        pytest.param("72", "72.5", False, id="whole numbers are exact"),
        pytest.param("2.142", "15/7", False, id="another rounding"),
        pytest.param("2.143", "15/7", True, id="rounded as published"),
        pytest.param("1/3", "1/3", True, id="drawn"),
        pytest.param("1/4", "0.25", True, id="another spelling"),
        pytest.param("72", UNKNOWN, False, id="declined"),
        pytest.param(UNKNOWN, UNKNOWN, True, id="rightly declined"),
        pytest.param(UNKNOWN, "72", False, id="made up"),
        pytest.param("72", None, False, id="nothing"),
    ],
)
def test_an_answer_is_right_when_it_is_equal(answer, said, is_right):
    assert Item(question="Q?", answer=answer).accepts(said) is is_right


@pytest.mark.parametrize("as_list", [True, False], ids=["list", "lines"])
def test_a_file_is_read_and_its_unread_rows_counted(tmp_path, as_list):
    rows = [{"question": "Q?", "answer": 1}, {"question": "Q?", "answer": "B"}]
    text = json.dumps(rows) if as_list else "\n".join(map(json.dumps, rows))
    path = tmp_path / "made-up.jsonl"
    path.write_text(text)
    found = read_set(path)
    assert (found.name, len(found.items), found.n_unread) == ("made-up", 1, 1)


@pytest.mark.parametrize("text", ["", "{", '{"question": "Q?"}'], ids=["empty", "torn", "none"])
def test_a_file_without_questions_is_refused(tmp_path, text):
    path = tmp_path / "set.jsonl"
    path.write_text(text)
    with pytest.raises(InvalidSetError):
        read_set(path)


def test_sets_of_each_kind_are_drawn():
    sets = {one.name: one for one in drawn_sets(3, seed=0, screen=empty_screen())}
    assert sets.keys() == {"test", "held-out", "stories"}
    assert [len(one.items) for one in sets.values()] == [3, 3, 3]


def test_what_cannot_be_answered_is_to_be_declined():
    problem = UnanswerableProblem(question="Q?", family="f", template="0", why="w")
    (item,) = draw_items(lambda _: problem, 1, rng=Random(0), screen=empty_screen())
    assert item.answer == UNKNOWN


def test_a_generator_that_has_no_more_questions_ends(monkeypatch):
    monkeypatch.setattr("engine.training.evaluation_set._MAX_TRIES", 3)
    problem = UnanswerableProblem(question="Q?", family="f", template="0", why="w")
    assert len(draw_items(lambda _: problem, 5, rng=Random(0), screen=empty_screen())) == 1


def test_held_out_rows_are_a_set(corpus):
    found = human_set("mawps-dev", corpus.mawps_dev)
    assert len(found.items) == 2
    assert load_corpus(CorpusPaths()).mawps_dev == ()


def test_a_short_problem_is_answered_from_the_numbers_that_it_tells():
    rows = json.loads(SHORT_PROBLEMS.read_text(encoding="utf-8"))
    items = short_set().items

    assert len({item.question for item in items}) == len(items) == len(rows)
    for row, item in zip(rows, items, strict=True):
        assert Fraction(item.answer) > 0
        assert item.n_operations
        told = {*numbers_told(row["question"]), *CONSTANTS}
        used = {Fraction(number) for number in re.findall(r"\d+(?:\.\d+)?", row["program"])}
        assert used <= told, row["question"]
