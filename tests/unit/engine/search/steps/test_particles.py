"""Particle filtering: unbiased, systematic, and its own draws repeat with the seed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.problem import Problem
from engine.search.scoring import Scorer
from engine.search.steps.growth import Round
from engine.search.steps.particles import Particles, resample, weigh_odds
from engine.search.steps.path import Path
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import StepSettings
from tests.unit.engine.search.simulation import play
from tests.unit.engine.search.steps.orchard import Orchard

RAW = st.lists(st.floats(0.01, 1), min_size=1, max_size=10)
CHANCES = st.floats(0, 1, exclude_max=True)


def _weights(raw):
    return [one / math.fsum(raw) for one in raw]


def _round(scores, *, level=1, leaves=(), chance=0.5):
    return Round(
        paths=tuple(Path(score=score) for score in scores),
        leaves=tuple(leaves),
        quota=len(scores) + len(leaves),
        level=level,
        n_levels=10,
        chance=chance,
    )


@given(raw=RAW, n_draws=st.integers(1, 40), chance=CHANCES)
def test_each_particle_is_drawn_its_share_rounded_up_or_down(raw, n_draws, chance):
    weights = _weights(raw)
    counts = resample(weights, n_draws, chance)

    assert sum(counts) == n_draws
    assert all(
        math.floor(n_draws * w - 1e-6) <= count <= math.ceil(n_draws * w + 1e-6)
        for w, count in zip(weights, counts, strict=True)
    )


def test_over_all_chances_each_particle_is_drawn_its_share():
    weights, n_chances = [0.55, 0.3, 0.15], 1000
    totals = [0, 0, 0]
    for place in range(n_chances):
        for particle, count in enumerate(resample(weights, 4, (place + 0.5) / n_chances)):
            totals[particle] += count

    assert [total / n_chances for total in totals] == pytest.approx([2.2, 1.2, 0.6], abs=0.01)


def test_weights_are_the_softmax_of_log_odds():
    weights = weigh_odds([Path(score=0.8), Path(score=0.5), Path(score=0.2)], 1.0)

    assert weights == pytest.approx([4 / 5.25, 1 / 5.25, 0.25 / 5.25])


def test_a_particle_that_is_surely_wrong_dies_out():
    selection = Particles().select(_round([0.99, 0.99, 0.01]))

    assert [extension.path.score for extension in selection.extensions] == [0.99, 0.99]
    assert sum(extension.n_children for extension in selection.extensions) == 3


def test_a_finished_particle_can_be_copied_or_die_out():
    right = Path(score=0.99, has_answer=True)
    wrong = Path(score=0.01, has_answer=True)

    assert len(Particles().select(_round([0.01] * 3, leaves=[right])).leaves) == 4
    assert not Particles().select(_round([0.99] * 3, leaves=[wrong])).leaves


def test_a_finished_text_without_an_answer_has_no_weight():
    selection = Particles().select(_round([0.01], leaves=[Path(score=0.99)]))

    assert not selection.leaves
    assert [extension.n_children for extension in selection.extensions] == [2]


def test_the_entropic_variant_keeps_more_alive_early():
    scores = [0.99, 0.4, 0.4, 0.4, 0.4, 0.4]
    plain, entropic = (
        len(Particles(is_entropic=flag).select(_round(scores)).extensions)
        for flag in (False, True)
    )

    assert plain < entropic


def test_the_entropic_variant_leaves_later_levels_alone():
    scores, late = [0.99, 0.4, 0.4, 0.4], {"level": 5}

    assert Particles(is_entropic=True).select(_round(scores, **late)) == Particles().select(
        _round(scores, **late)
    )


def test_the_entropic_temperature_follows_the_paper():
    # One of six has almost all the weight: ESS / N is near 1/6, and 9/10 of the levels are left.
    pool = [Path(score=score) for score in (0.99, 0.01, 0.01, 0.01, 0.01, 0.01)]
    weights = weigh_odds(pool, 1.0)
    spread = 1 / sum(w * w for w in weights) / 6
    temperature = Particles(is_entropic=True)._find_temperature(pool, _round([0.5]))

    assert temperature == pytest.approx(0.9 / spread)


@given(seeds=st.tuples(st.integers(0, 99), st.integers(0, 99)))
def test_resampling_repeats_with_the_seed(seeds):
    steps = StepSettings(width=5, max_steps=4, scorer=Scorer.VERIFIER)
    search = StepSearch(growth=Particles(), steps=steps)
    orchard = {"score": lambda word: 0.9 if word[-1] == "a" else 0.4, "depth": 3}
    first, second = (
        play(search, Orchard(**orchard), order_seed=order, problem=Problem(text="?", seed=7))
        for order in seeds
    )

    assert first.standing == second.standing
