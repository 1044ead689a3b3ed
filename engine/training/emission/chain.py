"""Judged chains: one right program of a problem and wrong ones, labelled by running them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Final

from engine.domain.program import Name, Number, Program, ProgramError, execute, render_program
from engine.training.emission.label import judge_slip
from engine.training.emission.origin import origin_of
from engine.training.emission.slip import Slip, Slipped, slip_into
from engine.training.example import JudgedChain
from engine.training.expression import names_in
from engine.training.problem import WordProblem
from engine.training.variant import NAMES, rename, vary
from engine.verify.told import numbers_told

N_WRONG: Final = 3
RIGHT_SYSTEM: Final = "exact"
WRONG_SYSTEM: Final = "mutation"

_MAX_TRIES: Final = 40
_WEIGHTS: Final = {
    Slip.COPIED_NUMBER: 14,
    Slip.OTHER_OPERAND: 16,
    Slip.SWAPPED_OPERANDS: 5,
    Slip.WRONG_OPERATOR: 20,
    Slip.WRONG_UNIT: 5,
    Slip.DISTRACTOR_USED: 12,
    Slip.DROPPED_FACT: 10,
    Slip.FACT_TWICE: 10,
    Slip.STOPPED_EARLY: 10,
    Slip.ONE_TOO_MANY: 10,
}


def emit_chains(
    problem: WordProblem, rng: Random, *, n_wrong: int = N_WRONG
) -> tuple[JudgedChain, ...]:
    """One right chain of a problem, and wrong ones that differ from it by one slip each.

    A step is one statement as it is written in a program. The answer of a chain is the value of
    its last statement. All steps of a wrong chain may be right: it stopped too early.

    Args:
        problem: Any problem with a program that answers it.
        rng: Chooses the way of solving and the slips.
        n_wrong: How many wrong chains at most; a short program may offer fewer.
    """
    right = vary(problem.program, rng)
    slipped = draw_slipped(problem, right, rng, n_wrong=n_wrong)
    return (_judged(problem, right), *(_judged(problem, s.program, s) for s in slipped))


def draw_slipped(
    problem: WordProblem, right: Program, rng: Random, *, n_wrong: int
) -> tuple[Slipped, ...]:
    """Draw programs with one slip that do not reach the answer, all of them different."""
    told = numbers_told(problem.question)
    answer = problem.answer
    found: dict[str, Slipped] = {}
    for _ in range(_MAX_TRIES):
        if len(found) == n_wrong:
            break
        # Another way of solving than the right chain's, so that neither has a look of its own.
        base = vary(problem.program, rng) if rng.random() < 1 / 2 else right
        drawn = slip_into(base, _draw_slip(rng), told, rng)
        tidy = _tidied(drawn.program) if drawn else None
        if drawn and tidy and _is_wrong(tidy, answer):
            found[render_program(tidy)] = replace(drawn, program=tidy)
    return tuple(found.values())


def _draw_slip(rng: Random) -> Slip:
    return rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]


def _judged(problem: WordProblem, program: Program, slipped: Slipped | None = None) -> JudgedChain:
    judgement = judge_slip(program, slipped.base if slipped else program)
    return JudgedChain(
        question=problem.question,
        steps=tuple(render_program(program).split(";")),
        n_right=judgement.n_right,
        is_right=judgement.is_right,
        origin=origin_of(problem),
        fault=slipped.fault if slipped else None,
        system=WRONG_SYSTEM if slipped else RIGHT_SYSTEM,
    )


def _is_wrong(program: Program, answer: Fraction) -> bool:
    """Whether the program runs, to another value than the answer."""
    try:
        return execute(program).value != answer
    except ProgramError:
        return False


def _tidied(program: Program) -> Program | None:
    """The program without statements that nothing uses or that only copy, named in order.

    None when nothing is left that computes, or when there are more statements than names.
    """
    used = {program.statements[-1].name}
    kept = []
    for statement in reversed(program.statements):
        if statement.name in used:
            used.update(names_in(statement.expression))
            kept.append(statement)
    tidy = Program(statements=tuple(reversed(kept)))
    tidy = _without_last_copy(tidy)
    copies = any(isinstance(s.expression, Name | Number) for s in tidy.statements)
    return rename(tidy) if not copies and len(tidy.statements) <= len(NAMES) else None


def _without_last_copy(program: Program) -> Program:
    """A last statement that only names an earlier one falls away, and what follows that one."""
    last = program.statements[-1].expression
    if not isinstance(last, Name):
        return program
    names = [statement.name for statement in program.statements]
    return Program(statements=program.statements[: names.index(last.name) + 1])
