"""One step of a growing tree: a state is copied, told one thing, and lets new trials be decided.

Per outcome it costs time in proportion to the depth, and three copies of a dictionary.
"""

from __future__ import annotations

from dataclasses import replace

from engine.domain.ids import NodeId
from engine.domain.outcome import Opened, Outcome, OutcomeStatus, Told
from engine.domain.problem import Problem
from engine.domain.trial import Trial, Work
from engine.search.scoring import UNJUDGED, read_score, score_likelihood
from engine.search.tree import Branch, TreeState, make_trials
from engine.search.trees.growth import GrowthRules, GrowthState, Sprout
from engine.search.trees.judge import Judge, average_scores, rate_agreement
from engine.search.trees.node import (
    ROOT,
    NodeStatus,
    Purpose,
    TreeNode,
    back_up,
    count_aloft,
    count_free,
    make_root,
    walk_up,
)

JUDGING = frozenset({Work.VALUE, Work.VOTE, Work.SCORE})
_WRITING = frozenset({Work.STEP, Work.SAMPLE})
_SAID = frozenset({NodeStatus.JUDGED, NodeStatus.OPEN, NodeStatus.FINISHED})


def start_growth(rules: GrowthRules, problem: Problem) -> GrowthState:
    """Return the state before any trial, with the first ones due."""
    root = make_root(problem.begun_as)
    bed = _Bed(rules, GrowthState(tree=TreeState(problem=problem), nodes={ROOT: root}))
    bed.plan()
    return bed.to_state()


def tell_growth(rules: GrowthRules, state: GrowthState, told: Told) -> GrowthState:
    """Return the state after a trial was opened or has ended; idempotent by trial id."""
    if isinstance(told, Outcome) and told.trial_id not in state.tree.trials:
        # Nothing is known of what was never opened.
        return state
    tree = state.tree.told(told)
    if tree is state.tree:
        return state
    bed = _Bed(rules, replace(state, tree=tree))
    if isinstance(told, Opened):
        bed.open(told.trial)
    else:
        bed.end(tree.trials[told.trial_id], told)
    bed.plan()
    return bed.to_state()


