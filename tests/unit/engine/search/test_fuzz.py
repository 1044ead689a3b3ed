"""Ten thousand searches under stops, caps, cancels and errors: none hangs."""

from __future__ import annotations

import dataclasses
import random

import pytest

from engine.domain.problem import Problem
from tests.unit.engine.search.cases.catalogue import CASES
from tests.unit.engine.search.simulation import Table, drop
from tests.unit.engine.search.world import BAIT

N_RUNS = 10_000
N_RUNS_EACH = -(-N_RUNS // len(CASES))
EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@EVERY
def test_no_search_hangs(case):
    for run in range(N_RUNS_EACH):
        _run_to_the_end(case, random.Random(run))


def _run_to_the_end(case, draw):
    """Play one search in which anything may happen; fail where it goes on without an end."""
    world = dataclasses.replace(
        case.world, seed=draw.getrandbits(32), failures=draw.choice([0.0, 0.1, 0.5, 1.0])
    )
    table = Table(case.algorithm, order_seed=draw.getrandbits(32), problem=Problem(text="?"))
    # Every turn lands a trial or calls some back, and no trial is launched twice.
    for _ in range(case.max_trials + 1):
        if table.is_decided():
            break
        table.launch(max(0, _draw_slots(draw) - table.n_open))
        assert table.aloft, "undecided, and asking for nothing"
        _move_on(table, world, draw)
        if draw.random() < 0.03:
            break
    else:
        pytest.fail("still undecided after every trial that it could have asked for")
    while table.aloft:
        table.land(drop)
    _check_end(case, table)


def _draw_slots(draw):
    return draw.choice([1, 2, 3, 8, 64])


def _move_on(table, world, draw):
    table.land(world)
    if draw.random() < 0.05:
        # A cancel: all that is aloft comes back unfinished, and the search may be gone on with.
        while table.aloft:
            table.land(drop)


def _check_end(case, table):
    standing = case.algorithm.standing(table.state)

    assert len(table.opened) == len(table.played.computed) <= case.max_trials
    assert not table.algorithm.ask(table.state, 0)
    assert BAIT not in {vote.answer.text for vote in standing.votes}
