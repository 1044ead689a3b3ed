"""The laws that every algorithm passes: a new one joins ALGORITHMS and must pass them all."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.answer import Answer
from engine.domain.outcome import Opened
from engine.domain.problem import Problem
from engine.search.adaptive_consistency import AdaptiveConsistency
from engine.search.direct import Direct
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.vote import VoteRule
from tests.unit.engine.search.simulation import fail, play, vote_for

ALGORITHMS = {
    "direct": Direct(),
    "majority-8": SelfConsistency(samples=8),
    "majority-5-hasty": SelfConsistency(samples=5, haste=1.0),
    "likelihood-6": SelfConsistency(samples=6, rule=VoteRule.LIKELIHOOD),
    "likelihood-9-half-haste": SelfConsistency(samples=9, rule=VoteRule.LIKELIHOOD, haste=0.5),
    "stochastic-9-hasty": SelfConsistency(samples=9, stop=Stop.STOCHASTIC, risk=0.1, haste=1.0),
    "certificate-9-half-haste": SelfConsistency(
        samples=9, stop=Stop.CERTIFICATE, risk=0.4, haste=0.5
    ),
    "adaptive-beta-9": AdaptiveConsistency(samples=9, risk=0.2),
    "adaptive-beta-9-hasty": AdaptiveConsistency(samples=9, risk=0.2, haste=1.0),
    "adaptive-dirichlet-9-half-haste": AdaptiveConsistency(
        samples=9, stop=Stop.DIRICHLET, risk=0.2, haste=0.5
    ),
}
EVERY = pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=ALGORITHMS.keys())
SCRIPTS = st.lists(st.sampled_from(["a", "b", "c", None, "fail"]), min_size=9, max_size=9)


def _script(names):
    def answer(trial):
        name = names[trial.rank]
        if name == "fail":
            return fail(trial)
        return vote_for(trial, name, mean_logprob=-0.1 * (1 + trial.rank % 3))

    return answer


def _text(standing) -> str | None:
    answer: Answer | None = standing.answer
    return None if answer is None else answer.text


@EVERY
@given(names=SCRIPTS, order_seed=st.integers(0, 99), slots=st.integers(1, 12))
def test_every_search_ends_decided(algorithm, names, order_seed, slots):
    played = play(algorithm, _script(names), order_seed=order_seed, slots=slots)

    assert played.standing.is_decided
    assert played.standing.n_needed == 0


@EVERY
@given(names=SCRIPTS, order_seed=st.integers(0, 99))
def test_telling_twice_changes_nothing(algorithm, names, order_seed):
    told = play(algorithm, _script(names), order_seed=order_seed).told
    once = twice = algorithm.start(Problem(text="?"))
    for item in told:
        once = algorithm.tell(once, item)
        twice = algorithm.tell(algorithm.tell(twice, item), item)

    assert once == twice


@EVERY
@given(names=SCRIPTS, order_seed=st.integers(0, 99))
def test_the_same_seed_and_order_give_the_same_search(algorithm, names, order_seed):
    first = play(algorithm, _script(names), order_seed=order_seed)
    second = play(algorithm, _script(names), order_seed=order_seed)

    assert first == second


@EVERY
@given(names=SCRIPTS, orders=st.tuples(st.integers(0, 99), st.integers(0, 99)))
def test_the_order_of_completion_does_not_change_the_answer(algorithm, names, orders):
    answers = {
        _text(play(algorithm, _script(names), order_seed=order).standing) for order in orders
    }

    assert len(answers) == 1


@EVERY
@given(names=SCRIPTS, order_seed=st.integers(0, 99))
def test_a_search_resumes_from_every_prefix_of_its_log(algorithm, names, order_seed):
    whole = play(algorithm, _script(names), order_seed=order_seed)
    for cut in range(len(whole.told) + 1):
        prefix = whole.told[:cut]
        ended = {told.trial_id for told in prefix if not isinstance(told, Opened)}
        rest = play(algorithm, _script(names), order_seed=order_seed + 1, earlier=prefix)

        assert _text(rest.standing) == _text(whole.standing)
        assert not ended & set(rest.computed)


@EVERY
@given(names=SCRIPTS, slots=st.integers(1, 12))
def test_no_more_is_asked_than_planned_and_none_twice(algorithm, names, slots):
    played = play(algorithm, _script(names), slots=slots)

    assert len(set(played.computed)) == len(played.computed)
    assert len(played.computed) <= played.standing.n_planned


@EVERY
def test_nothing_is_asked_without_a_free_slot(algorithm):
    assert not algorithm.ask(algorithm.start(Problem(text="?")), 0)


@EVERY
@given(lost=st.integers(0, 8))
def test_one_failed_sample_does_not_lose_the_answer(algorithm, lost):
    names = ["a"] * 9
    names[lost] = "fail"
    played = play(algorithm, _script(names))

    expected = None if algorithm.name == "direct" and lost == 0 else "a"
    assert _text(played.standing) == expected


@EVERY
def test_the_state_can_be_written_as_json(algorithm):
    state = algorithm.start(Problem(text="?"))
    for told in play(algorithm, _script(["a", "b"] * 5)).told:
        state = algorithm.tell(state, told)

    assert json.loads(json.dumps(dataclasses.asdict(state)))


@EVERY
def test_forks_and_extensions_keep_ids_and_seeds(algorithm):
    def asked(**identity):
        return algorithm.ask(algorithm.start(Problem(text="?", **identity)), 9)

    one = asked(root_search_id="r", seed=1)
    assert one == asked(root_search_id="r", seed=1)
    assert {t.trial_id for t in one}.isdisjoint(
        t.trial_id for t in asked(root_search_id="q", seed=1)
    )
    assert {t.seed for t in one}.isdisjoint(t.seed for t in asked(root_search_id="r", seed=2))


@EVERY
@given(slots=st.tuples(st.integers(1, 9), st.integers(1, 9)))
def test_a_samples_seed_does_not_depend_on_how_many_were_asked_together(algorithm, slots):
    names = ["a", "b", "c"] * 3
    seeds = [
        {
            told.trial.rank: told.trial.seed
            for told in play(algorithm, _script(names), slots=n).told
            if isinstance(told, Opened)
        }
        for n in slots
    ]

    shared = set(seeds[0]) & set(seeds[1])
    assert all(seeds[0][rank] == seeds[1][rank] for rank in shared)
