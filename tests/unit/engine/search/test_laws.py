"""The laws that every algorithm passes: a new one joins the cases and must pass them all."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.outcome import Opened, OutcomeStatus
from engine.domain.problem import Problem
from engine.domain.trial import Work
from tests.unit.engine.search.cases.catalogue import CASES
from tests.unit.engine.search.simulation import fail, play
from tests.unit.engine.search.world import BAIT

EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
WIDENED = {name: case for name, case in CASES.items() if case.wider is not None}
WIDENING = pytest.mark.parametrize("case", WIDENED.values(), ids=WIDENED.keys())
SEEDS = st.integers(0, 2**32)
ORDERS = st.integers(0, 99)
SLOTS = st.integers(1, 12)
JUDGING = frozenset({Work.SCORE, Work.VALUE, Work.VOTE})
# Each example of a law is a whole search, and there are many searches.
FEW = settings(max_examples=25)
FEWER = settings(max_examples=8)
# For a law whose every example is as many searches as its log has outcomes.
FEWEST = settings(max_examples=4)


def _world(case, seed):
    return dataclasses.replace(case.world, seed=seed)


def _agreeing(case, seed=0):
    """Return the case's world where everybody answers the same and nothing goes wrong."""
    return dataclasses.replace(case.world, seed=seed, answers=("a",), failures=0.0, unscored=0.0)


def _text(standing) -> str | None:
    return None if standing.answer is None else standing.answer.text


def _is_outcome(told) -> bool:
    return not isinstance(told, Opened)


@EVERY
@FEW
@given(seed=SEEDS, order_seed=ORDERS, slots=SLOTS)
def test_every_search_ends_decided(case, seed, order_seed, slots):
    played = play(case.algorithm, _world(case, seed), order_seed=order_seed, slots=slots)

    assert played.standing.is_decided
    assert played.standing.n_needed == 0
    assert json.dumps(played.standing.to_data())


@EVERY
@FEW
@given(seed=SEEDS, order_seed=ORDERS)
def test_telling_twice_changes_nothing(case, seed, order_seed):
    told = play(case.algorithm, _world(case, seed), order_seed=order_seed).told
    once = twice = case.algorithm.start(Problem(text="?"))
    for item in told:
        once = case.algorithm.tell(once, item)
        twice = case.algorithm.tell(case.algorithm.tell(twice, item), item)

    assert once == twice


@EVERY
@FEW
@given(seed=SEEDS, order_seed=ORDERS, slots=SLOTS)
def test_the_same_seed_and_order_give_the_same_search(case, seed, order_seed, slots):
    first, second = (
        play(case.algorithm, _world(case, seed), order_seed=order_seed, slots=slots)
        for _ in range(2)
    )

    assert first == second


@EVERY
@FEW
@given(seed=SEEDS, orders=st.tuples(ORDERS, ORDERS), slots=st.tuples(SLOTS, SLOTS))
def test_the_order_of_completion_does_not_change_the_answer(case, seed, orders, slots):
    if not case.is_order_free:
        orders, slots = (orders[0], orders[0]), (slots[0], slots[0])
    answers = {
        _text(play(case.algorithm, _world(case, seed), order_seed=order, slots=n).standing)
        for order, n in zip(orders, slots, strict=True)
    }

    assert len(answers) == 1


@EVERY
@FEWEST
@given(seed=SEEDS, order_seed=ORDERS, slots=SLOTS)
def test_a_search_resumes_from_every_prefix_of_its_log(case, seed, order_seed, slots):
    world, algorithm = _world(case, seed), case.algorithm
    whole = play(algorithm, world, order_seed=order_seed, slots=slots)
    for cut in range(len(whole.told) + 1):
        prefix = whole.told[:cut]
        ended = [told.trial_id for told in prefix if _is_outcome(told)]
        rest = play(algorithm, world, order_seed=order_seed, slots=slots, earlier=prefix)

        # The same trials, none of them computed again, to the same end.
        assert sorted([*ended, *rest.computed]) == sorted(whole.computed)
        assert rest.standing == whole.standing


@EVERY
@FEWER
@given(seed=SEEDS, order_seed=ORDERS)
def test_a_resumed_search_may_end_in_another_order(case, seed, order_seed):
    whole = play(case.algorithm, _world(case, seed), order_seed=order_seed)
    for cut in range(0, len(whole.told) + 1, 3):
        prefix = whole.told[:cut]
        ended = {told.trial_id for told in prefix if _is_outcome(told)}
        rest = play(case.algorithm, _world(case, seed), order_seed=order_seed + 1, earlier=prefix)

        assert rest.standing.is_decided
        assert not ended & set(rest.computed)
        if case.is_order_free:
            assert _text(rest.standing) == _text(whole.standing)


@WIDENING
@FEWER
@given(seed=SEEDS, order_seed=ORDERS)
def test_an_extended_search_ends_as_the_wider_one_and_repeats_nothing(case, seed, order_seed):
    world = _world(case, seed)
    whole = play(case.algorithm, world, order_seed=order_seed)
    extended = play(case.wider, world, order_seed=order_seed, earlier=whole.told)

    assert extended.standing.is_decided
    assert not set(whole.computed) & set(extended.computed)
    if case.is_order_free:
        fresh = play(case.wider, world, order_seed=order_seed)
        assert _text(extended.standing) == _text(fresh.standing)


