"""The state shared by searches that draw independent samples of one prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.domain.ids import GroupId, NodeId, TrialId, derive_id, derive_seed
from engine.domain.outcome import Opened, Outcome, Told
from engine.domain.problem import Problem
from engine.domain.trial import NodeKind, Sampling, Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingState:
    """Samples opened so far, and how those that ended did.

    Attributes:
        problem: What is asked.
        trials: Opened samples, by rank.
        outcomes: Ended ones, by trial id.
    """

    problem: Problem
    trials: tuple[Trial, ...] = ()
    outcomes: Mapping[TrialId, Outcome] = field(default_factory=dict[TrialId, Outcome])

    def told(self, told: Told) -> SamplingState:
        """Return the state after a sample was opened or has ended; idempotent by trial id."""
        if isinstance(told, Opened):
            if any(trial.trial_id == told.trial.trial_id for trial in self.trials):
                return self
            opened = sorted((*self.trials, told.trial), key=lambda trial: trial.rank)
            return replace(self, trials=tuple(opened))
        if told.trial_id in self.outcomes:
            return self
        return replace(self, outcomes={**self.outcomes, told.trial_id: told})

    def list_open(self) -> tuple[Trial, ...]:
        """Return the samples that were opened and have not ended."""
        return tuple(trial for trial in self.trials if trial.trial_id not in self.outcomes)


def make_sample(problem: Problem, rank: int, sampling: Sampling) -> Trial:
    """Return sample number ``rank`` of a problem.

    Its ids and its seed depend on the root search, the caller's seed and the rank alone, however
    many samples are asked for at a time.
    """
    root = problem.root_search_id
    name = derive_id(root, "sample", rank)
    return Trial(
        trial_id=TrialId(name),
        node_id=NodeId(name),
        parent_id=None,
        depth=1,
        rank=rank,
        kind=NodeKind.ANSWER,
        group_id=GroupId(derive_id(root, "samples")),
        index=rank,
        group_seed=derive_seed(root, problem.seed, "samples"),
        prompt="solve",
        sampling=sampling,
    )
