"""DeepConf as callers ask for it."""

from __future__ import annotations

from engine.domain.trial import Sampling
from engine.search.deepconf import DeepConf, Measure, Mode
from engine.search.registry import create_algorithm
from engine.search.strategy import Offered


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


def test_pinned_settings_name_the_group():
    algorithm = DeepConf(sampling=Sampling(group_tokens=16))

    assert create_algorithm("deepconf", algorithm.settings(), Offered()) == algorithm