@WIDENING
@FEWER
@given(seed=SEEDS, order_seed=ORDERS)
def test_a_narrower_search_ends_on_what_a_wider_one_has_drawn(case, seed, order_seed):
    wider = play(case.wider, _world(case, seed), order_seed=order_seed)
    narrowed = play(case.algorithm, _world(case, seed), order_seed=order_seed, earlier=wider.told)

    assert narrowed.standing.is_decided
    assert narrowed.standing.n_ended <= narrowed.standing.n_planned


@EVERY
@FEW
@given(seed=SEEDS, slots=SLOTS)
def test_no_more_is_asked_than_the_settings_allow_and_none_twice(case, seed, slots):
    played = play(case.algorithm, _world(case, seed), slots=slots)

    assert len(set(played.computed)) == len(played.computed) <= case.max_trials
    assert played.standing.n_ended <= played.standing.n_planned


@EVERY
@FEW
@given(seed=SEEDS, order_seed=ORDERS, slots=SLOTS)
def test_trials_are_ranked_in_the_order_of_submission(case, seed, order_seed, slots):
    trials = play(case.algorithm, _world(case, seed), order_seed=order_seed, slots=slots).trials

    assert [trial.rank for trial in trials] == list(range(len(trials)))


@EVERY
@FEW
@given(seed=SEEDS, slots=SLOTS, max_nodes=st.integers(1, 9))
def test_a_budget_of_nodes_is_kept(case, seed, slots, max_nodes):
    played = play(case.algorithm, _world(case, seed), slots=slots, max_nodes=max_nodes)

    assert len(played.computed) <= max_nodes
    assert json.dumps(played.standing.to_data())


@EVERY
def test_nothing_is_asked_without_a_free_slot(case):
    assert not case.algorithm.ask(case.algorithm.start(Problem(text="?")), 0)


@EVERY
@FEW
@given(seed=SEEDS, lost=st.integers(0, 15))
def test_one_failed_trial_does_not_lose_the_answer(case, seed, lost):
    world = _agreeing(case, seed)
    played = play(
        case.algorithm, lambda trial: fail(trial) if trial.rank == lost else world(trial)
    )

    assert _text(played.standing) in ({"a", None} if case.is_fragile else {"a"})


@EVERY
def test_a_search_in_which_everything_fails_ends_without_an_answer(case):
    played = play(case.algorithm, fail)

    assert played.standing.is_decided
    assert played.standing.answer is None


@EVERY
@FEW
@given(seed=SEEDS, order_seed=ORDERS)
def test_what_is_unfinished_never_votes(case, seed, order_seed):
    world = dataclasses.replace(case.world, seed=seed, failures=0.5)
    standing = play(case.algorithm, world, order_seed=order_seed).standing

    assert _text(standing) != BAIT
    assert BAIT not in {vote.answer.text for vote in standing.votes}


@EVERY
@FEW
@given(seed=SEEDS, order_seed=ORDERS, slots=SLOTS)
def test_what_is_finished_or_broken_is_not_gone_on_from(case, seed, order_seed, slots):
    played = play(case.algorithm, _world(case, seed), order_seed=order_seed, slots=slots)
    nodes = {trial.node_id: played.outcomes.get(trial.trial_id) for trial in played.trials}
    for trial in played.trials:
        if trial.parent_id is None:
            continue
        parent = nodes[trial.parent_id]

        assert parent is not None
        assert parent.status is OutcomeStatus.COMPLETE
        assert trial.work in JUDGING or not parent.is_final


@EVERY
def test_the_state_can_be_written_as_json(case):
    state = case.algorithm.start(Problem(text="?"))
    for told in play(case.algorithm, _world(case, 1)).told:
        state = case.algorithm.tell(state, told)

    assert json.loads(json.dumps(dataclasses.asdict(state)))


@EVERY
def test_forks_and_extensions_keep_ids_and_seeds(case):
    def asked(**identity):
        problem = Problem(text="?", **identity)
        return play(case.algorithm, _agreeing(case), problem=problem).trials

    one = asked(root_search_id="r", seed=1)
    assert one == asked(root_search_id="r", seed=1)
    assert {t.trial_id for t in one}.isdisjoint(
        t.trial_id for t in asked(root_search_id="q", seed=1)
    )
    drawn = {t.seed for t in one if t.work.asks_model}
    others = asked(root_search_id="r", seed=2)
    assert drawn.isdisjoint(t.seed for t in others if t.work.asks_model)


@EVERY
@FEW
@given(seed=SEEDS, slots=st.tuples(SLOTS, SLOTS))
def test_a_trials_seed_does_not_depend_on_how_many_were_asked_together(case, seed, slots):
    drawn = [
        {
            trial.trial_id: (trial.seed, trial.parent_id, trial.work)
            for trial in play(case.algorithm, _world(case, seed), slots=n).trials
        }
        for n in slots
    ]

    shared = set(drawn[0]) & set(drawn[1])
    assert all(drawn[0][name] == drawn[1][name] for name in shared)