class _Bed:
    """A state being changed. Nothing of it is seen before :meth:`to_state`."""

    def __init__(self, rules: GrowthRules, state: GrowthState) -> None:
        self._rules = rules
        self._judging = rules.judging
        self._tree = state.tree
        self._due = dict(state.due)
        self._nodes = dict(state.nodes)
        self._finished = state.finished
        self._tally = state.tally
        self._n_barren = state.n_barren
        self._n_expanded = state.n_expanded
        self._n_last = state.n_last

    def to_state(self) -> GrowthState:
        return GrowthState(
            tree=self._tree,
            due=self._due,
            nodes=self._nodes,
            finished=self._finished,
            tally=self._tally,
            n_barren=self._n_barren,
            n_expanded=self._n_expanded,
            n_last=self._n_last,
        )

    # -- what was told

    def open(self, trial: Trial) -> None:
        """Take note that a trial was submitted, be it one that another search had decided on."""
        self._due.pop(trial.trial_id, None)
        parent_id = trial.parent_id or ROOT
        parent = self._nodes.get(parent_id)
        node = self._nodes.get(trial.node_id)
        if node is not None:
            self._nodes[node.node_id] = replace(node, rank=trial.rank)
        if node is not None or parent is None:
            return
        if trial.work in _WRITING and parent.status is NodeStatus.OPEN:
            self._add(trial, parent_id, Purpose.GROWTH)

    def end(self, trial: Trial, outcome: Outcome) -> None:
        """Take in how a trial ended."""
        if trial.work in JUDGING:
            judged = self._nodes.get(trial.parent_id or ROOT)
            if judged is not None and judged.n_unjudged:
                self._hear(judged, outcome)
            return
        node = self._nodes.get(trial.node_id)
        if node is None:
            return
        is_whole = trial.work is Work.SAMPLE or (_is_complete(outcome) and outcome.is_final)
        if is_whole and not outcome.is_vote and node.purpose is not Purpose.CHECK:
            self._n_barren += 1
        likelihood = outcome.likelihood
        read = replace(
            node,
            body_ref=outcome.body_ref,
            mean_logprob=None if likelihood is None else likelihood.mean_logprob,
            is_final=is_whole,
            answer=outcome.answer if outcome.is_vote else None,
        )
        self._nodes[node.node_id] = read
        self._read(read, outcome)

    def _read(self, node: TreeNode, outcome: Outcome) -> None:
        if not _is_complete(outcome):
            self._bury(node)
        elif (twin := self._find_twin(node)) is not None:
            self._nodes[twin.node_id] = replace(twin, n_repeats=twin.n_repeats + 1)
            self._bury(node)
        elif node.purpose is Purpose.CHECK:
            self._nodes[node.node_id] = replace(node, status=NodeStatus.FINISHED)
        elif node.purpose is Purpose.FINISH:
            self._settle(node, self._nodes[node.parent_id or ROOT].value)
        elif node.is_final and node.answer is None:
            # It ran to its end and concluded nothing: that is a bad path, not a failed judge.
            self._settle(node, 0.0)
        elif not node.is_final and self._judging.is_rolled_out:
            self._await(node, Work.SAMPLE, 1)
        else:
            self._judge(node, outcome)

    def _find_twin(self, node: TreeNode) -> TreeNode | None:
        """Return the sibling that has said what a step says."""
        if node.body_ref is None or node.work is not Work.STEP:
            return None
        siblings = (self._nodes[name] for name in self._nodes[node.parent_id or ROOT].sprouts)
        said = (other for other in siblings if other.work is Work.STEP and other.status in _SAID)
        return next((other for other in said if other.body_ref == node.body_ref), None)

    # -- what a path is worth

    def _judge(self, node: TreeNode, outcome: Outcome) -> None:
        match self._judging.scorer:
            case Judge.VERIFIER:
                self._await(node, Work.SCORE, 1)
            case Judge.VALUE:
                self._await(node, Work.VALUE, self._judging.n_values)
            case Judge.LIKELIHOOD:
                self._settle(node, self._or_expected(node, score_likelihood(outcome.likelihood)))
            case _:
                self._settle(node, self._rate(node) if node.is_final else None)

    def _await(self, node: TreeNode, work: Work, n_trials: int) -> None:
        is_judged = work in JUDGING
        self._nodes[node.node_id] = replace(
            node, status=NodeStatus.JUDGED, n_unjudged=n_trials if is_judged else 0
        )
        branch = Branch(
            work=work,
            at=node.path_end,
            depth=node.depth + 1,
            prompt="step" if work is Work.SAMPLE else work.value,
            sampling=self._judging.sampling,
            round="judge" if is_judged else Purpose.ROLLOUT.value,
        )
        self._plant(Sprout(branch=branch, indices=range(n_trials), purpose=Purpose.ROLLOUT), node)

    def _hear(self, node: TreeNode, outcome: Outcome) -> None:
        score = read_score(outcome)
        heard = replace(
            node,
            n_unjudged=node.n_unjudged - 1,
            scores=node.scores if score is None else (*node.scores, score),
        )
        self._nodes[node.node_id] = heard
        if heard.n_unjudged == 0:
            self._settle(heard, self._or_expected(heard, average_scores(heard.scores)))

    def _rate(self, node: TreeNode) -> float:
        n_same = 0 if node.answer is None else self._tally.get(node.answer.class_id, 0)
        return rate_agreement(n_same, len(self._finished))

    def _or_expected(self, node: TreeNode, value: float | None) -> float:
        """Return a value, or what is expected of a path that could not be judged."""
        if value is not None:
            return value
        means = (other.mean for other in walk_up(self._nodes, node.parent_id or ROOT))
        return next((mean for mean in means if mean is not None), UNJUDGED)

    # -- where a path ends up

    def _settle(self, node: TreeNode, value: float | None) -> None:
        """Give a path its value, or none, and let it be gone on from unless it is finished."""
        status = NodeStatus.FINISHED if node.is_final else NodeStatus.OPEN
        self._nodes[node.node_id] = replace(node, status=status, value=value)
        if node.answer is not None:
            self._finished = (*self._finished, node.node_id)
            name = node.answer.class_id
            self._tally = {**self._tally, name: self._tally.get(name, 0) + 1}
        parent_id = node.parent_id or ROOT
        if node.purpose is Purpose.ROLLOUT:
            self._settle(self._nodes[parent_id], value)
        elif node.purpose is Purpose.GROWTH:
            self._join(node, parent_id, value)

    def _join(self, node: TreeNode, parent_id: NodeId, value: float | None) -> None:
        count_aloft(self._nodes, parent_id, -1)
        parent = self._nodes[parent_id]
        self._nodes[parent_id] = replace(parent, children=(*parent.children, node.node_id))
        if value is not None:
            back_up(self._nodes, node.node_id, value)
        if not node.is_final:
            count_free(self._nodes, node.node_id, 1)

    def _bury(self, node: TreeNode) -> None:
        self._nodes[node.node_id] = replace(node, status=NodeStatus.DEAD)
        parent_id = node.parent_id or ROOT
        if node.purpose is Purpose.GROWTH:
            count_aloft(self._nodes, parent_id, -1)
        elif node.purpose is Purpose.ROLLOUT:
            # The rollout broke off, not the path: what the path is worth stays open.
            parent = self._nodes[parent_id]
            self._settle(parent, self._or_expected(parent, None))

    # -- what is decided on

    def plan(self) -> None:
        """Decide on all that is worth computing now."""
        rules = self._rules
        while self._n_expanded < rules.iterations and self._has_room():
            self._expand(rules.find_site(self._tree.problem, self._nodes))
        if self._due or len(self._tree.trials) > len(self._tree.outcomes):
            return
        for sprout in rules.list_last(self.to_state()):
            at = sprout.branch.at
            self._n_last += len(sprout.indices)
            self._plant(sprout, self._nodes[ROOT if at is None else at.node_id])

    def _has_room(self) -> bool:
        root = self._nodes[ROOT]
        return root.n_free > 0 and root.n_aloft < self._rules.parallel

    def _expand(self, site_id: NodeId) -> None:
        self._n_expanded += 1
        if not self._rules.is_regrown:
            count_free(self._nodes, site_id, -1)
        for sprout in self._rules.list_sprouts(self._nodes[site_id]):
            self._plant(sprout, self._nodes[site_id])

    def _plant(self, sprout: Sprout, site: TreeNode) -> None:
        first_rank = len(self._tree.trials) + len(self._due)
        trials = make_trials(self._tree.problem, sprout.branch, sprout.indices, first_rank)
        for trial in trials:
            if trial.trial_id not in self._tree.trials:
                self._due[trial.trial_id] = trial
                if trial.work not in JUDGING:
                    self._add(trial, site.node_id, sprout.purpose, sprout.subject)

    def _add(
        self,
        trial: Trial,
        parent_id: NodeId,
        purpose: Purpose,
        subject: NodeId | None = None,
    ) -> None:
        self._nodes[trial.node_id] = TreeNode(
            node_id=trial.node_id,
            parent_id=parent_id,
            depth=trial.depth,
            rank=trial.rank,
            prompt=trial.prompt,
            work=trial.work,
            purpose=purpose,
            subject=subject,
        )
        if purpose is Purpose.GROWTH:
            count_aloft(self._nodes, parent_id, 1)
            parent = self._nodes[parent_id]
            self._nodes[parent_id] = replace(parent, sprouts=(*parent.sprouts, trial.node_id))


def _is_complete(outcome: Outcome) -> bool:
    return outcome.status is OutcomeStatus.COMPLETE
