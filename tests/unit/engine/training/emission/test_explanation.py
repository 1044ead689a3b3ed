"""Explanations say what the program computed, and mark the answer."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.answers.extract import extract_answer
from engine.domain.profile import AnswerProtocol
from engine.domain.program import parse_program, render_number, run_program
from engine.training.emission.conversation import emit_conversations
from engine.training.emission.explanation import Told, explain
from engine.training.emission.pair import emit_pairs
from engine.training.emission.sub_question import sub_questions
from engine.training.emission.whole import emit
from engine.training.emission.working import steps_of
from engine.training.example import Fault
from engine.training.generate import draw_problem
from engine.training.problem import Split, WordProblem

MARK = re.compile(r"<<([^=<>]+)=([^<>]+)>>")
seeds = st.integers(0, 2**32)


def drawn(seed):
    return draw_problem(Random(seed), Split.TRAIN)


def marks_hold(text):
    return all(
        run_program(f"a={left}").value == run_program(f"a={right}").value
        for left, right in MARK.findall(text)
    )


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_every_mark_is_exact_and_the_answer_is_marked(seed):
    problem = drawn(seed)
    for conversation in emit_conversations(problem, Random(seed)):
        text = conversation.messages[-1].content
        assert MARK.search(text)
        assert marks_hold(text)
        found = extract_answer(text, AnswerProtocol.MARKED)
        assert found is not None
        assert found.text.rstrip(".") == render_number(problem.answer) == conversation.answer


def test_one_program_is_explained_in_many_ways():
    told = Told(question="?", program=parse_program("a=48/2;b=48+a"), meanings={})
    texts = {explain(told, Random(seed)) for seed in range(200)}
    assert len(texts) > 100


def test_what_a_value_is_called_leads_its_step():
    told = Told(
        question="?", program=parse_program("a=48/2;b=48+a"), meanings={"a": "How many in May?"}
    )
    texts = [explain(told, Random(seed)) for seed in range(40)]
    assert any("How many in May? " in text for text in texts)


def test_steps_show_numbers_in_place_of_names():
    found = [(step.text, step.result) for step in steps_of(parse_program("a=48/2;b=48+a;c=b"))]
    assert found == [("48/2", "24"), ("48+24", "72")]


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_there_is_one_sub_question_for_each_statement(seed):
    problem = drawn(seed)
    found = sub_questions(problem, Random(seed))
    assert [asked.statement for asked in found] == list(problem.program.statements)
    assert all(asked.question.endswith("?") for asked in found)


def test_a_statement_with_a_meaning_is_asked_for_by_it():
    problem = WordProblem(
        question="Ann has 3 bags of 4 pears and eats 2. How many pears are left?",
        program=parse_program("v=3*4;w=v-2"),
        source="generated",
        family="",
        template="0f",
        meanings={"v": "How many pears does Ann have at first?"},
    )
    questions = [asked.question for asked in sub_questions(problem, Random(0))]
    assert questions == ["How many pears does Ann have at first?", "How many pears are left?"]


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_worse_reply_of_a_pair_ends_in_another_answer(seed):
    problem = drawn(seed)
    for pair in emit_pairs(problem, Random(seed)):
        chosen = extract_answer(pair.chosen, AnswerProtocol.MARKED)
        rejected = extract_answer(pair.rejected, AnswerProtocol.MARKED)
        assert chosen.text.rstrip(".") == render_number(problem.answer)
        assert chosen.text != rejected.text
        assert marks_hold(pair.chosen)
        if pair.fault is not Fault.ARITHMETIC:
            assert marks_hold(pair.rejected)


def test_a_slip_of_calculation_shows_in_its_mark():
    pairs = [emit_pairs(drawn(seed), Random(seed))[0] for seed in range(20)]
    assert not any(marks_hold(pair.rejected) for pair in pairs)


def test_one_call_emits_everything():
    emission = emit(drawn(3), Random(0))
    assert emission.conversations
    assert emission.pairs
    assert emission.chains
    assert emission.claims


def test_a_program_that_computes_nothing_states_its_answer():
    problem = WordProblem(
        question="Ann has 3 pears. How many pears does Ann have?",
        program=parse_program("a=3"),
        source="gsm8k",
        family="",
        template="0f",
    )
    emission = emit(problem, Random(0))
    assert emission.conversations[0].answer == "3"
    assert "3" in emission.conversations[0].messages[-1].content
    assert emission.pairs == ()
    assert emission.chains[0].is_right
