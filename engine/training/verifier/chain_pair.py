"""Preference pairs out of judged chains: what a model wrote rightly against what went wrong."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from engine.domain.program import ProgramError, parse_program
from engine.training.example import Fault, JudgedChain, Message, PreferencePair, Role
from engine.training.row_format import ANSWER, PROSE_JOINT, STATEMENT_JOINT, name_answer


def pair_chains(
    chains: Sequence[JudgedChain], *, per_question: int, rng: Random
) -> tuple[PreferencePair, ...]:
    """At most so many pairs of each question that has right and wrong chains, none twice.

    Of either side each chain has its turn before any has a second one.
    """
    groups: defaultdict[str, list[JudgedChain]] = defaultdict(list)
    for chain in chains:
        groups[chain.question].append(chain)
    return tuple(
        pair for group in groups.values() for pair in _draw_pairs(group, per_question, rng)
    )


def render_chain(chain: JudgedChain) -> str:
    """A chain as its writer wrote it: a program with its answer's name, or its steps as prose."""
    program = STATEMENT_JOINT.join(chain.steps)
    if ANSWER not in program and not _can_be_read(program):
        return PROSE_JOINT.join(chain.steps)
    return name_answer(program)


def _can_be_read(program: str) -> bool:
    try:
        parse_program(program)
    except ProgramError:
        return False
    return True


def _draw_pairs(
    group: Sequence[JudgedChain], n_most: int, rng: Random
) -> Iterator[PreferencePair]:
    right = list({render_chain(c): c for c in group if c.is_right}.values())
    wrong = list({render_chain(c): c for c in group if not c.is_right}.values())
    rng.shuffle(right)
    rng.shuffle(wrong)
    for i, j in islice(_meetings(len(right), len(wrong)), n_most):
        yield _pair(right[i], wrong[j])


def _meetings(n_right: int, n_wrong: int) -> Iterator[tuple[int, int]]:
    """Every pair once: both sides go round, and one waits a turn when all would meet again."""
    n_round = math.lcm(n_right, n_wrong) if n_right and n_wrong else 0
    for shift in range(n_right * n_wrong // n_round if n_round else 0):
        for turn in range(n_round):
            yield turn % n_right, (turn + shift) % n_wrong


def _pair(right: JudgedChain, wrong: JudgedChain) -> PreferencePair:
    return PreferencePair(
        prompt=(Message(role=Role.USER, content=right.question),),
        chosen=render_chain(right),
        rejected=render_chain(wrong),
        fault=wrong.fault or Fault.SAMPLED,
        origin=right.origin,
    )
