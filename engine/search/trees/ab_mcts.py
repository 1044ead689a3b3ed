"""AB-MCTS-A: a tree search that decides at each path whether to go wider or deeper.

Inoue et al. 2025 (arXiv 2503.04412), section 3, the variant with node aggregation. At a path,
Thompson sampling chooses between GEN, writing one more next step from here, and CONT, going on
from a step that was written. GEN has seen the values of the steps written from here, those that
said the same again included; CONT those of all that was written further below; then a step's own
arm has seen those of what was written below it. A path nothing was written from has GEN only.
Beliefs are Beta(1/2, 1/2) or normal with unknown variance (``engine.search.trees.thompson``). The
paper's nodes are whole answers that are revised; here they are steps, and the last of them is the
answer.

Values, the ends of paths, the finishing of unfinished ones and the vote are those of
``engine.search.trees.mcts``. With several paths in flight draws differ, which spreads them; the
more there are the wider the tree grows, so few are the default.

Defaults: 32 iterations, Beta, at most 4 in flight. Cost: a step an iteration, its judges, and at
most 2 x top samples at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.ids import NodeId
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Sampling, Trial
from engine.search.trees.bed import start_growth, tell_growth
from engine.search.trees.growth import GrowthState, Judging, Sprout, ask_due
from engine.search.trees.harvest import (
    Harvest,
    find_majority,
    list_best,
    list_finishers,
    to_leaves,
)
from engine.search.trees.judge import Judge
from engine.search.trees.limits import check_limits, check_total
from engine.search.trees.mcts import next_step
from engine.search.trees.node import ROOT, Nodes, TreeNode
from engine.search.trees.thompson import Belief, Occasion, Rewards, draw_reward

JUDGES = (Judge.VERIFIER, Judge.VALUE, Judge.LIKELIHOOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbMcts:
    """A tree search with adaptive branching.

    Attributes:
        iterations: Steps to write.
        max_depth: Longest path, in steps; the last of them is the whole rest.
        belief: What is supposed of rewards.
        parallel: Another step is decided on only while fewer than this wait for values.
        scorer: Who says what a step is worth.
        n_values: VALUE trials a step, where the model itself is asked.
        top: How many finished paths vote.
        sampling: How texts are drawn.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    iterations: int = 32
    max_depth: int = 8
    belief: Belief = Belief.BETA
    parallel: int = 4
    scorer: Judge = Judge.LIKELIHOOD
    n_values: int = 1
    top: int = 4
    sampling: Sampling = field(default_factory=Sampling)
    name: str = "ab_mcts"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no such search could be run under."""
        check_limits(
            {
                "iterations": self.iterations,
                "max_depth": self.max_depth,
                "parallel": self.parallel,
                "n_values": self.n_values,
                "top": self.top,
            }
        )
        if self.scorer not in JUDGES:
            raise InvalidInputError(f"scorer must be one of {', '.join(JUDGES)}")
        check_total(self.n_planned)

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "iterations": self.iterations,
            "max_depth": self.max_depth,
            "belief": self.belief.value,
            "parallel": self.parallel,
            "scorer": self.scorer.value,
            "n_values": self.n_values,
            "top": self.top,
            **self.sampling.to_data(),
        }

    def start(self, problem: Problem) -> GrowthState:
        """Return the state before any trial."""
        return start_growth(self, problem)

    def ask(self, state: GrowthState, free_slots: int) -> Sequence[Trial]:
        """Return the open trials, then what was decided on, in that order."""
        return ask_due(state.tree, state.due, free_slots)

    def tell(self, state: GrowthState, told: Told) -> GrowthState:
        """Return the state after a trial was opened or has ended."""
        return tell_growth(self, state, told)

    def standing(self, state: GrowthState) -> Standing:
        """Return the vote among the best finished paths so far."""
        return Harvest(
            leaves=to_leaves(list_best(state, self.top), is_weighted=True),
            n_abstained=state.n_barren,
            n_planned=self.n_planned,
            n_pending=state.n_pending,
            rule=self.name,
            majority=find_majority(state),
        ).to_standing()

    # -- the rules by which the tree grows

    @property
    def is_regrown(self) -> bool:
        """Any unfinished path may get another next step at any time."""
        return True

    @property
    def judging(self) -> Judging:
        """How steps are judged."""
        return Judging(scorer=self.scorer, sampling=self.sampling, n_values=self.n_values)

    @property
    def n_planned(self) -> int:
        """The most trials that the search can take."""
        return self.iterations * (1 + self.judging.most_trials) + 2 * self.top

    def find_site(self, problem: Problem, nodes: Nodes) -> NodeId:
        """Return the path at which GEN wins, descending from the root."""
        node = nodes[ROOT]
        while (child := self._find_deeper(problem, nodes, node)) is not None:
            node = child
        return node.node_id

    def list_sprouts(self, site: TreeNode) -> Sequence[Sprout]:
        """Return one more next step: the next of its group."""
        branch = next_step(site, self.max_depth, self.sampling)
        return (Sprout(branch=branch, indices=(len(site.sprouts),)),)

    def list_last(self, state: GrowthState) -> Sequence[Sprout]:
        """Return what finishes the best unfinished paths while fewer than ``top`` answered."""
        return list_finishers(state, self.top, self.sampling)

    def _find_deeper(self, problem: Problem, nodes: Nodes, node: TreeNode) -> TreeNode | None:
        """Return the step to go on from, or ``None`` where another one is to be written."""
        children = [nodes[name] for name in node.children]
        free = [child for child in children if child.n_free]
        if not free:
            return None
        occasion = Occasion(problem=problem, place=node.node_id, n_drawn=node.n_drawn)
        written = Rewards.of(
            child.value
            for child in children
            if child.value is not None
            for _ in range(1 + child.n_repeats)
        )
        below = sum_rewards(children)
        if self._draw(occasion, "gen", written) >= self._draw(occasion, "cont", below):
            return None
        return max(free, key=lambda child: self._draw(occasion, child.node_id, see_below(child)))

    def _draw(self, occasion: Occasion, arm: str, seen: Rewards) -> float:
        return draw_reward(self.belief, seen, occasion.uniforms(arm))


def see_below(node: TreeNode) -> Rewards:
    """Return the values of all that was written below a path, its own left out."""
    own = Rewards() if node.value is None else Rewards.of((node.value,))
    return Rewards(
        n=node.visits - own.n,
        total=max(0.0, node.total - own.total),
        squares=max(0.0, node.squares - own.squares),
    )


def sum_rewards(children: Sequence[TreeNode]) -> Rewards:
    """Return the values of all that was written below the children of a path."""
    seen = Rewards()
    for child in children:
        seen = seen.plus(see_below(child))
    return seen
