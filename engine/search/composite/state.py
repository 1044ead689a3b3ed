"""The state of a search made of others: each part's own state, and whose trial is whose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.ids import TrialId
from engine.domain.outcome import Opened, Outcome, Told
from engine.domain.problem import Problem
from engine.domain.route import Route
from engine.domain.trial import Trial

SEPARATOR = "/"

Parts = Mapping[str, Algorithm[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeState:
    """What the parts know, by the name of the part.

    Attributes:
        problem: What is asked.
        parts: The state of each part that was begun, in the order of beginning.
        trials: Every trial opened, as the log knows it.
        outcomes: Ended ones.
        told: Each trial's id when it was opened, and again when it ended.
        routes: Decisions about which part goes on, in order.
    """

    problem: Problem
    parts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    trials: Mapping[TrialId, Trial] = field(default_factory=dict[TrialId, Trial])
    outcomes: Mapping[TrialId, Outcome] = field(default_factory=dict[TrialId, Outcome])
    told: tuple[TrialId, ...] = ()
    routes: tuple[Route, ...] = ()


def begin(state: CompositeState, name: str, part: Algorithm[Any]) -> CompositeState:
    """Return the state with a part begun.

    The part searches under a root of its own, so that parts of one kind draw different samples.
    Under other settings it may have begun earlier in the log that this search goes on from: then
    it learns now what was drawn for it, or it would ask for that again.
    """
    root = SEPARATOR.join((state.problem.root_search_id, name))
    started = part.start(replace(state.problem, root_search_id=root))
    begun = replace(state, parts={**state.parts, name: started})
    for trial, told in _list_drawn(state, name):
        begun = _pass_on(begun, {name: part}, trial, told)
    return begun


def tell_part(state: CompositeState, parts: Parts, told: Told) -> CompositeState:
    """Return the state after the part whose trial it is was told; idempotent by trial id."""
    if isinstance(told, Opened):
        if told.trial.trial_id in state.trials:
            return state
        trials = {**state.trials, told.trial.trial_id: told.trial}
        opened = replace(state, trials=trials, told=(*state.told, told.trial.trial_id))
        return _pass_on(opened, parts, told.trial, told)
    trial = state.trials.get(told.trial_id)
    if trial is None or told.trial_id in state.outcomes:
        return state
    outcomes = {**state.outcomes, told.trial_id: told}
    ended = replace(state, outcomes=outcomes, told=(*state.told, told.trial_id))
    return _pass_on(ended, parts, trial, told)


def ask_part(
    state: CompositeState, name: str, part: Algorithm[Any], free_slots: int
) -> tuple[Trial, ...]:
    """Return what a part wants computed, its open trials first; new ones are not ranked yet."""
    return tuple(
        state.trials.get(trial.trial_id) or _name_branch(trial, name)
        for trial in part.ask(state.parts[name], free_slots)
    )


def rank_new(state: CompositeState, trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Return the trials with the new ones among them ranked in their order."""
    ranked: list[Trial] = []
    n_new = 0
    for trial in trials:
        is_new = trial.trial_id not in state.trials
        ranked.append(replace(trial, rank=len(state.trials) + n_new) if is_new else trial)
        n_new += is_new
    return tuple(ranked)


def _name_branch(trial: Trial, name: str) -> Trial:
    return replace(trial, branch=SEPARATOR.join(filter(None, (name, trial.branch))))


def _list_drawn(state: CompositeState, name: str) -> Iterator[tuple[Trial, Told]]:
    """Yield what was told of a part's trials in the order of the log.

    A search learns from how a trial ended what is to follow it, so it must not hear of what
    followed before.
    """
    opened: set[TrialId] = set()
    for trial_id in state.told:
        trial = state.trials[trial_id]
        if trial.branch.partition(SEPARATOR)[0] == name:
            is_end = trial_id in opened
            yield trial, state.outcomes[trial_id] if is_end else Opened(trial=trial)
            opened.add(trial_id)


def _pass_on(state: CompositeState, parts: Parts, trial: Trial, told: Told) -> CompositeState:
    name, _, rest = trial.branch.partition(SEPARATOR)
    if name not in state.parts:
        return state
    inner = Opened(trial=replace(trial, branch=rest)) if isinstance(told, Opened) else told
    moved = parts[name].tell(state.parts[name], inner)
    return replace(state, parts={**state.parts, name: moved})
