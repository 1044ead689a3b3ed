"""A search goes on under other settings from any prefix of its log, as forks let it."""

from __future__ import annotations

import dataclasses
from itertools import groupby

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.domain.outcome import Opened, Outcome
from tests.unit.engine.search.cases.catalogue import CASES
from tests.unit.engine.search.simulation import play


def _list_pairs():
    """Return each case with the next one of the same algorithm, the last with the first."""
    named = sorted(CASES, key=lambda name: CASES[name].algorithm.name)
    for _, group in groupby(named, key=lambda name: CASES[name].algorithm.name):
        names = list(group)
        yield from zip(names, [*names[1:], names[0]], strict=True)


# Strategies that draw samples read each other's.
READERS = (
    ("majority-8", "best-of-6-weighted"),
    ("best-of-6-weighted", "adaptive-beta-9"),
    ("adaptive-beta-9", "verifier-6"),
    ("best-of-5-naive", "cisc-6-cold"),
)
PAIRS = (*_list_pairs(), *READERS)


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=[f"{one}-to-{two}" for one, two in PAIRS])
@settings(max_examples=4)
@given(seed=st.integers(0, 2**32), order_seed=st.integers(0, 99), cut=st.floats(0, 1))
@example(seed=0, order_seed=0, cut=0.5)
def test_a_search_goes_on_under_other_settings(before, after, seed, order_seed, cut):
    one, other = CASES[before], CASES[after]
    whole = play(
        one.algorithm, dataclasses.replace(one.world, seed=seed), order_seed=order_seed
    ).told
    prefix = whole[: round(cut * len(whole))]
    world = dataclasses.replace(other.world, seed=seed)
    ended = {told.trial_id for told in prefix if isinstance(told, Outcome)}
    budget = len(prefix) + one.max_trials + other.max_trials

    rest = play(other.algorithm, _Counting(world, budget), order_seed=order_seed, earlier=prefix)

    assert rest.standing.is_decided
    assert rest.standing.n_ended <= rest.standing.n_planned
    assert not ended & set(rest.computed)
    opened = [told.trial for told in (*prefix, *rest.told) if isinstance(told, Opened)]
    assert [trial.rank for trial in opened] == list(range(len(opened)))


class _Counting:
    """A script that a search which asks for ever comes to the end of."""

    def __init__(self, script, n_most):
        self._script, self._n_left = script, n_most

    def __call__(self, trial):
        self._n_left -= 1
        assert self._n_left >= 0, "asked for more than both settings allow"
        return self._script(trial)
