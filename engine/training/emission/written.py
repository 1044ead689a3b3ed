"""Problems as a model that answers by program writes them: the program, and the answer's name."""

from __future__ import annotations

from random import Random
from typing import Final

from engine.answers.extract import NOT_TOLD
from engine.domain.program import Program, render_number
from engine.training.emission.chain import draw_slipped
from engine.training.emission.conversation import make_turns
from engine.training.emission.origin import origin_of
from engine.training.emission.pair import make_pair
from engine.training.example import Conversation, PreferencePair
from engine.training.plain import plain_form
from engine.training.problem import UnanswerableProblem, WordProblem
from engine.training.row_format import ANSWER, NONE, render_completion

N_PAIRS: Final = 2


def emit_written(problem: WordProblem | UnanswerableProblem) -> Conversation:
    """A question and its program in the plain form, or that it does not tell enough."""
    if isinstance(problem, UnanswerableProblem):
        reply, answer = f"{ANSWER}{NONE}", NOT_TOLD
    else:
        reply, answer = _render(problem, problem.program), render_number(problem.answer)
    return Conversation(
        messages=make_turns(problem.question, reply),
        origin=origin_of(problem),
        answer=answer,
    )


def emit_written_pairs(problem: WordProblem, rng: Random) -> tuple[PreferencePair, ...]:
    """The program against others that differ from a right one by a slip, in the same form."""
    chosen = _render(problem, problem.program)
    slipped = draw_slipped(problem, problem.program, rng, n_wrong=N_PAIRS)
    return tuple(
        make_pair(problem, chosen, _render(problem, one.program), one.fault) for one in slipped
    )


def _render(problem: WordProblem, program: Program) -> str:
    return render_completion(plain_form(program, problem.question))
