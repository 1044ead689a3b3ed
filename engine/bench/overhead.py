"""How long the engine itself takes for a solve, with a model that takes none."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

from engine.bench.instant_model import InstantModel
from engine.bench.measurement import Measurement, Sense, describe_spread
from engine.bench.trial_run import TrialRun
from engine.domain.problem import Problem
from engine.domain.profile import CHAT_PROFILE

NS_PER_MS = 1_000_000
# Two answers in turn keep a vote open to its last sample, so that none is saved.
TEXTS = (
    "Half of 48 is 24, and 48 + 24 = 72.\nAnswer: 72 clips",
    "Half of 48 is 24, and 48 + 48 = 96.\nAnswer: $96.00",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverheadPlan:
    """What is measured.

    Attributes:
        samples: Samples of each solve.
        bar_ms: The bar.
        n_solves: Solves that are measured, after a tenth of them to warm up.
        haste: 0 for as many rounds as the vote takes, 1 for one round.
    """

    samples: int
    bar_ms: float
    n_solves: int
    haste: float = 0.0


def list_plans(*, is_quick: bool) -> tuple[OverheadPlan, ...]:
    """Return the two bars' plans, and a third that shows what a single round costs."""
    n_solves = 40 if is_quick else 200
    return (
        OverheadPlan(samples=1, bar_ms=5.0, n_solves=n_solves),
        OverheadPlan(samples=64, bar_ms=30.0, n_solves=n_solves),
        OverheadPlan(samples=64, bar_ms=30.0, n_solves=n_solves, haste=1.0),
    )


async def measure_overhead(plan: OverheadPlan) -> Measurement:
    """Return the median time of a solve, one at a time, log in memory."""
    run = TrialRun(
        model=InstantModel(TEXTS),
        tools=None,
        profile=CHAT_PROFILE,
        samples=plan.samples,
        haste=plan.haste,
    )
    n_warm_up = plan.n_solves // 10
    times_ms: list[float] = []
    cpu_ms: list[float] = []
    n_drawn = 0
    for number in range(n_warm_up + plan.n_solves):
        problem = Problem(text="How many clips are sold?", root_search_id=f"overhead-{number}")
        before_ns, before_cpu_ns = time.perf_counter_ns(), time.process_time_ns()
        end = await run.solve(problem)
        times_ms.append((time.perf_counter_ns() - before_ns) / NS_PER_MS)
        cpu_ms.append((time.process_time_ns() - before_cpu_ns) / NS_PER_MS)
        n_drawn += end.standing.n_ended
    measured = times_ms[n_warm_up:]
    rounds = "all asked at once" if plan.haste else "default"
    return Measurement(
        name=f"engine overhead per solve, {plan.samples} samples, {rounds}",
        unit="ms",
        sense=Sense.AT_MOST,
        bar=plan.bar_ms,
        figure=statistics.median(measured),
        details={
            "spread_ms": describe_spread(measured),
            # What others on the machine took of the time is not in these.
            "cpu_ms": describe_spread(cpu_ms[n_warm_up:]),
            "samples_drawn_per_solve": n_drawn / len(times_ms),
        },
    )
