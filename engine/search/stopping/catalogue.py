"""The stopping rules by name."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from engine.search.stopping.beta import Beta
from engine.search.stopping.dirichlet import Dirichlet
from engine.search.stopping.e_process import EProcess
from engine.search.stopping.exact import Exact
from engine.search.stopping.full import Full
from engine.search.stopping.poll import StoppingRule
from engine.search.stopping.stochastic import Stochastic


class Stop(StrEnum):
    """When a vote stops."""

    FULL = "full"
    EXACT = "exact"
    STOCHASTIC = "stochastic"
    BETA = "beta"
    DIRICHLET = "dirichlet"
    CERTIFICATE = "certificate"


def create_rule(stop: Stop, risk: float) -> StoppingRule:
    """Return a stopping rule.

    Args:
        stop: Which one.
        risk: How unsure it may be, in (0, 0.5): 1 - C for Beta and Dirichlet, delta for
            stochastic curtailment, eps for the certificate. The others take none.
    """
    return RULES[stop](risk)


RULES: dict[Stop, Callable[[float], StoppingRule]] = {
    Stop.FULL: lambda _risk: Full(),
    Stop.EXACT: lambda _risk: Exact(),
    Stop.STOCHASTIC: lambda risk: Stochastic(risk=risk),
    Stop.BETA: lambda risk: Beta(risk=risk),
    Stop.DIRICHLET: lambda risk: Dirichlet(risk=risk),
    Stop.CERTIFICATE: lambda risk: EProcess(risk=risk),
}
