"""Conversations about a problem: explained, and taken apart into sub-questions."""

from __future__ import annotations

from random import Random
from typing import Final

from engine.domain.program import render_number
from engine.training.emission.explanation import Told, explain
from engine.training.emission.origin import origin_of
from engine.training.emission.sub_question import questions_of
from engine.training.emission.working import steps_of
from engine.training.example import Conversation, Message, Role
from engine.training.problem import UnanswerableProblem, WordProblem
from engine.training.variant import vary

_VARIED_RATIO: Final = 0.5
_ASK_APART: Final = (
    "Break this problem into sub-questions and answer them one by one.",
    "Solve this by asking smaller questions first.",
    "Which smaller questions lead to the answer? Answer each of them.",
    "Take the problem apart into sub-questions, then solve it.",
)
_NOT_ENOUGH: Final = (
    "There is not enough information to answer this.",
    "This cannot be answered: something is missing.",
    "The problem does not tell enough to answer it.",
    "It is not possible to say.",
)
_ANSWER_NOT_ENOUGH: Final = "not enough information"


def emit_conversations(problem: WordProblem, rng: Random) -> tuple[Conversation, ...]:
    """The problem explained step by step and, where it takes two steps, by sub-questions."""
    explained = explain(told_of(problem, rng), rng)
    found = [_talk(problem, problem.question, explained)]
    if len(problem.program.statements) > 1:
        asked_apart = f"{problem.question}\n{rng.choice(_ASK_APART)}"
        found.append(_talk(problem, asked_apart, _taken_apart(problem, rng)))
    return tuple(found)


def emit_refusal(problem: UnanswerableProblem, rng: Random) -> Conversation:
    """A problem that tells too little, and an answer that says what is missing."""
    reply = f"{rng.choice(_NOT_ENOUGH)} {problem.why}\nThe answer is: {_ANSWER_NOT_ENOUGH}"
    return Conversation(
        messages=make_turns(problem.question, reply),
        origin=origin_of(problem),
        answer=_ANSWER_NOT_ENOUGH,
    )


def told_of(problem: WordProblem, rng: Random) -> Told:
    """The program as it is, whose values have meanings, or another way to the same value."""
    if rng.random() < _VARIED_RATIO:
        program, meanings = vary(problem.program, rng), dict[str, str]()
    else:
        program, meanings = problem.program, dict(problem.meanings)
    return Told(question=problem.question, program=program, meanings=meanings)


def _taken_apart(problem: WordProblem, rng: Random) -> str:
    steps = {step.name: step for step in steps_of(problem.program)}
    lines: list[str] = []
    for asked in questions_of(problem.program, problem.question, problem.meanings, rng):
        step = steps.get(asked.statement.name)
        if step is not None:
            lines.append(f"{asked.question} {step.text} = {step.mark}.")
    return "\n".join([*lines, f"The answer is {render_number(problem.answer)}."])


def _talk(problem: WordProblem, question: str, reply: str) -> Conversation:
    return Conversation(
        messages=make_turns(question, reply),
        origin=origin_of(problem),
        answer=render_number(problem.answer),
    )


def make_turns(question: str, reply: str) -> tuple[Message, ...]:
    """What the user asks, and what the assistant says to it."""
    return (
        Message(role=Role.USER, content=question),
        Message(role=Role.ASSISTANT, content=reply),
    )
