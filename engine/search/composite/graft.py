"""A search grafted onto a path: it goes on from a given beginning of the solution.

Any search that writes on from its own root can go on from the path that another search wrote: its
root is grafted onto the end of that path. It draws under a root of its own, so its ids and seeds
are those of no other search, and what it decides is what it would decide at its own root; only
where its trials stand differs. The path's texts are not asked for again, its steps are not scored
and do not count in a depth or a budget: they are given.

A whole answer is asked for with the role ``step`` there, since it is the rest of one, and a
program with one that shows it the path: that is no part of the program, which is run as it stands.
A path whose end turns out to be finished (its text was replaced by one that holds an answer) is
gone on from no further: its answer is the search's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.canonical import JsonValue
from engine.domain.errors import CorruptLogError
from engine.domain.outcome import Opened, Outcome, OutcomeStatus, Told
from engine.domain.problem import Problem
from engine.domain.route import Route, Routing
from engine.domain.standing import Standing
from engine.domain.trial import PathEnd, Trial, Work
from engine.search.composite.state import SEPARATOR
from engine.search.stopping.full import Full
from engine.search.stopping.poll import hold_poll
from engine.search.tree import PROMPTS_MIDWAY
from engine.search.vote import Ballot, VoteRule
from engine.search.vote_standing import stand

RULE = "given"
PROMPTS_AT_ROOT = {midway: whole for whole, midway in PROMPTS_MIDWAY.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class GraftState:
    """The path as far as it was told, and the search that goes on from it.

    Attributes:
        problem: What is asked.
        stem: The trials of the path, in the order of the log. All that is opened after its end is
            the search's own.
        given: How the end of the path ended; ``None`` while it is open.
        inner: The search's own state, before it can begin as well.
    """

    problem: Problem
    inner: Any
    stem: tuple[Trial, ...] = ()
    given: Outcome | None = None

    @property
    def depth(self) -> int:
        """How many nodes are given."""
        return self.stem[-1].depth if self.stem else 0

    @property
    def n_ranks(self) -> int:
        """The first rank that no trial of the path has."""
        return max((trial.rank + 1 for trial in self.stem), default=0)

    @property
    def is_over(self) -> bool:
        """Whether the path is one that nothing can be written after."""
        given = self.given
        return given is not None and (given.status is not OutcomeStatus.COMPLETE or given.is_final)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graft:
    """A search that goes on from a path.

    Attributes:
        search: What goes on.
        at: The end of the path: the log tells of its trials, and of no others, before the search
            opens any.
    """

    search: Algorithm[Any]
    at: PathEnd

    @property
    def name(self) -> str:
        """The search's name."""
        return self.search.name

    @property
    def version(self) -> int:
        """The search's version."""
        return self.search.version

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the search's settings, as event 1 pins them."""
        return self.search.settings()

    def start(self, problem: Problem) -> GraftState:
        """Return the state before the path is known."""
        return GraftState(problem=problem, inner=self._begin(problem))

    def ask(self, state: GraftState, free_slots: int) -> Sequence[Trial]:
        """Return the end of the path while that is open, then what the search wants.

        Raises:
            CorruptLogError: When the log does not tell of the path.
        """
        if not self._knows_end(state):
            raise CorruptLogError(f"the log has no node {self.at.node_id} to go on from")
        if state.given is None:
            return (state.stem[-1],)
        if state.is_over:
            return ()
        asked = self.search.ask(state.inner, free_slots)
        return tuple(self._graft_on(state, trial) for trial in asked)

    def tell(self, state: GraftState, told: Told) -> GraftState:
        """Return the state after a trial was opened or has ended; idempotent by trial id."""
        trial_id = told.trial.trial_id if isinstance(told, Opened) else told.trial_id
        if not self._knows_end(state) or any(trial_id == one.trial_id for one in state.stem):
            return self._tell_stem(state, told)
        if isinstance(told, Opened):
            told = Opened(trial=self._take_off(state, told.trial))
        inner = self.search.tell(state.inner, told)
        return state if inner is state.inner else replace(state, inner=inner)

    def standing(self, state: GraftState) -> Standing:
        """Return where the search stands, or the path where that is finished."""
        if state.is_over and state.given is not None:
            return _stand_on(state.given, state.stem[-1])
        standing = self.search.standing(state.inner)
        votes = tuple(
            replace(vote, first_rank=vote.first_rank + state.n_ranks) for vote in standing.votes
        )
        return replace(standing, votes=votes)

    def routes(self, state: GraftState) -> tuple[Route, ...]:
        """Return the search's decisions so far, where it is one that makes any."""
        return self.search.routes(state.inner) if isinstance(self.search, Routing) else ()

    def _begin(self, problem: Problem, begun_as: str = "") -> Any:
        part = () if self.at.part is None else (str(self.at.part),)
        root = SEPARATOR.join((problem.root_search_id, self.at.node_id, *part))
        return self.search.start(replace(problem, root_search_id=root, begun_as=begun_as))

    def _knows_end(self, state: GraftState) -> bool:
        return bool(state.stem) and state.stem[-1].node_id == self.at.node_id

    def _tell_stem(self, state: GraftState, told: Told) -> GraftState:
        if isinstance(told, Opened):
            is_known = told.trial in state.stem
            return state if is_known else replace(state, stem=(*state.stem, told.trial))
        if not self._knows_end(state) or told.trial_id != state.stem[-1].trial_id:
            return state
        if state.given is not None:
            return state
        inner = self._begin(state.problem, begun_as=state.stem[-1].prompt)
        return replace(state, given=told, inner=inner)

    def _graft_on(self, state: GraftState, trial: Trial) -> Trial:
        """Return a trial of the search as it stands in the whole tree."""
        moved = replace(trial, depth=trial.depth + state.depth, rank=trial.rank + state.n_ranks)
        if trial.parent_id is not None:
            return moved
        prompt = PROMPTS_MIDWAY.get(trial.prompt, trial.prompt)
        return replace(moved, parent_id=self.at.node_id, parent_part=self.at.part, prompt=prompt)

    def _take_off(self, state: GraftState, trial: Trial) -> Trial:
        """Return a trial of the whole tree as the search asked for it."""
        moved = replace(trial, depth=trial.depth - state.depth, rank=trial.rank - state.n_ranks)
        if trial.parent_id != self.at.node_id:
            return moved
        is_whole = trial.work is Work.SAMPLE
        prompt = PROMPTS_AT_ROOT.get(trial.prompt, trial.prompt) if is_whole else trial.prompt
        return replace(moved, parent_id=None, parent_part=None, prompt=prompt)


def _stand_on(given: Outcome, end: Trial) -> Standing:
    run = (Ballot(rank=end.rank, outcome=given),)
    poll = hold_poll(run, VoteRule.MAJORITY, n_planned=1)
    return stand(run, poll, Full().rule_on(poll), rule=RULE)
