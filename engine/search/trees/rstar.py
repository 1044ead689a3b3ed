"""rStar: a tree search over five human-like actions, whose answers a second look must confirm.

Qi et al. 2024, "Mutual reasoning makes smaller LLMs stronger problem-solvers" (arXiv 2408.06195).

Generation, section 3.1: Monte Carlo tree search with UCT. An iteration goes on from the chosen
path by every action that may follow (``engine.search.trees.rstar_action``), each as one group.
Only finished paths have a reward, the confidence of the majority vote: the share of the other
finished paths that conclude the same, by Laplace's rule, when it is told. It is added to each path
it grew from. The rests that each iteration writes (A2) take the place of the paper's random
descent to the end of a path: every text that was computed is used.

Discrimination, section 3.2: of each of the ``n_candidates`` best finished paths the part after a
random 20 to 80 % of its steps is hidden, and a sample from there completes it. Only paths whose
answer is found again are kept; when none is, all of them stay. A path of one step is hidden as a
whole. The paper asks a second model; here it is the same one, without the hidden part before it.

The answer is that of the kept path with the highest product of reward (the mean of Q along the
path) and confidence (the share of its answer among all finished paths).

Defaults: 8 iterations, depth 5, c = 2, 2 steps, 2 rests and 2 subquestions a path, one other
answer and one rephrasing; the paper has 16 to 32 iterations and groups of 3 to 10. Cost: a path's
groups an iteration (at most 7 samples), one sample a candidate.
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
from engine.domain.trial import Sampling, Trial, Work
from engine.search.tree import Branch
from engine.search.trees.bed import start_growth, tell_growth
from engine.search.trees.discrimination import list_checks, list_leaves
from engine.search.trees.growth import GrowthState, Judging, Sprout, ask_due
from engine.search.trees.harvest import Harvest, find_majority, list_finishers, rest_of
from engine.search.trees.judge import Judge
from engine.search.trees.limits import check_limits, check_total
from engine.search.trees.node import Nodes, TreeNode
from engine.search.trees.rstar_action import Action, list_actions
from engine.search.trees.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class RStar:
    """A tree search by mutual reasoning.

    Attributes:
        iterations: How often a path is chosen and gone on from.
        max_depth: Longest path, in texts; the last of them is the whole rest.
        exploration: c of UCT.
        parallel: Another path is chosen only while fewer new texts than this have not ended.
        n_steps: Next steps a chosen path (A1).
        n_rests: Rests of the solution (A2).
        n_questions: Next subquestions (A3).
        n_reanswers: Other answers to a subquestion (A4).
        n_candidates: Finished paths that are looked at again.
        sampling: How texts are drawn.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    iterations: int = 8
    max_depth: int = 5
    exploration: float = 2.0
    parallel: int = 8
    n_steps: int = 2
    n_rests: int = 2
    n_questions: int = 2
    n_reanswers: int = 1
    n_candidates: int = 8
    sampling: Sampling = field(default_factory=Sampling)
    name: str = "rstar"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no such search could be run under."""
        check_limits(self._sizes())
        if self.exploration < 0:
            raise InvalidInputError("exploration must be at least 0")
        check_total(self.n_planned)

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            **self._sizes(),
            "exploration": self.exploration,
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
        """Return the finished paths that stay, by the product of reward and confidence."""
        return Harvest(
            leaves=list_leaves(state, self.n_candidates),
            n_abstained=state.n_barren,
            n_planned=self.n_planned,
            n_pending=state.n_pending,
            rule=self.name,
            majority=find_majority(state),
            is_best=True,
        ).to_standing()

    # -- the rules by which the tree grows

    @property
    def is_regrown(self) -> bool:
        """A path is gone on from once, by all actions together."""
        return False

    @property
    def judging(self) -> Judging:
        """Only finished paths are judged: by each other."""
        return Judging(scorer=Judge.AGREEMENT, sampling=self.sampling)

    @property
    def n_planned(self) -> int:
        """The most trials that the search can take."""
        n_texts = self.n_steps + self.n_rests + self.n_questions + max(1, self.n_reanswers)
        return self.iterations * n_texts + self.n_candidates + 2

    def find_site(self, problem: Problem, nodes: Nodes) -> NodeId:  # noqa: ARG002
        """Return the path of the highest scores; what was never gone on from comes first."""
        return Selection(exploration=self.exploration).find_site(nodes)

    def list_sprouts(self, site: TreeNode) -> Sequence[Sprout]:
        """Return a group for each action that may follow."""
        counts = {
            Action.STEP: self.n_steps,
            Action.REST: self.n_rests,
            Action.SUBQUESTION: self.n_questions,
            Action.REANSWER: self.n_reanswers,
            Action.REPHRASE: 1,
        }
        return tuple(
            Sprout(branch=self._branch(site, action), indices=range(counts[action]))
            for action in list_actions(site, self.max_depth)
        )

    def list_last(self, state: GrowthState) -> Sequence[Sprout]:
        """Return the second looks; first of all an answer, where growth has brought none."""
        if not state.finished:
            return list_finishers(state, 1, self.sampling)
        return list_checks(state, self.n_candidates, self.sampling)

    def _branch(self, site: TreeNode, action: Action) -> Branch:
        if action is Action.REST:
            return rest_of(site, self.sampling)
        return Branch(
            work=Work.STEP,
            at=site.path_end,
            depth=site.depth + 1,
            prompt=action.value,
            sampling=self.sampling,
        )

    def _sizes(self) -> dict[str, int]:
        return {
            "iterations": self.iterations,
            "max_depth": self.max_depth,
            "parallel": self.parallel,
            "n_steps": self.n_steps,
            "n_rests": self.n_rests,
            "n_questions": self.n_questions,
            "n_reanswers": self.n_reanswers,
            "n_candidates": self.n_candidates,
        }
