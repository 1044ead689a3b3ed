"""Preference pairs: a right explanation against the same with one slip."""

from __future__ import annotations

from random import Random
from typing import Final

from engine.domain.program import Program, render_number
from engine.training.emission.chain import draw_slipped
from engine.training.emission.explanation import Told, explain
from engine.training.emission.figure import miscalculated
from engine.training.emission.origin import origin_of
from engine.training.emission.working import steps_of
from engine.training.example import Fault, Message, PreferencePair, Role
from engine.training.problem import WordProblem
from engine.training.variant import vary

N_PAIRS: Final = 2


def emit_pairs(problem: WordProblem, rng: Random) -> tuple[PreferencePair, ...]:
    """Pairs whose worse reply explains a program with a slip, or miscalculates the last step.

    A problem whose program computes nothing has none.
    """
    program = vary(problem.program, rng)
    if not steps_of(program):
        return ()
    found = [_miscalculated(problem, program, rng)]
    for slipped in draw_slipped(problem, program, rng, n_wrong=N_PAIRS - 1):
        # The same words for both, so that the slip alone makes the difference.
        seed = rng.getrandbits(32)
        chosen = _explained(problem, program, seed)
        rejected = _explained(problem, slipped.program, seed)
        found.append(make_pair(problem, chosen, rejected, slipped.fault))
    return tuple(found)


def _miscalculated(problem: WordProblem, program: Program, rng: Random) -> PreferencePair:
    chosen = _explained(problem, program, rng.getrandbits(32))
    last = steps_of(program)[-1]
    wrong = render_number(miscalculated(last.value, rng))
    slipped = f"<<{last.text}={wrong}>>{wrong}"
    before, _, after = chosen.rpartition(last.mark)
    # What stands after the last mark repeats the answer, and must repeat the slip as well.
    rejected = before + slipped + _replaced(after, last.result, wrong)
    return make_pair(problem, chosen, rejected, Fault.ARITHMETIC)


def _replaced(text: str, old: str, new: str) -> str:
    before, found, after = text.rpartition(old)
    if not found:
        return text
    return _replaced(before, old, new) + new + after


def _explained(problem: WordProblem, program: Program, seed: int) -> str:
    told = Told(question=problem.question, program=program, meanings={})
    return explain(told, Random(seed))


def make_pair(problem: WordProblem, chosen: str, rejected: str, fault: Fault) -> PreferencePair:
    """Two replies to a problem's question, the first better."""
    return PreferencePair(
        prompt=(Message(role=Role.USER, content=problem.question),),
        chosen=chosen,
        rejected=rejected,
        fault=fault,
        origin=origin_of(problem),
    )
