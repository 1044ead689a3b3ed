"""PAL: let the model write programs, run them, and let their values vote.

Gao et al. 2022, program-aided language models (arXiv 2211.10435): a sample is a program, its
answer the value that running it gives; with several samples the values vote as in self-consistency
(section 6). Here samples that reason in prose may vote in the same pool: what a program computed
and what prose concluded, by ways that fail differently, is worth more than either alone.

Defaults: N = 8, half of them prose where the model writes both, exact curtailment. Cost: at most N
samples and as many program runs. A sample whose program is malformed, fails or returns nothing
abstains: its text is never taken for an answer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Sampling, Trial, Work
from engine.search.stopping.catalogue import Stop
from engine.search.tool_use.ballot_box import BallotBox
from engine.search.tree import (
    PROGRAM_PROMPT,
    WHOLE_PROMPT,
    Branch,
    TreeState,
    make_trials,
)
from engine.search.vote import list_ended_run

MAX_SAMPLES = 1024
PROSE_PROMPT = WHOLE_PROMPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pal:
    """A vote among the values of programs, and of prose.

    Attributes:
        samples: N, the most samples it draws.
        cot_share: Share of the samples that reason in prose, in [0, 1]; they are spread evenly, so
            that a vote that stops early has seen both.
        prompt: The role that asks for a program: ``solve`` for a model whose whole answers are
            programs, which then writes no prose.
        sampling: How samples are drawn.
        haste: 0 asks only for the fewest samples after which the vote could be settled; 1 asks
            for all that are left at once.
        stop: When the vote stops.
        risk: How unsure the stopping rule may be, in (0, 0.5).
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    samples: int = 8
    cot_share: float = 0.5
    prompt: str = PROGRAM_PROMPT
    sampling: Sampling = field(default_factory=Sampling)
    haste: float = 0.0
    stop: Stop = Stop.EXACT
    risk: float = 0.05
    name: str = "pal"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no vote could be held under."""
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise InvalidInputError(f"samples must lie between 1 and {MAX_SAMPLES}")
        if not 0 <= self.cot_share <= 1:
            raise InvalidInputError("cot_share must lie between 0 and 1")
        if self.cot_share and self.prompt == PROSE_PROMPT:
            raise InvalidInputError("cot_share must be 0: this model writes nothing but programs")
        self._box()

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "samples": self.samples,
            "cot_share": self.cot_share,
            "haste": self.haste,
            "stop": self.stop.value,
            "risk": self.risk,
            **self.sampling.to_data(),
        }

    def start(self, problem: Problem) -> TreeState:
        """Return the state before any sample."""
        return TreeState(problem=problem)

    def ask(self, state: TreeState, free_slots: int) -> Sequence[Trial]:
        """Return the open samples, then as many new ones as could still be needed."""
        standing = self.standing(state)
        if standing.is_decided:
            return ()
        n_new = min(self._box().count_wanted(standing) - len(state.trials), free_slots)
        return (*state.list_open(), *self._make_samples(state, max(0, n_new)))

    def tell(self, state: TreeState, told: Told) -> TreeState:
        """Return the state after a sample was opened or has ended."""
        return state.told(told)

    def standing(self, state: TreeState) -> Standing:
        """Return the vote over the longest ended run, up to where the rule stopped."""
        run = list_ended_run(tuple(state.trials.values()), state.outcomes)
        return self._box().count(run)

    def _make_samples(self, state: TreeState, n_new: int) -> Iterator[Trial]:
        # A log that began under another share of prose has drawn other numbers of each kind.
        drawn = Counter(trial.prompt for trial in state.trials.values())
        first = len(state.trials)
        for rank in range(first, first + n_new):
            is_prose = math.floor((rank + 1) * self.cot_share) > math.floor(rank * self.cot_share)
            branch = Branch(
                work=Work.SAMPLE,
                at=None,
                depth=1,
                prompt=PROSE_PROMPT if is_prose else self.prompt,
                sampling=self.sampling,
            )
            yield from make_trials(state.problem, branch, (drawn[branch.prompt],), rank)
            drawn[branch.prompt] += 1

    def _box(self) -> BallotBox:
        return BallotBox(n_samples=self.samples, stop=self.stop, risk=self.risk, haste=self.haste)
