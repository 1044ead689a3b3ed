"""What every stopping rule must keep, whatever it computes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.stopping.beta import Beta
from engine.search.stopping.catalogue import RULES, Stop, create_rule
from engine.search.stopping.dirichlet import Dirichlet
from engine.search.stopping.e_process import EProcess
from engine.search.stopping.exact import Exact
from engine.search.stopping.full import Full
from engine.search.stopping.poll import Poll
from engine.search.stopping.race import count_race
from engine.search.stopping.stochastic import Stochastic

N_PLANNED = 7
SEQUENTIAL = {
    "beta": Beta(risk=0.1),
    "dirichlet": Dirichlet(risk=0.1),
    "stochastic": Stochastic(risk=0.1),
    "certificate": EProcess(risk=0.4),
}
EVERY = pytest.mark.parametrize("rule", SEQUENTIAL.values(), ids=SEQUENTIAL.keys())
NAMES = st.lists(st.sampled_from(["a", "a", "b", "c", None]), max_size=24)


def _needs(rule, names, n_planned=N_PLANNED):
    # Asked of the prefix itself: rule_on would skip the very prefixes that are in question.
    return rule._count_needed(tuple(names), n_planned - len(names))


def _rule_on(rule, names, n_planned):
    return rule.rule_on(Poll(names=tuple(names), votes=(), n_left=n_planned - len(names)))


@EVERY
@pytest.mark.parametrize("n_seen", range(5))
def test_fewer_samples_than_needed_never_stop_it(rule, n_seen):
    for names in itertools.product(["a", "b", None], repeat=n_seen):
        for n_more in range(_needs(rule, names)):
            for following in itertools.product(["a", "b", "c", None], repeat=n_more):
                assert _needs(rule, (*names, *following)) > 0


@EVERY
@pytest.mark.parametrize("n_seen", range(5))
def test_as_many_samples_as_needed_can_stop_it(rule, n_seen):
    # With 24 planned, a certificate comes before the vote is settled: the count is then exact.
    for names in itertools.product(["a", "b", None], repeat=n_seen):
        n_needed = _needs(rule, names, 24)

        assert any(_needs(rule, [*names, *[name] * n_needed], 24) == 0 for name in "abc")


@EVERY
@given(names=NAMES)
def test_longer_runs_keep_the_place_where_it_stopped(rule, names):
    rulings = [_rule_on(rule, names[:n], 24) for n in range(len(names) + 1)]
    settled = [ruling for ruling in rulings if ruling.is_settled]

    assert len({(ruling.n_counted, ruling.certificate) for ruling in settled}) <= 1
    assert rulings.index(settled[0]) == settled[0].n_counted if settled else True


@EVERY
@given(names=NAMES)
def test_it_stops_at_the_latest_with_the_last_sample(rule, names):
    assert _rule_on(rule, names, len(names)).is_settled


@EVERY
@given(names=NAMES)
def test_what_cannot_change_is_not_sampled_further(rule, names):
    ruling = _rule_on(rule, names, 24)
    if count_race(names, 24 - len(names)).is_over and not isinstance(rule, EProcess):
        assert ruling.is_settled


@EVERY
@given(names=NAMES)
def test_names_are_only_names(rule, names):
    renamed = [{"a": "x", "b": "y", "c": "z", None: None}[name] for name in names]

    assert _rule_on(rule, names, 24) == _rule_on(rule, renamed, 24)


def test_no_rule_stops_before_the_first_vote():
    for stop in RULES:
        poll = Poll(names=(None,) * 5, votes=(), n_left=35)
        assert create_rule(stop, 0.49).rule_on(poll).n_needed > 0


def test_every_rule_has_a_name():
    made = {stop: type(create_rule(stop, 0.05)) for stop in Stop}

    assert made == {
        Stop.FULL: Full,
        Stop.EXACT: Exact,
        Stop.STOCHASTIC: Stochastic,
        Stop.BETA: Beta,
        Stop.DIRICHLET: Dirichlet,
        Stop.CERTIFICATE: EProcess,
    }
