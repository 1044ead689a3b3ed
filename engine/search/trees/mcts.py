"""Monte Carlo tree search over reasoning steps, with UCT or PUCT and paths in flight counted in.

Kocsis and Szepesvari 2006 (UCT); Silver et al. 2018 (PUCT); over reasoning steps as in RAP (Hao
et al. 2023, arXiv 2305.14992) and rStar-Math (Guan et al. 2025, arXiv 2501.04519). An iteration
descends by the highest score (``engine.search.trees.selection``) to a path that nothing was grown
from, lets the model write ``width`` next steps as one group, and adds the value of each to
all it grew from as soon as it is known: N += 1, W += value. There is no barrier: other iterations
go on, and a step may be gone on from, while its siblings are being written. Steps of the same
text are one.

Values, by ``scorer``: the verifier's score; the model's own (VALUE); the step's likelihood; or
agreement, the share of the other finished paths that conclude the same, by Laplace's rule
((n_same + 1) / (n + 2)) at the time when it is told. With ``rollout`` an unfinished step is worth
what one sample of its rest is worth; agreement needs it. A path that concludes nothing is worth 0;
one that could not be judged is worth the mean of what it grew from. At ``max_depth`` the model
writes all the rest, so each path ends.

After the last iteration the best unfinished paths are finished by a sample each until ``top``
paths have an answer. The answer is the vote of the ``top`` finished paths with the highest values,
weighted by them: not the most visited step. Under agreement all finished paths vote alike, and
the search ends as soon as no path to come could change the winner.

Defaults: 16 iterations, width 4, c = 1.4, lambda = 1. Cost: iterations x width steps, for each
of them as many judges and rollouts as the scorer needs (none for likelihood), at most 2 x top
samples at the end. Every trial that was computed has its value backed up, repetitions and
failures aside.
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
from engine.search.trees.growth import GrowthState, Judging, Sprout, ask_due
from engine.search.trees.harvest import (
    Harvest,
    find_majority,
    list_best,
    list_finishers,
    rest_of,
    to_leaves,
)
from engine.search.trees.judge import Judge
from engine.search.trees.limits import check_limits, check_total
from engine.search.trees.node import ROOT, Nodes, TreeNode
from engine.search.trees.selection import Bonus, InFlight, Selection

JUDGES = (Judge.VERIFIER, Judge.VALUE, Judge.LIKELIHOOD, Judge.AGREEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mcts:
    """A Monte Carlo tree search over reasoning steps.

    Attributes:
        iterations: How often a path is chosen and gone on from.
        width: k, steps written from each chosen path.
        max_depth: Longest path, in steps; the last of them is the whole rest.
        bonus: UCT or PUCT.
        exploration: c of UCT.
        in_flight: Whether paths in flight are held to be losses, or only counted.
        virtual_loss: lambda, what each of them is held to have lost.
        parallel: Another path is chosen only while fewer new steps than this wait for values.
        scorer: Who says what a step is worth.
        n_values: VALUE trials a step, where the model itself is asked.
        rollout: Whether a step is worth what a sample of its rest is worth.
        top: How many finished paths vote.
        sampling: How texts are drawn.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    iterations: int = 16
    width: int = 4
    max_depth: int = 8
    bonus: Bonus = Bonus.UCT
    exploration: float = 1.4
    in_flight: InFlight = InFlight.LOSS
    virtual_loss: float = 1.0
    parallel: int = 8
    scorer: Judge = Judge.LIKELIHOOD
    n_values: int = 1
    rollout: bool = False
    top: int = 4
    sampling: Sampling = field(default_factory=Sampling)
    name: str = "mcts"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no such search could be run under."""
        check_limits(
            {
                "iterations": self.iterations,
                "width": self.width,
                "max_depth": self.max_depth,
                "parallel": self.parallel,
                "n_values": self.n_values,
                "top": self.top,
            }
        )
        if self.scorer not in JUDGES:
            raise InvalidInputError(f"scorer must be one of {', '.join(JUDGES)}")
        if self.scorer is Judge.AGREEMENT and not self.rollout:
            raise InvalidInputError(
                "scorer=agreement compares finished paths, so it needs rollout=true"
            )
        if self.exploration < 0 or not 0 <= self.virtual_loss <= 1:
            raise InvalidInputError("exploration must be at least 0, virtual_loss within 0 and 1")
        check_total(self.n_planned)

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "iterations": self.iterations,
            "width": self.width,
            "max_depth": self.max_depth,
            "bonus": self.bonus.value,
            "exploration": self.exploration,
            "in_flight": self.in_flight.value,
            "virtual_loss": self.virtual_loss,
            "parallel": self.parallel,
            "scorer": self.scorer.value,
            "n_values": self.n_values,
            "rollout": self.rollout,
            "top": self.top,
            **self.sampling.to_data(),
        }

    def start(self, problem: Problem) -> GrowthState:
        """Return the state before any trial."""
        return start_growth(self, problem)

    def ask(self, state: GrowthState, free_slots: int) -> Sequence[Trial]:
        """Return the open trials, then what was decided on, in that order."""
        if self._can_settle(state):
            harvest = self._harvest(state)
            if harvest.is_decided(harvest.votes):
                return ()
        return ask_due(state.tree, state.due, free_slots)

    def tell(self, state: GrowthState, told: Told) -> GrowthState:
        """Return the state after a trial was opened or has ended."""
        return tell_growth(self, state, told)

    def standing(self, state: GrowthState) -> Standing:
        """Return the vote among the best finished paths so far."""
        return self._harvest(state).to_standing()

    # -- the rules by which the tree grows

    @property
    def is_regrown(self) -> bool:
        """A path is gone on from once, by a whole group."""
        return False

    @property
    def judging(self) -> Judging:
        """How steps are judged."""
        return Judging(
            scorer=self.scorer,
            sampling=self.sampling,
            n_values=self.n_values,
            is_rolled_out=self.rollout,
        )

    @property
    def n_planned(self) -> int:
        """The most trials that the search can take."""
        n_steps = self.iterations * self.width
        return n_steps * (1 + self.judging.most_trials) + 2 * self.top

    def find_site(self, problem: Problem, nodes: Nodes) -> NodeId:  # noqa: ARG002
        """Return the path of the highest scores."""
        return Selection(
            bonus=self.bonus,
            exploration=self.exploration,
            in_flight=self.in_flight,
            virtual_loss=self.virtual_loss,
        ).find_site(nodes)

    def list_sprouts(self, site: TreeNode) -> Sequence[Sprout]:
        """Return a group of next steps, or of whole rests where the path may not get longer."""
        return (
            Sprout(
                branch=next_step(site, self.max_depth, self.sampling), indices=range(self.width)
            ),
        )

    def list_last(self, state: GrowthState) -> Sequence[Sprout]:
        """Return what finishes the best unfinished paths while fewer than ``top`` answered."""
        return list_finishers(state, self.top, self.sampling)

    def _harvest(self, state: GrowthState) -> Harvest:
        is_weighted = self.scorer is not Judge.AGREEMENT
        voters = list_best(state, self.top if is_weighted else None)
        return Harvest(
            leaves=to_leaves(voters, is_weighted=is_weighted),
            n_abstained=state.n_barren,
            n_planned=self.n_planned,
            n_pending=state.n_pending,
            rule=self.name,
            majority=find_majority(state) if is_weighted else None,
            n_left=self._count_left(state) if self._can_settle(state) else None,
        )

    def _can_settle(self, state: GrowthState) -> bool:
        """Whether the vote could be settled before all has ended, as far as is quickly told."""
        if self.scorer is not Judge.AGREEMENT:
            return False
        return max(state.tally.values(), default=0) > self._count_left(state)

    def _count_left(self, state: GrowthState) -> int:
        """Return how many paths could still come to an answer, at most."""
        n_steps = (self.iterations - state.n_expanded) * self.width
        n_samples = 0 if len(state.finished) >= self.top else 2 * self.top
        return n_steps + state.nodes[ROOT].n_aloft + n_samples


def next_step(site: TreeNode, max_depth: int, sampling: Sampling) -> Branch:
    """Return the branch that writes one more step, or the rest where no second one is allowed."""
    if site.depth + 1 >= max_depth:
        return rest_of(site, sampling)
    return Branch(
        work=Work.STEP,
        at=site.path_end,
        depth=site.depth + 1,
        prompt="step",
        sampling=sampling,
    )
