"""DeepConf as callers ask for it."""

from __future__ import annotations

from engine.domain.trial import Sampling
from engine.search.certainty import Weighing
from engine.search.deepconf import DeepConf, Measure, Mode
from engine.search.registry import create_algorithm
from engine.search.strategy import Offered

ADDED = ("weighing", "power")


def test_every_setting_reaches_the_search():
    settings = {
        "mode": "online",
        "samples": 64,
        "keep": 0.1,
        "measure": "tail",
        "warmups": 8,
        "consensus": 0.9,
        "haste": 0.5,
        "group_tokens": 16,
        "temperature": 0.6,
    }

    assert create_algorithm("deepconf", settings, Offered()) == DeepConf(
        mode=Mode.ONLINE,
        samples=64,
        keep=0.1,
        measure=Measure.TAIL,
        warmups=8,
        consensus=0.9,
        haste=0.5,
        sampling=Sampling(temperature=0.6, group_tokens=16),
    )


def test_votes_by_rank_are_asked_for_by_name():
    settings = {"weighing": "borda", "power": 1.2, "keep": 1.0, "measure": "mean"}

    assert create_algorithm("deepconf", settings, Offered()) == DeepConf(
        weighing=Weighing.BORDA, power=1.2, keep=1.0, measure=Measure.MEAN
    )


def test_settings_of_before_votes_by_rank_weigh_by_certainty():
    before = {name: value for name, value in DeepConf().settings().items() if name not in ADDED}

    assert create_algorithm("deepconf", before, Offered()) == DeepConf()


def test_pinned_settings_name_the_group():
    algorithm = DeepConf(sampling=Sampling(group_tokens=16))

    assert create_algorithm("deepconf", algorithm.settings(), Offered()) == algorithm
