"""Tree of Thoughts, depth first: follow the best thought, prune what looks hopeless, go back.

Yao et al. 2023 (arXiv 2305.10601), algorithm 2: at a path s of fewer than T thoughts, write k next
ones, and visit those with V > v_th, the best first, each to its end before the next; at T thoughts
write the answer. It ends after ``n_answers`` answers, after ``max_visits`` visited paths, or when
nothing is left to visit. A step that turns out to be the last is an answer when it is visited. A
thought that could not be judged is not pruned. If the search ends without an answer, the deepest
path that was not pruned is finished, then the problem as such.

G and V are those of the breadth-first search; the answer is that of the finished path with the
highest value. The paper runs its crosswords with k = 5, a cap of 100 visits, and looks at the
deepest state. Defaults: T = 3, k = 4, v_th = 0.1, 24 visits, 1 answer. Cost: at most
``max_visits`` times a writer (k when steps are sampled) and the judgements of up to k thoughts,
and two samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Sampling, Trial
from engine.search.trees.desk import Desk, ThoughtState, start_thinking, tell_thinking
from engine.search.trees.growth import ask_due
from engine.search.trees.harvest import Harvest, find_common
from engine.search.trees.judge import Judge
from engine.search.trees.layer import Layer
from engine.search.trees.limits import check_limits, check_total
from engine.search.trees.thought import EMPTY, Generator, Thinking, Thought

# The deepest path and the problem itself are finished when the search has no answer.
N_SPARE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TotDfs:
    """A depth-first search over thoughts.

    Attributes:
        max_depth: T, thoughts in a path before its rest is written.
        thoughts: k, next thoughts of each path.
        threshold: v_th; a path that is worth no more is pruned.
        max_visits: Paths to visit.
        n_answers: Finished paths to find.
        generator: Who writes thoughts.
        scorer: Who says what they are worth.
        n_values: Judgements a path, or votes among the thoughts of one path.
        sampling: How texts are drawn.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    max_depth: int = 3
    thoughts: int = 4
    threshold: float = 0.1
    max_visits: int = 24
    n_answers: int = 1
    generator: Generator = Generator.PROPOSE
    scorer: Judge = Judge.VALUE
    n_values: int = 1
    sampling: Sampling = field(default_factory=Sampling)
    name: str = "tot_dfs"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no such search could be run under."""
        check_limits(
            {
                "max_depth": self.max_depth,
                "thoughts": self.thoughts,
                "max_visits": self.max_visits,
                "n_answers": self.n_answers,
                "n_values": self.n_values,
            }
        )
        if not 0 <= self.threshold < 1:
            raise InvalidInputError("threshold must lie within 0 and 1, 1 excluded")
        check_total(self.n_planned)

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "max_depth": self.max_depth,
            "thoughts": self.thoughts,
            "threshold": self.threshold,
            "max_visits": self.max_visits,
            "n_answers": self.n_answers,
            "generator": self.generator.value,
            "scorer": self.scorer.value,
            "n_values": self.n_values,
            **self.sampling.to_data(),
        }

    def start(self, problem: Problem) -> ThoughtState:
        """Return the state before any trial."""
        return start_thinking(self, problem)

    def ask(self, state: ThoughtState, free_slots: int) -> Sequence[Trial]:
        """Return the open trials, then what was decided on, in that order."""
        return ask_due(state.tree, state.due, free_slots)

    def tell(self, state: ThoughtState, told: Told) -> ThoughtState:
        """Return the state after a trial was opened or has ended."""
        return tell_thinking(self, state, told)

    def standing(self, state: ThoughtState) -> Standing:
        """Return the finished paths so far, the best first."""
        return Harvest(
            leaves=state.leaves,
            n_abstained=state.n_barren,
            n_planned=self.n_planned,
            n_pending=state.n_pending,
            rule=self.name,
            majority=find_common(state.leaves),
            is_best=True,
        ).to_standing()

    # -- the rules by which it thinks

    @property
    def thinking(self) -> Thinking:
        """How next thoughts are written and judged."""
        return Thinking(
            generator=self.generator,
            thoughts=self.thoughts,
            scorer=self.scorer,
            n_values=self.n_values,
            sampling=self.sampling,
        )

    @property
    def n_planned(self) -> int:
        """The most trials that the search can take."""
        return self.max_visits * self.thinking.count_layer(1) + N_SPARE

    def close_layer(self, desk: Desk, layer: Layer) -> None:
        """Put the thoughts that are not pruned on top of what is to be visited, the best last."""
        kept = [
            thought
            for thought in layer.rank_thoughts()
            if thought.value is None or thought.value > self.threshold
        ]
        deepest = desk.state.deepest
        unfinished = [thought for thought in kept if not thought.is_final]
        if unfinished and (deepest is None or _is_deeper(unfinished[0], deepest)):
            deepest = unfinished[0]
        desk.state = replace(
            desk.state, frontier=(*desk.state.frontier, *reversed(kept)), deepest=deepest
        )

    def move_on(self, desk: Desk) -> bool:
        """Visit the next path, or finish one that is left when the search has no answer."""
        state = desk.state
        if state.is_over:
            return self._finish_next(desk)
        is_spent = state.n_visits >= self.max_visits or len(state.leaves) >= self.n_answers
        if is_spent or not state.frontier:
            desk.state = replace(state, is_over=True, queue=(state.deepest or EMPTY, EMPTY))
            return True
        *frontier, path = state.frontier
        desk.state = replace(state, frontier=tuple(frontier), n_visits=state.n_visits + 1)
        if path.is_final:
            desk.gather(path)
        elif path.depth >= self.max_depth or path.has_answer:
            desk.finish(path)
        else:
            desk.begin_layer((path,))
        return True

    def _finish_next(self, desk: Desk) -> bool:
        if desk.state.leaves or not desk.state.queue:
            return False
        path, *queue = desk.state.queue
        desk.state = replace(desk.state, queue=tuple(queue))
        desk.finish(path)
        return True


def _is_deeper(thought: Thought, other: Thought) -> bool:
    return (-thought.depth, *thought.place) < (-other.depth, *other.place)
