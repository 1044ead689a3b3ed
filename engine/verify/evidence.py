"""What speaks for each class of answers, gathered from the outcomes of a search.

Evidence supports an answer and never chooses it: the vote decides in submission order, and this
looks at whatever has ended.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.domain.ids import NodeId, TrialId
from engine.domain.outcome import Outcome, OutcomeStatus
from engine.domain.standing import Evidence, Standing
from engine.domain.trial import Trial, Work
from engine.domain.verdict import Verdict

ENOUGH_PROGRAMS = 2


def gather_evidence(
    standing: Standing, trials: Mapping[TrialId, Trial], outcomes: Iterable[Outcome]
) -> Standing:
    """Return the standing with the evidence for each class that was voted for.

    Args:
        standing: The vote.
        trials: The trials opened, by id.
        outcomes: How those that ended did.
    """
    piles = {vote.answer.class_id: _Pile() for vote in standing.votes}
    if not piles:
        return standing
    ended = tuple(outcomes)
    homes = _find_homes(trials, ended)
    values = _find_values(trials, ended)
    for outcome in ended:
        trial = trials.get(outcome.trial_id)
        if trial is None or outcome.status is not OutcomeStatus.COMPLETE:
            continue
        if trial.work is Work.SCORE:
            home = None if trial.parent_id is None else homes.get(trial.parent_id)
            _judge(piles.get(home or ""), outcome)
        else:
            home = homes.get(trial.node_id, "")
            _support(piles.get(home), outcome, values.find_program(trial, home))
    return replace(
        standing, evidence=tuple(pile.to_evidence(class_id) for class_id, pile in piles.items())
    )


def is_executed(standing: Standing) -> bool:
    """Whether execution supports the leading answer.

    It does when two different programs computed it, or one did and most samples that wrote their
    answer without a program gave it too (after PAL, Gao et al. 2022, arXiv 2211.10435). The same
    program drawn twice counts once.
    """
    support = standing.support
    if support is None or support.n_programs == 0:
        return False
    if support.n_programs >= ENOUGH_PROGRAMS:
        return True
    rivals = [one.n_written for one in standing.evidence if one is not support]
    return support.n_written > max(rivals, default=0)


@dataclass(slots=True)
class _Pile:
    """The evidence for one class, as it is gathered."""

    programs: set[str] = field(default_factory=set[str])
    n_written: int = 0
    scores: list[float] = field(default_factory=list[float])
    verdicts: list[Verdict] = field(default_factory=list[Verdict])
    tails: list[float] = field(default_factory=list[float])

    def to_evidence(self, class_id: str) -> Evidence:
        return Evidence(
            class_id=class_id,
            n_programs=len(self.programs),
            n_written=self.n_written,
            n_scored=len(self.scores),
            mean_score=_mean(self.scores),
            n_confirmed=self.verdicts.count(Verdict.RIGHT),
            n_refuted=self.verdicts.count(Verdict.WRONG),
            mean_tail=_mean(self.tails),
        )


def _find_homes(trials: Mapping[TrialId, Trial], outcomes: Sequence[Outcome]) -> dict[NodeId, str]:
    """Return the class that each node voted for."""
    homes: dict[NodeId, str] = {}
    for outcome in outcomes:
        trial = trials.get(outcome.trial_id)
        if trial is not None and outcome.is_vote and outcome.answer is not None:
            homes[trial.node_id] = outcome.answer.class_id
    return homes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Values:
    """The values that programs gave along the paths, and how the paths run."""

    parents: Mapping[NodeId, NodeId | None]
    by_node: Mapping[NodeId, Outcome]

    def find_program(self, trial: Trial, class_id: str) -> str | None:
        """Return the last program along a path whose value was the path's answer.

        An answer that repeats what a program gave was not written independently of it.
        """
        at = trial.parent_id
        while at is not None:
            ran = self.by_node.get(at)
            if ran is not None and ran.answer is not None and ran.answer.class_id == class_id:
                return ran.program_ref
            at = self.parents.get(at)
        return None


def _find_values(trials: Mapping[TrialId, Trial], outcomes: Sequence[Outcome]) -> _Values:
    runs = {
        trial.node_id: outcome
        for outcome in outcomes
        if (trial := trials.get(outcome.trial_id)) is not None and trial.work is Work.TOOL
    }
    # Without a run there is no path to walk.
    parents = {trial.node_id: trial.parent_id for trial in trials.values()} if runs else {}
    return _Values(parents=parents, by_node=runs)


def _support(pile: _Pile | None, outcome: Outcome, program_ref: str | None) -> None:
    if pile is None:
        return
    program = outcome.program_ref or program_ref
    if program is None:
        pile.n_written += 1
    else:
        pile.programs.add(program)
    if outcome.certainty is not None:
        pile.tails.append(outcome.certainty.tail)
    _judge(pile, outcome)


def _judge(pile: _Pile | None, outcome: Outcome) -> None:
    if pile is None:
        return
    if outcome.score is not None:
        pile.scores.append(outcome.score)
    if outcome.verdict is not None:
        pile.verdicts.append(outcome.verdict)


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
