"""What problems, chains and conversations become as rows."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from engine.domain.program import parse_program, run_program
from engine.training import rows
from engine.training.example import (
    Category,
    Conversation,
    Fault,
    JudgedChain,
    Message,
    Origin,
    Role,
    ToolUse,
    TwinClaims,
)
from engine.training.problem import UnanswerableProblem, WordProblem
from engine.training.sources import (
    Calls,
    Claims,
    Decompositions,
    Judgements,
    Solutions,
    call_row,
    judge,
)

ORIGIN = Origin(source="made up", licence="MIT", category=Category.MATH)
CALL = ToolUse(name="plot", arguments={"what": "x"})


def problem(program="first=48/2;both=48+first"):
    return WordProblem(
        question="How many clips?",
        program=parse_program(program),
        source="made up",
        family="f",
        template="0",
    )


def chain(*steps, n_right, is_right=False):
    return JudgedChain(
        question="How many?", steps=steps, n_right=n_right, is_right=is_right, origin=ORIGIN
    )


def said(role, content, *calls):
    return Message(role=role, content=content, calls=calls)


def talk(*turns, answer="", tools=("plot", "search")):
    messages = (said(Role.USER, "Which?"), *turns)
    return Conversation(messages=messages, origin=ORIGIN, tools=tools, answer=answer)


ASKED = said(Role.ASSISTANT, "", CALL)
RESULT = said(Role.TOOL, '{"value":7}')
ANSWERED = said(Role.ASSISTANT, "It is 7.")


def drawn(source, n=60):
    rng = Random(0)
    return [source.draw(rng) for _ in range(n)]


def test_a_problem_becomes_its_program_under_short_names():
    for row in drawn(Solutions(problems=lambda _: problem())):
        assert run_program(row.program).bindings[row.answer] == 72
        assert row.question == "How many clips?"


def test_a_solution_that_is_not_varied_has_its_plain_form():
    solutions = Solutions(problems=lambda _: problem(), varied_ratio=0.0)
    assert {row.program for row in drawn(solutions)} == {"a=48/2;b=48+a"}


def test_some_solutions_are_varied_and_the_others_are_not():
    solutions = Solutions(problems=lambda _: problem(), varied_ratio=0.5)
    programs = Counter(row.program for row in drawn(solutions))
    assert programs.most_common(1)[0][0] == "a=48/2;b=48+a"
    assert len(programs) > 1


def test_what_cannot_be_answered_is_declined():
    unanswerable = UnanswerableProblem(question="Why?", family="f", template="0", why="w")
    (row,) = drawn(Solutions(problems=lambda _: unanswerable), n=1)
    assert row == rows.Declined(question="Why?")


def test_half_of_what_is_judged_is_right():
    chains = (
        chain("a=1+1", "b=a+1", n_right=2, is_right=True),
        chain("a=1+1", "b=a-1", n_right=1),
        chain("a=1-1", "b=a+1", n_right=0),
    )
    source = Judgements(problems=lambda _: problem(), emit=lambda *_: chains)
    whole = [row.is_right for row in drawn(source, n=400) if row.answer]
    assert 0.4 < sum(whole) / len(whole) < 0.6


def test_a_whole_chain_names_its_answer():
    rng = Random(0)
    given = chain("a=1+1", "b=a+1", n_right=2, is_right=True)
    whole = [row for row in (judge(given, rng) for _ in range(20)) if row.answer]
    assert {(row.program, row.answer, row.is_right) for row in whole} == {
        ("a=1+1;b=a+1", "b", True)
    }


@pytest.mark.parametrize("n_right", [0, 1, 2, 3], ids=str)
def test_a_beginning_is_right_up_to_the_slip(n_right):
    rng = Random(n_right)
    given = chain("a=1+1", "b=a+1", "c=b+1", n_right=n_right)
    begun = [row for row in (judge(given, rng) for _ in range(60)) if not row.answer]
    assert begun
    for row in begun:
        n_kept = len(row.program.split(";"))
        assert 1 <= n_kept < 3
        assert row.is_right is (n_kept <= n_right)


def test_a_chain_that_stops_too_early_is_wrong_as_a_whole():
    rng = Random(0)
    given = chain("a=1+1", n_right=1)
    assert judge(given, rng) == rows.Judged(
        question="How many?", program="a=1+1", answer="a", is_right=False
    )


def test_claims_are_true_as_often_as_false():
    twins = TwinClaims(
        question="Q?", true="It is 2.", false="It is 3.", fault=Fault.LOGIC, origin=ORIGIN
    )
    found = drawn(Claims(problems=lambda _: problem(), emit=lambda *_: (twins,)), n=200)
    assert {(row.claim, row.is_true) for row in found} == {("It is 2.", True), ("It is 3.", False)}
    assert 70 < sum(row.is_true for row in found) < 130


def test_a_problem_is_taken_apart_statement_by_statement():
    given = iter([problem("a=1+1"), problem()])
    (row,) = drawn(Decompositions(problems=lambda _: next(given)), n=1)
    assert [step.statement for step in row.steps] == ["a=48/2", "b=48+a"]
    assert row.answer == "b"
    assert rows.read(rows.render(row)) == row


@pytest.mark.parametrize(
    ("conversation", "row"),
    [
        pytest.param(
            talk(ASKED),
            rows.Called(
                question="Which?", calls=('plot{"what":"x"}',), offered=("plot", "search")
            ),
            id="a call",
        ),
        pytest.param(
            talk(said(Role.ASSISTANT, "None fits.")),
            rows.Called(question="Which?", calls=(), offered=("plot", "search")),
            id="no tool fits",
        ),
    ],
)
def test_a_conversation_becomes_a_row(conversation, row):
    assert call_row(conversation, Random(0)) == row


def test_a_loop_ends_with_its_call_or_with_its_answer():
    rng = Random(0)
    found = Counter(call_row(talk(ASKED, RESULT, ANSWERED, answer="7"), rng) for _ in range(40))
    assert {(row.results, row.answer) for row in found} == {((), ""), (('{"value":7}',), "7")}


@pytest.mark.parametrize(
    "conversation",
    [
        pytest.param(talk(said(Role.ASSISTANT, "", CALL, CALL), RESULT, ANSWERED), id="two calls"),
        pytest.param(talk(ASKED, ANSWERED), id="no result"),
        pytest.param(talk(ANSWERED, said(Role.USER, "And?"), ANSWERED), id="two questions"),
        pytest.param(talk(RESULT, ASKED), id="out of order"),
    ],
)
def test_what_no_row_can_hold_is_passed_over(conversation):
    assert call_row(conversation, Random(0)) is None
    given = iter([conversation, talk(ASKED)])
    (row,) = drawn(Calls(conversations=lambda _: next(given)), n=1)
    assert row.calls


def test_the_list_of_all_tools_is_not_written():
    every = tuple(f"tool{n}" for n in range(20))
    row = call_row(talk(ASKED, tools=every), Random(0))
    assert row is not None
    assert row.offered == ()
