"""What is kept of a reply, and why the rest is not."""

from __future__ import annotations

import json

import pytest

from engine.training.example import Category
from engine.training.generation.journal import Entry, Sample
from engine.training.generation.judge import Standard, judge_reply
from engine.training.generation.plan import Kind, Request
from engine.training.generation.reply import Reason, is_refusal
from engine.training.generation.sketch import Sketch
from engine.training.screen import empty_screen

QUESTION = "Bo has 9 pens and loses 2. How many are left?"


def judge(*samples, kind=Kind.SOLUTIONS, is_mini=False, answer="", question=QUESTION):
    subject = Sketch(question=question, category=Category.MATH, answer=answer, program="")
    request = Request(
        request_id="math-1",
        kind=kind,
        subject=subject,
        prompt="<q>…<prog>" if is_mini else (),
        n_samples=len(samples),
        n_items=4,
        seed=0,
    )
    read = tuple(Sample(text=s) if isinstance(s, str) else s for s in samples)
    entry = Entry(request_id="math-1", samples=read, tokens_in=1, tokens_out=1)
    return judge_reply(request, entry, Standard(screen=empty_screen()))


def solution(program, explanation=""):
    return json.dumps({"program": program, "explanation": explanation})


def test_mini_programs_are_run_and_named_statement_is_the_answer():
    judged = judge("a=9-2;b=a*3<ans>a", "a=9-2<ans>a", "b=2;a=9-b<ans>a", is_mini=True)
    assert [kept.labels[0].answer for kept in judged.kept] == ["7", "7", "7"]
    assert judged.kept[0].labels[0].program == "a=9-2"


def test_mini_texts_without_an_answer_are_counted():
    cut = Sample(text="a=9-", is_cut=True)
    judged = judge("<ans><none>", "a=9-<ans>a", cut, is_mini=True, answer="7")
    assert not judged.kept
    assert judged.rejected == {Reason.REFUSED: 1, Reason.PROGRAM: 1, Reason.TRUNCATED: 1}


def test_half_of_the_samples_are_no_majority():
    judged = judge(solution("a=9-2"), solution("a=9+2"))
    assert judged.rejected == {Reason.MINORITY: 2}


def test_failed_samples_count_against_a_majority():
    judged = judge(solution("a=9-2"), "nothing", "I can’t do that.")
    assert judged.rejected == {Reason.MINORITY: 1, Reason.NOT_JSON: 1, Reason.REFUSED: 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (solution("a=9-2", "9 - 2 = 6"), Reason.EXPLANATION),
        (solution(7), Reason.MALFORMED),
        (solution("a=9**2"), Reason.PROGRAM),
        (solution("a=9-2", "Write to bo@example.org. The answer is 7."), Reason.PERSONAL),
    ],
    ids=["false", "no text", "no program", "personal"],
)
def test_unsound_solution_is_rejected(text, reason):
    assert judge(text, answer="7").rejected == {reason: 1}


def test_explanation_without_an_end_gets_one():
    judged = judge(f"```json\n{solution('a=9-2', 'Two pens are lost.')}\n```", answer="7")
    reply = judged.kept[0].examples[0].messages[-1].content
    assert reply == "Two pens are lost.\nThe answer is 7."


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([3], Reason.MALFORMED),
        ("none", Reason.MALFORMED),
        ([], Reason.MALFORMED),
        (["Sorry, I cannot."], Reason.REFUSED),
        ([QUESTION.upper()], Reason.DUPLICATE),
    ],
    ids=["number", "no list", "empty", "refusal", "the same"],
)
def test_unsound_paraphrase_is_rejected(entries, reason):
    judged = judge(json.dumps({"paraphrases": entries}), kind=Kind.PARAPHRASES)
    assert judged.rejected == {reason: 1}


def test_paraphrase_of_a_question_without_a_program_cannot_be_labelled():
    judged = judge(json.dumps({"paraphrases": ["9 pens, less 2?"]}), kind=Kind.PARAPHRASES)
    assert judged.rejected == {Reason.PROGRAM: 1}


def test_blueprint_that_is_no_object_is_malformed():
    judged = judge(json.dumps({"blueprints": ["text", {"question": 1}]}), kind=Kind.BLUEPRINTS)
    assert judged.rejected[Reason.MALFORMED] >= 1


@pytest.mark.parametrize(
    "text", ["I'm sorry, but", "I cannot help", "As an AI", "Unfortunately, I"]
)
def test_refusals_are_known_by_their_beginning(text):
    assert is_refusal(text)
    assert not is_refusal(f"Ann says: {text}")
