"""The simulation by which orders of the model slots are compared."""

from __future__ import annotations

import math
from random import Random
from statistics import fmean

import pytest

from scripts.simulate_slots import ORDERS, Server, draw_questions, play

N_SLOTS = 16


def questions(seed, *, is_shared=True):
    return draw_questions(40, 0.0, Random(seed), is_shared=is_shared)


def play_all(name, *, is_shared):
    return [
        play(questions(seed, is_shared=is_shared), ORDERS[name](), N_SLOTS) for seed in range(8)
    ]


def mean_of(plays, figure):
    return fmean(getattr(one, figure) for one in plays)


@pytest.mark.parametrize("name", ORDERS)
def test_every_search_ends_and_no_slot_is_lost(name):
    server = Server(questions(1), ORDERS[name](), N_SLOTS)

    assert all(search.ended_at < math.inf for search in server.run())
    assert server.n_free == N_SLOTS


def test_answers_are_right_sooner_than_first_come_first_served():
    served = play_all("first come, first served", is_shared=False)
    ordered = play_all("least settled", is_shared=False)

    assert mean_of(ordered, "held_right") > mean_of(served, "held_right")
    assert mean_of(ordered, "tokens") == pytest.approx(mean_of(served, "tokens"))


def test_a_small_tenant_waits_less_behind_a_large_one():
    served = play_all("first come, first served", is_shared=True)
    ordered = play_all("least settled", is_shared=True)

    assert mean_of(ordered, "small_wait") < 0.8 * mean_of(served, "small_wait")
