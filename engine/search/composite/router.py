"""The router: a few pilot samples, then the search that their agreement calls for.

Compute-optimal routing (Snell et al. 2024, arXiv 2408.03314; Liu et al. 2025, arXiv 2502.06703):
theta*(x, N) = argmax_theta E[correct], with the difficulty of x estimated from pilot samples. The
policy is an argument (``engine.route``). Each decision is kept with its reason; a part that ends
without an answer to stand by leads to the next. All parts' votes are pooled, so no sample is lost.
Cost: the pilot's samples, and those of the parts taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.canonical import JsonValue
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.route import Crossroads, Route, RoutePolicy
from engine.domain.standing import Standing
from engine.domain.trial import Trial
from engine.search.composite.pool import stand_together
from engine.search.composite.state import CompositeState, ask_part, begin, rank_new, tell_part

PILOT = "pilot"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPolicy:
    """The caller's own choice: one part after the pilot, or none.

    Attributes:
        choice: The part; ``None`` answers with the pilot's samples.
    """

    choice: str | None

    def choose(self, at: Crossroads) -> Route:
        """Return the choice once; see :class:`engine.domain.route.RoutePolicy`."""
        if self.choice in at.open and len(at.taken) == 1:
            return Route(choice=self.choice, reason=f"the caller chose {self.choice}")
        return Route(choice=None, reason="the caller chose where to stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """A pilot, then what the policy chooses.

    Attributes:
        pilot: Draws the first samples.
        parts: What can follow, cheapest first.
        policy: Decides which does.
        max_routes: Most parts that follow the pilot.
        given: The settings as the caller gave them, for event 1.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    pilot: Algorithm[Any]
    parts: Mapping[str, Algorithm[Any]]
    policy: RoutePolicy
    max_routes: int = 2
    given: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    name: str = "auto"
    version: int = 1

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return self.given

    def start(self, problem: Problem) -> CompositeState:
        """Return the state before any trial."""
        return self._go_on(begin(CompositeState(problem=problem), PILOT, self.pilot))

    def ask(self, state: CompositeState, free_slots: int) -> Sequence[Trial]:
        """Return what the part under way wants."""
        if self._is_over(state):
            return ()
        name = list(state.parts)[-1]
        return rank_new(state, ask_part(state, name, self._all[name], free_slots))

    def tell(self, state: CompositeState, told: Told) -> CompositeState:
        """Return the state after a trial was opened or has ended, a part begun if it is time."""
        moved = tell_part(state, self._all, told)
        return state if moved is state else self._go_on(moved)

    def standing(self, state: CompositeState) -> Standing:
        """Return the pooled vote of all parts so far."""
        standings = self._stand_parts(state)
        is_over = self._is_over(state)
        n_needed = 0 if is_over else max(1, standings[-1].n_needed)
        why = state.routes[-1].reason if state.routes else "the pilot samples are being drawn"
        return self._stand(state, standings, n_needed=n_needed, why=why)

    def routes(self, state: CompositeState) -> tuple[Route, ...]:
        """Return the decisions so far, in order."""
        return state.routes

    @property
    def _all(self) -> Mapping[str, Algorithm[Any]]:
        return {PILOT: self.pilot, **self.parts}

    def _is_over(self, state: CompositeState) -> bool:
        return bool(state.routes) and state.routes[-1].choice is None

    def _go_on(self, state: CompositeState) -> CompositeState:
        """Decide at each crossroads reached; a part may be over before it begins."""
        while not self._is_over(state) and self._stand_parts(state)[-1].is_decided:
            route = self._choose(state)
            state = replace(state, routes=(*state.routes, route))
            if route.choice is not None:
                state = begin(state, route.choice, self.parts[route.choice])
        return state

    def _choose(self, state: CompositeState) -> Route:
        taken = tuple(state.parts)
        if len(taken) > self.max_routes:
            return Route(choice=None, reason=self._explain_end(len(taken) - 1))
        standings = self._stand_parts(state)
        pooled = self._stand(state, standings, n_needed=0, why="")
        left = tuple(name for name in self.parts if name not in taken)
        return self.policy.choose(
            Crossroads(text=state.problem.text, standing=pooled, taken=taken, open=left)
        )

    def _explain_end(self, n_followed: int) -> str:
        if self.max_routes == 0:
            return "nothing may follow the pilot"
        plural = "" if n_followed == 1 else "es"
        return f"{n_followed} search{plural} followed the pilot, as many as may"

    def _stand_parts(self, state: CompositeState) -> list[Standing]:
        return [self._all[name].standing(part) for name, part in state.parts.items()]

    def _stand(
        self, state: CompositeState, standings: Sequence[Standing], *, n_needed: int, why: str
    ) -> Standing:
        pooled = stand_together(state, standings, n_needed=n_needed, why=why)
        if self._is_over(state):
            return pooled
        # Parts that may still follow are planned for, or the plan would grow under way.
        left = sorted(
            (
                part.standing(part.start(state.problem)).n_planned
                for name, part in self.parts.items()
                if name not in state.parts
            ),
            reverse=True,
        )
        n_more = sum(left[: max(0, self.max_routes + 1 - len(state.parts))])
        return replace(pooled, n_planned=pooled.n_planned + n_more)
