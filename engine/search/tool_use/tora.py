"""ToRA: let the model reason and call tools in turn, and let several such trails vote.

Gou et al. 2023, tool-integrated reasoning (arXiv 2309.17452), section 2.1: the model writes a
rationale r_k and a call c_k, the call's output o_k is appended, until a step gives the answer or
the calls are spent. Errors are appended as outputs, so that the model may mend its call. A call
that cannot be read is answered with a correction. Trails are drawn side by side and their answers
vote, as in self-consistency; a trail that runs out of calls or steps abstains.

With ``on_failure=drop`` a step whose call fails is dropped and drawn again instead, the rule of
rStar-Math (arXiv 2501.04519, section 3.2): what follows then builds on code that ran.

Defaults: 4 trails, 4 calls (the paper allows 3), 2 corrections, 12 steps, exact curtailment. Cost:
for each trail a request a step, at most 12, and at most 6 runs of tools. Trails do not wait for
each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Opened, Outcome, Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Sampling, Trial
from engine.search.stopping.catalogue import Stop
from engine.search.tool_use.ballot_box import BallotBox
from engine.search.tool_use.trail import (
    OnFailure,
    Rules,
    Trail,
    advance,
    begin_trail,
    is_first_step,
    make_first_step,
    open_move,
)
from engine.search.tree import TreeState
from engine.search.vote import Ballot

MAX_TRAILS = 256
MAX_STEPS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ToraState:
    """The trials of a search, and where each of its trails stands.

    Attributes:
        tree: What was opened, and how it ended.
        trails: In the order in which they were begun.
    """

    tree: TreeState
    trails: tuple[Trail, ...] = ()

    def find_trail(self, trial_id: str) -> Trail | None:
        """Return the trail that waits for this trial."""
        waiting = (
            trail
            for trail in self.trails
            if trail.move is not None and trail.move.trial_id == trial_id
        )
        return next(waiting, None)

    def with_trail(self, trail: Trail) -> ToraState:
        """Return the state with a trail put in its place."""
        before, after = self.trails[: trail.index], self.trails[trail.index + 1 :]
        return replace(self, trails=(*before, trail, *after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tora:
    """A vote among trails that call tools.

    Attributes:
        samples: The most trails.
        max_calls: Runs of tools along one trail.
        max_corrections: Malformed calls of a trail that are answered with a correction; with
            ``drop``, steps that are drawn again.
        max_steps: Steps of a trail.
        on_failure: What becomes of a step whose call fails.
        sampling: How steps are drawn.
        haste: 0 begins only the fewest trails after which the vote could be settled; 1 begins all
            that are left at once.
        stop: When the vote stops.
        risk: How unsure the stopping rule may be, in (0, 0.5).
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    samples: int = 4
    max_calls: int = 4
    max_corrections: int = 2
    max_steps: int = 12
    on_failure: OnFailure = OnFailure.OBSERVE
    sampling: Sampling = field(default_factory=Sampling)
    haste: float = 0.0
    stop: Stop = Stop.EXACT
    risk: float = 0.05
    name: str = "tora"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no trail could be written under."""
        if not 1 <= self.samples <= MAX_TRAILS:
            raise InvalidInputError(f"samples must lie between 1 and {MAX_TRAILS}")
        if not 1 <= self.max_steps <= MAX_STEPS:
            raise InvalidInputError(f"max_steps must lie between 1 and {MAX_STEPS}")
        if min(self.max_calls, self.max_corrections) < 0:
            raise InvalidInputError("max_calls and max_corrections must be at least 0")
        self._box()

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "samples": self.samples,
            "max_calls": self.max_calls,
            "max_corrections": self.max_corrections,
            "max_steps": self.max_steps,
            "on_failure": self.on_failure.value,
            "haste": self.haste,
            "stop": self.stop.value,
            "risk": self.risk,
            **self.sampling.to_data(),
        }

    @property
    def max_trials(self) -> int:
        """The most trials that the search can cost."""
        return self.samples * self._rules().max_trials

    def start(self, problem: Problem) -> ToraState:
        """Return the state before any trail."""
        return ToraState(tree=TreeState(problem=problem))

    def ask(self, state: ToraState, free_slots: int) -> Sequence[Trial]:
        """Return the open trials, then the next ones of trails under way, then new trails."""
        standing = self.standing(state)
        if standing.is_decided:
            return ()
        rank = len(state.tree.trials)
        moves = [trail.move for trail in state.trails if trail.move and not trail.is_open]
        first = len(state.trails)
        n_new = max(0, self._box().count_wanted(standing) - first)
        begun = [
            make_first_step(state.tree.problem, index, 0, self.sampling)
            for index in range(first, first + min(n_new, max(0, free_slots - len(moves))))
        ]
        fresh = [*moves, *begun][: max(0, free_slots)]
        ranked = (replace(trial, rank=rank + offset) for offset, trial in enumerate(fresh))
        # Under other settings a trail may have gone on otherwise, and wait for none of what that
        # has left open.
        waited = (t for t in state.tree.list_open() if state.find_trail(t.trial_id) is not None)
        return (*waited, *ranked)

    def tell(self, state: ToraState, told: Told) -> ToraState:
        """Return the state after a trial was opened or has ended; idempotent by trial id."""
        tree = state.tree.told(told)
        if tree is state.tree:
            return state
        grown = replace(state, tree=tree)
        if isinstance(told, Opened):
            return _opened(grown, told.trial)
        return self._ended(grown, told)

    def standing(self, state: ToraState) -> Standing:
        """Return the vote over the longest run of trails that have ended."""
        return self._box().count(_list_ended(state.trails))

    def _ended(self, state: ToraState, outcome: Outcome) -> ToraState:
        trail = state.find_trail(outcome.trial_id)
        if trail is None:
            return state
        return state.with_trail(advance(trail, outcome, state.tree.problem, self._rules()))

    def _rules(self) -> Rules:
        return Rules(
            max_calls=self.max_calls,
            max_corrections=self.max_corrections,
            max_steps=self.max_steps,
            on_failure=self.on_failure,
            sampling=self.sampling,
        )

    def _box(self) -> BallotBox:
        return BallotBox(n_samples=self.samples, stop=self.stop, risk=self.risk, haste=self.haste)


def _opened(state: ToraState, trial: Trial) -> ToraState:
    trail = state.find_trail(trial.trial_id)
    if trail is not None:
        return state.with_trail(open_move(trail, trial))
    if not is_first_step(trial, state.tree.problem):
        return state
    begun = begin_trail(len(state.trails), trial)
    return replace(state, trails=(*state.trails, begun))


def _list_ended(trails: Sequence[Trail]) -> tuple[Ballot, ...]:
    """Return the votes of the longest run of trails, from the first on, that have ended."""
    run: list[Ballot] = []
    for trail in trails:
        if trail.last is None:
            break
        run.append(Ballot(rank=trail.rank, outcome=trail.last))
    return tuple(run)
