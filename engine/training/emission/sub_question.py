"""Sub-questions: what each statement of a program answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from engine.domain.program import Operation, Program, Statement
from engine.training.emission.declare import asked
from engine.training.emission.wording import in_words
from engine.training.emission.working import Step, steps_of
from engine.training.problem import WordProblem

_FORMS: Final = ("What is {sum}?", "How much is {sum}?", "What do we get for {sum}?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubQuestion:
    """One statement and the question that its value answers."""

    question: str
    statement: Statement


def sub_questions(problem: WordProblem, rng: Random) -> tuple[SubQuestion, ...]:
    """One question for each statement of the problem's own program, in its order.

    The last one is what the problem asks; one before it is told by the role of its value where
    that is known, else by the operation.
    """
    return questions_of(problem.program, problem.question, problem.meanings, rng)


def questions_of(
    program: Program, question: str, meanings: Mapping[str, str], rng: Random
) -> tuple[SubQuestion, ...]:
    """The same for any program of a question."""
    steps = {step.name: step for step in steps_of(program)}
    found: list[SubQuestion] = []
    for index, statement in enumerate(program.statements):
        step = steps.get(statement.name)
        if index == len(program.statements) - 1:
            text = _capital(asked(question))
        else:
            text = meanings.get(statement.name) or _plain(step, rng)
        found.append(SubQuestion(question=text, statement=statement))
    return tuple(found)


def _plain(step: Step | None, rng: Random) -> str:
    if step is None or not isinstance(step.expression, Operation):
        return "What number is told?"
    return rng.choice(_FORMS).format(sum=in_words(step.expression) or step.text)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
