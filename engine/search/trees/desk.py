"""Trees of thoughts under way: their state, and one step of it, for searches layer by layer.

As with ``engine.search.trees.growth`` all is decided when an outcome is told and waits in ``due``.
A thought is judged as soon as it is written; only the choice among the thoughts of a layer waits
for all of them, as the algorithm's definition has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from engine.domain.ids import TrialId
from engine.domain.outcome import Opened, Outcome, Told
from engine.domain.problem import Problem
from engine.domain.trial import Trial, Work
from engine.search.scoring import UNJUDGED
from engine.search.tree import Branch, TreeState, make_trials
from engine.search.trees.harvest import Leaf
from engine.search.trees.judge import Judge
from engine.search.trees.layer import (
    Layer,
    hear_judge,
    hear_vote,
    read_thoughts,
    with_thoughts,
)
from engine.search.trees.thought import EMPTY, Thinking, Thought


@dataclass(frozen=True, slots=True, kw_only=True)
class ThoughtState:
    """A tree of thoughts.

    Attributes:
        tree: What was opened, and how it ended.
        due: What was decided on and not opened yet, in the order of the decisions.
        layer: The thoughts that are being written and judged.
        n_layers: Layers begun so far.
        n_visits: Depth first: paths visited so far.
        frontier: Breadth first: the paths that the layer goes on from. Depth first: the paths to
            visit, the next one last.
        queue: Paths to be finished, the best first.
        finishing: Trials that finish a path, with that path.
        leaves: Finished paths with an answer; their weights are their values.
        n_barren: Texts that should have ended in an answer and have none.
        deepest: Depth first: the best of the deepest paths that were not pruned.
        is_over: Whether no thought will be written any more.
    """

    tree: TreeState
    due: Mapping[TrialId, Trial] = field(default_factory=dict[TrialId, Trial])
    layer: Layer | None = None
    n_layers: int = 0
    n_visits: int = 0
    frontier: tuple[Thought, ...] = (EMPTY,)
    queue: tuple[Thought, ...] = ()
    finishing: Mapping[TrialId, Thought] = field(default_factory=dict[TrialId, Thought])
    leaves: tuple[Leaf, ...] = ()
    n_barren: int = 0
    deepest: Thought | None = None
    is_over: bool = False

    @property
    def n_pending(self) -> int:
        """Trials that are due or have not ended; at 0 the search is over."""
        return len(self.due) + len(self.tree.trials) - len(self.tree.outcomes)


class ThoughtRules(Protocol):
    """What tells breadth first from depth first."""

    @property
    def thinking(self) -> Thinking:
        """How next thoughts are written and judged."""
        ...

    def close_layer(self, desk: Desk, layer: Layer) -> None:
        """Choose among the thoughts of a layer that is written and judged."""
        ...

    def move_on(self, desk: Desk) -> bool:
        """Begin what comes next, when nothing is under way; return whether there is anything."""
        ...


def start_thinking(rules: ThoughtRules, problem: Problem) -> ThoughtState:
    """Return the state before any trial, with the first ones due."""
    desk = Desk(rules, ThoughtState(tree=TreeState(problem=problem)))
    desk.plan()
    return desk.state


def tell_thinking(rules: ThoughtRules, state: ThoughtState, told: Told) -> ThoughtState:
    """Return the state after a trial was opened or has ended; idempotent by trial id."""
    if isinstance(told, Outcome) and told.trial_id not in state.tree.trials:
        # Nothing is known of what was never opened.
        return state
    tree = state.tree.told(told)
    if tree is state.tree:
        return state
    desk = Desk(rules, replace(state, tree=tree))
    if isinstance(told, Opened):
        desk.open(told.trial)
    else:
        desk.end(tree.trials[told.trial_id], told)
    desk.plan()
    return desk.state


class Desk:
    """A state being changed: ``state`` is replaced, never altered."""

    def __init__(self, rules: ThoughtRules, state: ThoughtState) -> None:
        """Begin with a state."""
        self._rules = rules
        self._thinking = rules.thinking
        self.state = state

    # -- what was told

    def open(self, trial: Trial) -> None:
        """Take note that a trial was submitted."""
        due = {name: other for name, other in self.state.due.items() if name != trial.trial_id}
        self.state = replace(self.state, due=due)

    def end(self, trial: Trial, outcome: Outcome) -> None:
        """Take in how a trial ended."""
        layer, name = self.state.layer, trial.trial_id
        if layer is not None and name in layer.writers:
            self._read(layer, trial, outcome)
        elif layer is not None and name in layer.judges:
            is_vote = trial.work is Work.VOTE
            heard = (
                hear_vote(layer, trial, outcome) if is_vote else hear_judge(layer, name, outcome)
            )
            self.state = replace(self.state, layer=heard)
        elif trial.work is Work.SAMPLE:
            self._end_path(trial, outcome)

    def _read(self, layer: Layer, trial: Trial, outcome: Outcome) -> None:
        writers = tuple(name for name in layer.writers if name != trial.trial_id)
        thoughts = read_thoughts(layer, trial, outcome, self._thinking)
        is_barren = trial.work is Work.STEP and outcome.is_final and outcome.answer is None
        self.state = replace(
            self.state,
            n_barren=self.state.n_barren + int(is_barren),
            layer=with_thoughts(replace(layer, writers=writers), thoughts),
        )
        for thought in thoughts:
            if layer.is_judged or thought.is_final or thought.has_answer:
                self._judge(thought)
        if not writers and layer.is_judged and self._thinking.scorer is Judge.VOTE:
            self._hold_vote()

    def _end_path(self, trial: Trial, outcome: Outcome) -> None:
        """Take in a whole answer: a finished path, or a sample that an earlier search drew."""
        thought = self.state.finishing.get(trial.trial_id)
        finishing = {
            name: path for name, path in self.state.finishing.items() if name != trial.trial_id
        }
        self.state = replace(self.state, finishing=finishing)
        if outcome.answer is None or not outcome.is_vote:
            self.state = replace(self.state, n_barren=self.state.n_barren + 1)
            return
        worth = UNJUDGED if thought is None else thought.worth
        self._add_leaf(Leaf(answer=outcome.answer, weight=worth, rank=trial.rank))

    # -- what is decided on

    def plan(self) -> None:
        """Decide on all that is worth computing now."""
        while self._is_idle():
            layer = self.state.layer
            if layer is not None:
                self.state = replace(self.state, layer=None)
                self._rules.close_layer(self, layer)
            elif not self._rules.move_on(self):
                return

    def begin_layer(self, paths: Sequence[Thought], *, is_judged: bool = True) -> None:
        """Have the next thoughts of some paths of one depth written."""
        number = self.state.n_layers + 1
        depth = paths[0].depth + 1
        self.state = replace(self.state, n_layers=number)
        writers: list[TrialId] = []
        for path in paths:
            branch = self._thinking.writer(path)
            writers += self._plant(branch, range(self._thinking.n_writers))
        layer = Layer(number=number, depth=depth, is_judged=is_judged, writers=tuple(writers))
        self.state = replace(self.state, layer=layer)

    def finish(self, path: Thought) -> None:
        """Have the rest of a path written; another one, if that was tried before."""
        branch = Branch(
            work=Work.SAMPLE,
            at=path.at,
            depth=path.depth + 1,
            prompt="solve" if path.at is None else "step",
            sampling=self._thinking.sampling,
        )
        finishing = dict.fromkeys(self._plant(branch, (self._count_tries(branch),)), path)
        self.state = replace(self.state, finishing={**self.state.finishing, **finishing})

    def gather(self, thought: Thought) -> None:
        """Count a final thought among the finished paths."""
        if thought.answer is not None:
            self._add_leaf(Leaf(answer=thought.answer, weight=thought.worth, rank=thought.rank))

    def _is_idle(self) -> bool:
        layer = self.state.layer
        return not self.state.finishing and (layer is None or layer.is_complete)

    def _add_leaf(self, leaf: Leaf) -> None:
        self.state = replace(self.state, leaves=(*self.state.leaves, leaf))

    def _judge(self, thought: Thought) -> None:
        judge = self._thinking.judge(thought)
        layer = self.state.layer
        if judge is None or layer is None:
            return
        branch, n_trials = judge
        judges = dict.fromkeys(self._plant(branch, range(n_trials)), thought.key)
        awaited = with_thoughts(layer, (replace(thought, n_unjudged=len(judges)),))
        self.state = replace(
            self.state, layer=replace(awaited, judges={**awaited.judges, **judges})
        )

    def _hold_vote(self) -> None:
        layer = self.state.layer
        if layer is None or len(layer.thoughts) < 2:  # noqa: PLR2004 - of one there is no choice
            return
        subjects = [thought.at for thought in layer.rank_thoughts() if thought.at is not None]
        branch = Branch(
            work=Work.VOTE,
            at=None,
            depth=layer.depth + 1,
            prompt=Work.VOTE.value,
            sampling=self._thinking.sampling,
            round=f"layer-{layer.number}",
            subjects=tuple(subjects),
        )
        judges = dict.fromkeys(self._plant(branch, range(self._thinking.n_values)), "")
        self.state = replace(self.state, layer=replace(layer, judges=judges))

    def _count_tries(self, branch: Branch) -> int:
        """Return the first index of a group that no trial has."""
        problem, taken = self.state.tree.problem, self.state.tree.trials
        index = 0
        while make_trials(problem, branch, (index,), 0)[0].trial_id in taken:
            index += 1
        return index

    def _plant(self, branch: Branch, indices: Sequence[int]) -> list[TrialId]:
        """Put trials on the list of what is due; return those that have not ended."""
        state = self.state
        first_rank = len(state.tree.trials) + len(state.due)
        trials = make_trials(state.tree.problem, branch, indices, first_rank)
        fresh = {trial.trial_id: trial for trial in trials}
        due = {
            name: trial
            for name, trial in fresh.items()
            if name not in state.tree.trials and name not in state.due
        }
        self.state = replace(state, due={**state.due, **due})
        return [name for name in fresh if name not in state.tree.outcomes]
