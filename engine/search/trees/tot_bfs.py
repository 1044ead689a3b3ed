"""Tree of Thoughts, breadth first: keep the b best of all next thoughts, T times.

Yao et al. 2023 (arXiv 2305.10601), algorithm 1: S'_t = {[s, z] : s in S_{t-1}, z in G(s, k)},
V_t = V(S'_t), S_t = the b of S'_t with the highest values. G proposes a list of thoughts or
samples steps; V is the mean of n judgements of each path, the share of n votes among all, a
verifier's score, or the likelihood of the step. Where a layer cannot hold more than b thoughts
all are kept, so they are judged only in the last one.

A step may turn out to be the last; its path then is finished, and takes a place among the b. Of
the paths that are unfinished after T thoughts a sample writes the rest. With ``choice=best``, as
in the paper, the answer is that of the finished path with the highest value: the others are only
finished if the best comes to nothing. With ``choice=weighted`` all b are finished and vote, each
with its value. Where a layer brings forth nothing, the paths it was to go on from are finished.

Defaults: T = 3, b = 3, k = 4, one judgement each; the paper's Game of 24 has T = 3, b = 5, up to
8 proposals and 3 judgements. Cost: 1 + (T - 1) b writers (k times that when steps are sampled),
as many judgements of up to k thoughts each, one final sample (b when weighted).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.domain.canonical import JsonValue
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Sampling, Trial
from engine.search.trees.desk import Desk, ThoughtState, start_thinking, tell_thinking
from engine.search.trees.growth import ask_due
from engine.search.trees.harvest import Choice, Harvest, find_common
from engine.search.trees.judge import Judge
from engine.search.trees.layer import Layer
from engine.search.trees.limits import check_limits, check_total
from engine.search.trees.thought import EMPTY, Generator, Thinking, Thought

# After the b best paths, one more and the problem itself are tried before giving up.
N_SPARE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TotBfs:
    """A breadth-first search over thoughts.

    Attributes:
        max_depth: T, thoughts in a path before its rest is written.
        breadth: b, paths kept of each layer.
        thoughts: k, next thoughts of each path.
        generator: Who writes them.
        scorer: Who says what they are worth.
        n_values: Judgements a path, or votes a layer.
        choice: Whether the best finished path answers, or all of them vote.
        sampling: How texts are drawn.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    max_depth: int = 3
    breadth: int = 3
    thoughts: int = 4
    generator: Generator = Generator.PROPOSE
    scorer: Judge = Judge.VALUE
    n_values: int = 1
    choice: Choice = Choice.BEST
    sampling: Sampling = field(default_factory=Sampling)
    name: str = "tot_bfs"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no such search could be run under."""
        check_limits(
            {
                "max_depth": self.max_depth,
                "breadth": self.breadth,
                "thoughts": self.thoughts,
                "n_values": self.n_values,
            }
        )
        check_total(self.n_planned)

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "max_depth": self.max_depth,
            "breadth": self.breadth,
            "thoughts": self.thoughts,
            "generator": self.generator.value,
            "scorer": self.scorer.value,
            "n_values": self.n_values,
            "choice": self.choice.value,
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
        """Return the vote among the finished paths so far."""
        return Harvest(
            leaves=state.leaves,
            n_abstained=state.n_barren,
            n_planned=self.n_planned,
            n_pending=state.n_pending,
            rule=self.name,
            majority=find_common(state.leaves),
            is_best=self.choice is Choice.BEST,
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
        thinking = self.thinking
        n_later = (self.max_depth - 1) * thinking.count_layer(self.breadth)
        return thinking.count_layer(1) + n_later + self.breadth + N_SPARE

    def close_layer(self, desk: Desk, layer: Layer) -> None:
        """Keep the b best paths: finished ones are gathered, the others gone on from."""
        ranking = layer.rank_thoughts()
        for thought in ranking:
            desk.gather(thought)
        if not ranking:
            # Nothing was written: what there is is finished as it stands.
            self._go_over(desk, desk.state.frontier)
            return
        kept = [thought for thought in ranking[: self.breadth] if not thought.is_final]
        spare = [thought for thought in ranking[self.breadth :] if not thought.is_final][:1]
        growing = tuple(thought for thought in kept if not thought.has_answer)
        if layer.depth >= self.max_depth or not growing:
            self._go_over(desk, (*kept, *spare))
        else:
            answered = (thought for thought in kept if thought.has_answer)
            queue = (*desk.state.queue, *answered)
            desk.state = replace(desk.state, frontier=growing, queue=queue)

    def move_on(self, desk: Desk) -> bool:
        """Begin the next layer, or finish what is to be finished."""
        state = desk.state
        if not state.is_over:
            n_most = len(state.frontier) * self.thoughts
            is_last = state.frontier[0].depth + 1 >= self.max_depth
            desk.begin_layer(state.frontier, is_judged=is_last or n_most > self.breadth)
            return True
        return self._finish_next(desk)

    def _go_over(self, desk: Desk, paths: Sequence[Thought]) -> None:
        """Stop writing thoughts; what is left is to finish paths."""
        ranked = sorted((*desk.state.queue, *paths), key=lambda path: path.place)
        paths = ranked[: self.breadth + 1]
        n_now = min(len(paths), self.breadth) if self.choice is Choice.WEIGHTED else 0
        desk.state = replace(desk.state, is_over=True, queue=(*paths[n_now:], EMPTY))
        for path in paths[:n_now]:
            desk.finish(path)

    def _finish_next(self, desk: Desk) -> bool:
        """Finish one more path, if its answer could still be the one that is given."""
        if not desk.state.queue:
            return False
        path, *queue = desk.state.queue
        if desk.state.leaves and not self._could_win(desk.state, path):
            return False
        desk.state = replace(desk.state, queue=tuple(queue))
        desk.finish(path)
        return True

    def _could_win(self, state: ThoughtState, path: Thought) -> bool:
        if self.choice is Choice.WEIGHTED or path == EMPTY:
            return False
        return path.worth > max(leaf.weight for leaf in state.leaves)
