"""What a model wrote is labelled by running it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.domain.program import parse_program
from engine.training.errors import DatasetError
from engine.training.human import as_problem
from engine.training.verifier.asked import Asked, ask, read_asked
from engine.training.verifier.label import label_program, label_prose
from tests.unit.engine.training.verifier.made_up import ORIGIN

PROBLEM = as_problem(
    "Ann has 12 cups and buys 7 more, twice.", parse_program("a=12+7;b=a*2"), source="x"
)
KNOWN = ask(PROBLEM)
UNKNOWN = Asked(question="What is 6 x 7?", answer="42", origin=ORIGIN)


@pytest.mark.parametrize(
    ("text", "n_right", "is_right"),
    [
        pytest.param("a=12+7;b=a*2<ans>b</s>", 2, True, id="right"),
        pytest.param("a=7*2;b=12*2;c=a+b<ans>c", 3, True, id="another way"),
        pytest.param("a=12+7;b=a*3<ans>b", 1, False, id="wrong second step"),
        pytest.param("a=12-7;b=a*2<ans>b", 0, False, id="wrong first step"),
        pytest.param("a=12+7;b=a*2<ans>a", 2, False, id="wrong statement named"),
    ],
)
def test_steps_are_labelled_by_their_values(text, n_right, is_right):
    chain = label_program(KNOWN, text, system="one@1")
    assert chain is not None
    assert (chain.n_right, chain.is_right) == (n_right, is_right)
    assert chain.system == "one@1"


def test_the_named_statement_is_kept_where_it_is_not_the_last():
    chain = label_program(KNOWN, "a=12+7;b=a*2<ans>a", system="s")
    assert chain is not None
    assert chain.steps == ("a=12+7", "b=a*2<ans>a")


@pytest.mark.parametrize(
    "text", ["a=12+", "a=1+2", "a=12+7", "a=12+7;b=a*9", "a=12+7;b=a/0<ans>b", "<ans><none>"]
)
def test_what_cannot_be_run_or_declines_is_one_wrong_step(text):
    chain = label_program(KNOWN, text, system="s")
    assert chain is not None
    assert (chain.steps, chain.n_right, chain.is_right) == ((text,), 0, False)


def test_without_a_program_nothing_is_said_of_steps():
    right = label_program(UNKNOWN, "a=2*3;b=a*7<ans>b", system="s")
    wrong = label_program(UNKNOWN, "a=2*3;b=a*8<ans>b", system="s")
    assert right is not None
    assert wrong is not None
    assert len(right.steps) == len(wrong.steps) == 1
    assert (right.labels, wrong.labels) == ((True,), (False,))


def test_nothing_written_is_no_chain():
    assert label_program(KNOWN, " </s>", system="s") is None
    assert label_prose(UNKNOWN, " ", system="s") is None


@pytest.mark.parametrize(
    ("text", "is_right"),
    [("6 x 7 is 42.\nAnswer: 42", True), ("Answer: 41", False), ("It is many.", False)],
)
def test_prose_is_judged_by_its_marked_answer(text, is_right):
    chain = label_prose(UNKNOWN, text, system="s")
    assert chain is not None
    assert chain.is_right is is_right


def test_an_answer_that_cannot_be_compared_says_nothing():
    assert label_prose(UNKNOWN, "Answer: 42 km", system="s") is None


def test_questions_are_read_with_programs_where_there_are_any(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_text(
        '{"problem": "Two and two?", "answer": "4", "program": "a=2+2"}\n'
        '{"question": "Capital?", "answer": 7}\n'
        '{"question": "6 pens at 2 each?", "answer": "6*2=<<6*2=12>>12\\n#### 12"}\n'
    )
    first, second, third = read_asked(path)
    assert first.problem is not None
    assert first.problem.answer == Fraction(4)
    assert (second.answer, second.problem) == ("7", None)
    assert third.answer == "12"
    assert third.problem is not None


@pytest.mark.parametrize(
    "line",
    ['{"answer": 3}', '{"question": "q"}', '{"question": "q", "answer": 1, "program": "?"}'],
)
def test_what_is_no_question_is_named_by_its_line(tmp_path, line):
    path = tmp_path / "set.jsonl"
    path.write_text('{"question": "q", "answer": 1}\n' + line)
    with pytest.raises(DatasetError, match="line 2"):
        read_asked(path)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_text("")
    with pytest.raises(DatasetError, match="no question"):
        read_asked(path)


def test_mutations_need_a_program(rng):
    assert UNKNOWN.mutate(rng) == ()
    right, *wrong = KNOWN.mutate(rng)
    assert right.is_right
    assert not any(chain.is_right for chain in wrong)
