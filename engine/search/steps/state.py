"""The state of a step search: the tree, and the groves that grow in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.domain.ids import NodeId
from engine.domain.outcome import Opened, Outcome, OutcomeStatus, Told
from engine.domain.problem import Problem
from engine.domain.trial import Trial, Work
from engine.search.steps.path import Grove, Sprout
from engine.search.tree import TreeState

ROOT = NodeId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """What was opened, how it ended, and where each grove has come to.

    Attributes:
        tree: Trials and outcomes.
        children: Trials by the node they go on from, in the order of opening.
        groves: Each grows on its own.
    """

    tree: TreeState
    children: Mapping[NodeId, tuple[Trial, ...]] = field(
        default_factory=dict[NodeId, tuple[Trial, ...]]
    )
    groves: tuple[Grove, ...] = ()

    @property
    def problem(self) -> Problem:
        """What is asked."""
        return self.tree.problem

    def told(self, told: Told) -> StepState:
        """Return the state after a trial was opened or has ended; idempotent by trial id."""
        tree = self.tree.told(told)
        if tree is self.tree:
            return self
        if not isinstance(told, Opened):
            return replace(self, tree=tree)
        parent = told.trial.parent_id or ROOT
        siblings = (*self.children.get(parent, ()), told.trial)
        return replace(self, tree=tree, children={**self.children, parent: siblings})

    def list_children(self, sprout: Sprout) -> tuple[Trial, ...]:
        """Return the continuations of a sprout that were opened, by index."""
        last = sprout.first_index + sprout.n_children
        return tuple(
            trial
            for trial in self.children.get(sprout.path.node_id or ROOT, ())
            if trial.group_id == sprout.group_id and sprout.first_index <= trial.index < last
        )

    def find_judge(self, node_id: NodeId) -> Trial | None:
        """Return the trial that judges the path up to a node, if it was opened."""
        siblings = self.children.get(node_id, ())
        return next((trial for trial in siblings if trial.work is Work.SCORE), None)

    def find_look(self, node_id: NodeId) -> Trial | None:
        """Return the greedy step that was written after a node, if there is one.

        A narrower run of the same search may have left steps of other kinds there.
        """
        siblings = self.children.get(node_id, ())
        return next((trial for trial in siblings if _is_greedy_step(trial)), None)

    def find_complete(self, trial: Trial) -> Outcome | None:
        """Return how a trial ended if nothing went wrong."""
        outcome = self.tree.outcome_of(trial)
        is_complete = outcome is not None and outcome.status is OutcomeStatus.COMPLETE
        return outcome if is_complete else None


def _is_greedy_step(trial: Trial) -> bool:
    return trial.work is Work.STEP and trial.sampling.temperature == 0
