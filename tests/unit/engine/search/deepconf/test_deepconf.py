"""DeepConf: who is kept, what votes weigh, where the bar lies and when the search stops."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Certainty, OutcomeStatus
from engine.search.certainty import Measure, find_quantile
from engine.search.deepconf import DeepConf, Mode
from tests.unit.engine.search.simulation import play, vote_for


def _certainty(level):
    return Certainty(mean=level, tail=level, lowest=level, bottom_tenth=level)


def _script(said, *, default=("a", 1.0)):
    """Return a script from (answer, certainty) by rank; a certainty of None is not told."""

    def answer(trial):
        name, level = said[trial.rank] if trial.rank < len(said) else default
        outcome = vote_for(trial, name)
        if level is None:
            return outcome
        bar = trial.sampling.min_certainty
        if bar is not None and level < bar:
            return dataclasses.replace(
                outcome, status=OutcomeStatus.TRUNCATED, reason="unsure", answer=None
            )
        return dataclasses.replace(outcome, certainty=_certainty(level))

    return answer


def _offline(said, **settings):
    return play(DeepConf(samples=len(said), **settings), _script(said)).standing


def _online(said, **settings):
    settings = {"samples": 12, "warmups": 4, **settings}
    return play(DeepConf(mode=Mode.ONLINE, **settings), _script(said))


def test_a_sure_minority_outvotes_an_unsure_majority():
    standing = _offline([("a", 1.0), ("a", 1.0), ("b", 5.0), ("a", 1.0)], keep=1.0)

    assert standing.answer.text == "b"
    assert [vote.weight for vote in standing.votes] == [5.0, 3.0]
    assert standing.majority.text == "a"
    assert standing.why.endswith("the majority answered a")


def test_only_the_surest_share_votes():
    said = [("a", float(level)) for level in range(1, 10)] + [("b", 10.0)]
    standing = _offline(said, keep=0.1)

    assert standing.answer.text == "b"
    assert standing.n_abstained == 9
    assert "9 too unsure to vote" in standing.why


def test_the_share_is_of_those_that_have_an_answer():
    said = [(None, 9.0)] * 8 + [("a", 1.0), ("b", 2.0)]

    assert [vote.answer.text for vote in _offline(said, keep=0.5).votes] == ["b"]


@pytest.mark.parametrize("measure", Measure, ids=str)
def test_the_chosen_measure_weighs(measure):
    levels = dict.fromkeys((m.value for m in Measure), 1.0)

    def answer(trial):
        certainty = Certainty(**levels)
        if trial.rank == 0:
            certainty = dataclasses.replace(certainty, **{measure.value: 4.0})
        return dataclasses.replace(vote_for(trial, "ab"[trial.rank > 0]), certainty=certainty)

    standing = play(DeepConf(samples=3, keep=1.0, measure=measure), answer).standing

    assert standing.answer.text == "a"


def test_offline_every_sample_is_drawn():
    assert _offline([("a", 1.0)] * 7).n_ended == 7


def test_a_sample_without_certainty_abstains_beside_those_with_it():
    standing = _offline([("a", None), ("a", None), ("b", 1.0)], keep=1.0)

    assert standing.answer.text == "b"
    assert standing.n_abstained == 2


@pytest.mark.parametrize("mode", Mode, ids=str)
def test_without_any_certainty_the_majority_decides_and_it_says_so(mode):
    said = [("a", None), ("b", None), ("b", None), ("b", None)]
    algorithm = DeepConf(mode=mode, samples=4, warmups=2, keep=0.1)
    standing = play(algorithm, _script(said)).standing

    assert standing.answer.text == "b"
    assert standing.votes[0].weight == standing.votes[0].n_votes
    assert "does not tell how sure" in standing.why


def test_candidates_are_asked_for():
    trials = play(DeepConf(samples=2), _script([("a", 1.0)] * 2)).trials

    assert {trial.sampling.n_candidates for trial in trials} == {20}
    assert {trial.sampling.min_certainty for trial in trials} == {None}


def test_the_bar_is_what_the_surest_of_the_warmup_reach():
    said = [("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0)]
    trials = _online(said, keep=0.5).trials

    assert [trial.sampling.min_certainty for trial in trials[:4]] == [None] * 4
    assert {trial.sampling.min_certainty for trial in trials[4:]} == {3.0}


def test_a_warmup_sample_below_the_bar_does_not_vote():
    said = [("a", 1.0), ("a", 1.0), ("b", 5.0), ("b", 5.0)]
    played = _online(said, keep=0.5)

    assert played.standing.answer.text == "b"
    assert len(played.computed) == 4


def test_no_sample_behind_the_bar_is_asked_for_before_the_warmup_has_ended():
    algorithm = DeepConf(mode=Mode.ONLINE, samples=12, warmups=4, haste=1.0)
    played = play(algorithm, _script([("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0)]))
    opened = [told for told in played.told[:8] if hasattr(told, "trial")]

    assert [told.trial.rank for told in opened] == [0, 1, 2, 3]


def test_it_stops_at_consensus():
    played = _online([("a", 1.0)] * 4)

    assert len(played.computed) == 4
    assert played.standing.is_decided


def test_it_goes_on_without_consensus_until_the_samples_are_spent():
    played = _online([("a", 1.0), ("b", 1.0)] * 6)

    assert len(played.computed) == 12
    assert played.standing.is_decided


def test_it_stops_as_soon_as_consensus_is_reached():
    # One of two votes weighs 19 of 20: a share of 0.95 exactly.
    said = [("a", 19.0), ("b", 1.0)]
    played = _online(said, warmups=2, keep=1.0)

    assert len(played.computed) == 2


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.floats(0.1, 9)), min_size=12, max_size=12),
    st.integers(0, 99),
    st.integers(1, 12),
)
def test_online_the_order_of_completion_changes_nothing(said, order_seed, slots):
    algorithm = DeepConf(mode=Mode.ONLINE, samples=12, warmups=4, keep=0.5, consensus=0.8)
    one = play(algorithm, _script(said), order_seed=order_seed, slots=slots).standing
    other = play(algorithm, _script(said)).standing

    assert one == other


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.floats(0.1, 9)), min_size=12, max_size=12),
    st.floats(0, 1),
)
def test_haste_changes_the_cost_and_not_the_answer(said, haste):
    slow = DeepConf(mode=Mode.ONLINE, samples=12, warmups=4, keep=0.5, consensus=0.8)
    fast = dataclasses.replace(slow, haste=haste)

    assert play(fast, _script(said)).standing == play(slow, _script(said)).standing


@pytest.mark.parametrize(
    ("keep", "expected"), [(0.1, 10), (0.11, 9), (0.9, 2), (1.0, 1), (0.001, 10)], ids=str
)
def test_the_quantile_is_by_nearest_rank(keep, expected):
    assert find_quantile(range(1, 11), keep) == expected


def test_a_share_that_rounding_misses_keeps_no_more():
    assert find_quantile(range(1, 101), 0.07) == 94


@pytest.mark.parametrize(
    "settings",
    [
        {"samples": 0},
        {"samples": 2000},
        {"keep": 0.0},
        {"keep": 1.1},
        {"warmups": 0},
        {"consensus": 0.5},
        {"consensus": 1.1},
        {"haste": -0.1},
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(InvalidInputError, match=next(iter(settings))):
        DeepConf(**settings)
