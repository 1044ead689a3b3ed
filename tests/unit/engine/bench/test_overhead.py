from __future__ import annotations

import pytest

from engine.bench.overhead import OverheadPlan, measure_overhead
from engine.bench.problems import make_problems


@pytest.mark.parametrize(("samples", "haste"), [(1, 0.0), (8, 1.0)], ids=["one", "eight"])
async def test_every_sample_is_drawn(samples, haste):
    plan = OverheadPlan(samples=samples, bar_ms=5.0, n_solves=10, haste=haste)
    measurement = await measure_overhead(plan)
    assert measurement.details["samples_drawn_per_solve"] == samples
    assert measurement.details["spread_ms"]["n"] == 10
    assert measurement.figure > 0


def test_problems_are_the_same_for_the_same_seed():
    assert make_problems(20, seed=1) == make_problems(20, seed=1) != make_problems(20, seed=2)
