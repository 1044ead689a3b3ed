"""The beam: exact in what it asks for, exhaustive where it is wide enough."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.aggregation import Aggregation, aggregate_scores
from engine.domain.errors import InvalidInputError
from engine.domain.trial import Work
from engine.search.scoring import Pick, Scorer
from engine.search.steps.beam import Beam
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import StepSettings
from tests.unit.engine.search.simulation import play
from tests.unit.engine.search.steps.orchard import Orchard

ORDERS = st.integers(0, 99)


def beam(branching=3, lookahead=0, **changes):
    steps = StepSettings(**{"scorer": Scorer.VERIFIER, "pick": Pick.BEST, **changes})
    return StepSearch(growth=Beam(branching=branching, lookahead=lookahead), steps=steps)


def _drawn_score(seed):
    return lambda word: random.Random(f"{seed}/{word}").random()


@pytest.mark.parametrize("how", [Aggregation.LAST, Aggregation.MIN, Aggregation.MEAN], ids=str)
@settings(max_examples=25)
@given(seed=st.integers(0, 9999), order_seed=ORDERS)
def test_a_wide_beam_finds_what_an_exhaustive_search_finds(how, seed, order_seed):
    score = _drawn_score(seed)
    words = ["".join(letters) for letters in itertools.product("abc", repeat=3)]
    path_scores = {
        word: aggregate_scores([score(word[: n + 1]) for n in range(3)], how) for word in words
    }
    # 27 places keep nine paths: all that there are before the last step.
    played = play(
        beam(width=27, max_steps=5, aggregation=how), Orchard(score=score), order_seed=order_seed
    )

    assert played.standing.answer.text == max(words, key=path_scores.__getitem__)


def test_a_finished_beam_of_three_steps_costs_three_levels_and_no_more():
    orchard = Orchard(letters="abcdefghijkl", score=_drawn_score(1))
    played = play(beam(branching=4, width=12, max_steps=40), orchard)

    assert orchard.count(played.trials, Work.STEP) == 36
    assert orchard.count(played.trials, Work.SAMPLE) == 0
    assert max(len(word) for word in orchard.words.values()) == 3


def test_each_step_is_judged_once():
    orchard = Orchard(score=_drawn_score(2))
    # With a slot at a time no twin is judged before the one that it repeats is known.
    play(beam(width=9, max_steps=5), orchard, slots=1)

    # Of twins that are finished each is judged for itself.
    unfinished = [word for word in orchard.judged if len(word) < 3]
    assert len(unfinished) == len(set(unfinished))


def test_twins_that_are_unfinished_count_once():
    orchard = Orchard(letters="a", score=_drawn_score(3))
    played = play(beam(branching=2, width=6, max_steps=5), orchard)

    # Six steps that read alike leave one beam, which is continued twice.
    assert orchard.count(played.trials, Work.STEP) == 6 + 2 + 2


def test_finished_paths_leave_the_pool_with_their_places():
    orchard = Orchard(
        letters="abcd",
        is_last=lambda word: word == "a" or len(word) == 3,
        score=_drawn_score(4),
    )
    played = play(beam(branching=3, width=4, max_steps=5), orchard)
    levels = [
        sum(trial.depth == depth and trial.work is Work.STEP for trial in played.trials)
        for depth in (1, 2, 3)
    ]

    assert levels == [4, 3, 3]
    assert played.standing.n_ended == 4


def test_only_the_best_go_on():
    best = {"a": 0.9, "b": 0.8, "c": 0.1}
    orchard = Orchard(score=lambda word: best[word[0]])
    play(beam(branching=3, width=6, max_steps=5), orchard)

    assert {word[0] for word in orchard.words.values() if len(word) == 2} == {"a", "b"}


def test_a_lookahead_sees_past_a_step_that_looks_bad():
    # "b" looks worse than "a", and leads to the only word that is right.
    scores = {"a": 0.6, "b": 0.4, "aa": 0.2, "ba": 0.9}

    def found(lookahead):
        orchard = Orchard(letters="ab", depth=2, score=lambda word: scores.get(word, 0.1))
        search = beam(branching=2, lookahead=lookahead, width=2, max_steps=4)
        return play(search, orchard).standing.answer.text

    assert found(0)[0] == "a"
    assert found(1) == "ba"


def test_a_lookahead_is_greedy_and_thrown_away():
    played = play(beam(branching=2, lookahead=1, width=4, max_steps=3), Orchard(depth=9))
    looks = [t for t in played.trials if t.work is Work.STEP and t.sampling.temperature == 0]
    looked = {trial.node_id for trial in looks}

    assert looks
    assert not any(t.parent_id in looked for t in played.trials if t.work is not Work.SCORE)


def test_a_lookahead_that_is_raised_takes_no_drawn_step_for_a_greedy_one():
    settings = {"width": 4, "max_steps": 3}
    orchard = Orchard(depth=9)
    before = play(beam(branching=2, **settings), orchard)
    after = play(beam(branching=2, lookahead=1, **settings), orchard, earlier=before.told)

    assert any(t.sampling.temperature == 0 for t in after.trials)
    assert after.standing.is_decided


def test_the_last_level_writes_to_the_end():
    orchard = Orchard(depth=9)
    played = play(beam(width=3, max_steps=3), orchard)
    last = [trial for trial in played.trials if trial.depth == 3 and trial.work.asks_model]

    assert {trial.work for trial in last} == {Work.SAMPLE}
    assert played.standing.n_ended == 3


@pytest.mark.parametrize(
    "settings", [{"branching": 0}, {"branching": 65}, {"lookahead": -1}, {"lookahead": 9}], ids=str
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(InvalidInputError):
        Beam(**settings)


@pytest.mark.parametrize(
    "settings", [{"width": 0}, {"width": 257}, {"max_steps": 1}, {"max_steps": 65}], ids=str
)
def test_shared_settings_out_of_range_are_refused(settings):
    with pytest.raises(InvalidInputError):
        StepSettings(**settings)
