"""Rows of each kind, drawn from whatever makes problems, chains, claims and conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol, TypeAlias

from engine.domain.program import Program, Statement, render_program
from engine.training.emission.sub_question import sub_questions
from engine.training.example import Conversation, JudgedChain, Message, Role, TwinClaims
from engine.training.frameworks.framework import TOOLS
from engine.training.plain import plain_form
from engine.training.problem import UnanswerableProblem, WordProblem
from engine.training.row_format import ANSWER, STATEMENT_JOINT, name_answer
from engine.training.rows import (
    Called,
    Claimed,
    Declined,
    Decomposed,
    Judged,
    Row,
    Solved,
    SubStep,
    render_call,
)
from engine.training.variant import rename, vary

Drawn: TypeAlias = WordProblem | UnanswerableProblem
DrawProblem: TypeAlias = Callable[[Random], Drawn]

# Half of what is judged is right, or a model learns to say what is likelier.
_RIGHT_RATIO: Final = 0.5
_WHOLE_RATIO: Final = 0.5
# A row that ends with its call teaches to stop there; the others teach to read results.
_ENDS_WITH_CALL_RATIO: Final = 0.5


class Source(Protocol):
    """Whatever draws rows of one kind."""

    def draw(self, rng: Random) -> Row:
        """Draw one row."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Solutions:
    """Questions with their programs; some to decline.

    Attributes:
        problems: What is solved.
        varied_ratio: The share of the programs that are written in one of their many equal forms;
            the others have their plain form.
    """

    problems: DrawProblem
    varied_ratio: float = 0.0

    def draw(self, rng: Random) -> Row:
        """Draw one row."""
        problem = self.problems(rng)
        if isinstance(problem, UnanswerableProblem):
            return Declined(question=problem.question)
        if rng.random() < self.varied_ratio:
            program = vary(problem.program, rng)
        else:
            program = plain_form(problem.program, problem.question)
        return Solved(
            question=problem.question,
            program=render_program(program),
            answer=program.statements[-1].name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """Right and wrong programs, whole or only begun."""

    problems: Callable[[Random], WordProblem]
    emit: Callable[[WordProblem, Random], Sequence[JudgedChain]]

    def draw(self, rng: Random) -> Row:
        """Draw one row; a problem that has no wrong chain is passed over."""
        is_right = rng.random() < _RIGHT_RATIO
        while True:
            chains = self.emit(self.problems(rng), rng)
            fitting = [chain for chain in chains if chain.is_right is is_right]
            if fitting:
                return judge(rng.choice(fitting), rng)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """True statements and their false twins."""

    problems: Callable[[Random], WordProblem]
    emit: Callable[[WordProblem, Random], Sequence[TwinClaims]]

    def draw(self, rng: Random) -> Row:
        """Draw one row; a problem that nothing is claimed of is passed over."""
        while True:
            twins = self.emit(self.problems(rng), rng)
            if twins:
                chosen, is_true = rng.choice(twins), rng.random() < _RIGHT_RATIO
                text = chosen.true if is_true else chosen.false
                return Claimed(question=chosen.question, claim=text, is_true=is_true)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decompositions:
    """Sub-questions, each with the statement that answers it."""

    problems: Callable[[Random], WordProblem]

    def draw(self, rng: Random) -> Row:
        """Draw one row; a problem of one statement has nothing to be taken apart."""
        while True:
            problem = self.problems(rng)
            if len(problem.program.statements) > 1:
                return decompose(problem, rng)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Conversations with calls of tools."""

    conversations: Callable[[Random], Conversation]

    def draw(self, rng: Random) -> Row:
        """Draw one row; what no row can hold is passed over."""
        while True:
            row = call_row(self.conversations(rng), rng)
            if row is not None:
                return row


def judge(chain: JudgedChain, rng: Random) -> Judged:
    """The whole chain with its verdict, or a beginning with the verdict on its last step.

    The beginning of a wrong chain is cut at the slip or behind it as often as before, so that
    both labels are as frequent among beginnings.
    """
    n_steps = len(chain.steps)
    if n_steps == 1 or rng.random() < _WHOLE_RATIO:
        return _whole(chain)
    n_right = min(chain.n_right, n_steps - 1)
    is_past_slip = n_right < n_steps - 1 and (not n_right or rng.random() < _RIGHT_RATIO)
    n_kept = rng.randint(n_right + 1, n_steps - 1) if is_past_slip else rng.randint(1, n_right)
    return Judged(
        question=chain.question,
        program=STATEMENT_JOINT.join(chain.steps[:n_kept]),
        is_right=n_kept <= chain.n_right,
    )


def decompose(problem: WordProblem, rng: Random) -> Decomposed:
    """A problem's own program, statement by statement under short names."""
    asked = sub_questions(problem, rng)
    named = rename(Program(statements=tuple(one.statement for one in asked)))
    return Decomposed(
        question=problem.question,
        steps=tuple(
            SubStep(question=one.question, statement=_text_of(statement))
            for one, statement in zip(asked, named.statements, strict=True)
        ),
        answer=named.statements[-1].name,
    )


def call_row(conversation: Conversation, rng: Random) -> Called | None:
    """A conversation as a row that ends with one of its calls, or with its answer.

    Returns:
        None when the format has no place for it: a turn with several calls at once, or a second
        question.
    """
    question, turns = _question_of(conversation)
    calling = [turn for turn in turns if turn.role is Role.ASSISTANT and turn.calls]
    results = [turn.content for turn in turns if turn.role is Role.TOOL]
    if not question or any(len(turn.calls) > 1 for turn in calling):
        return None
    ends_with_call = bool(turns) and bool(turns[-1].calls)
    if len(results) != len(calling) - ends_with_call or not _alternates(turns):
        return None
    calls = tuple(render_call(turn.calls[0]) for turn in calling)
    answer = "" if ends_with_call else conversation.answer or turns[-1].content
    if calls and not ends_with_call and rng.random() < _ENDS_WITH_CALL_RATIO:
        n_calls, answer = rng.randint(1, len(calls)), ""
        calls, results = calls[:n_calls], results[: n_calls - 1]
    return Called(
        question=question,
        calls=calls,
        results=tuple(results),
        answer=answer if calls else "",
        offered=conversation.tools if len(conversation.tools) < len(TOOLS) else (),
    )


def _text_of(statement: Statement) -> str:
    return render_program(Program(statements=(statement,)))


def _whole(chain: JudgedChain) -> Judged:
    program, _, answer = name_answer(STATEMENT_JOINT.join(chain.steps)).partition(ANSWER)
    return Judged(
        question=chain.question,
        program=program,
        answer=answer.strip(),
        is_right=chain.is_right,
    )


def _question_of(conversation: Conversation) -> tuple[str, Sequence[Message]]:
    """The one question, and the turns behind it; no question where there are several."""
    turns = [turn for turn in conversation.messages if turn.role is not Role.SYSTEM]
    asked = [turn for turn in turns if turn.role is Role.USER]
    if len(asked) != 1 or turns[0] is not asked[0]:
        return "", ()
    return asked[0].content, turns[1:]


def _alternates(turns: Sequence[Message]) -> bool:
    """Whether calls and results take turns, and an answer or a last call ends them."""
    roles = [turn.role for turn in turns]
    expected = [Role.ASSISTANT, Role.TOOL] * (len(turns) // 2) + [Role.ASSISTANT]
    return bool(turns) and roles == expected and all(turn.calls for turn in turns[:-1:2])
