"""Plays a strategy over recorded samples: no model is called, and no time passes.

Each trial that a strategy opens is given the next sample of its problem, in the order of
submission, and ends when that sample did, on a clock that jumps from end to end. Trials that are
open when the strategy stops are dropped; the tokens that they had by then are counted. A trial
that judges a sample is given what the recording's verifier said of it: its tokens are counted, and
its time, which was not recorded, is next to none.

A sample's time is the one that it took when all were drawn as one group, so a strategy that asks
for fewer at once is credited with no speed-up of a server less loaded.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from typing import Any

from engine.bench.strategies.recording import RecordedProblem, RecordedSample
from engine.domain.algorithm import Algorithm
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Opened, Outcome, OutcomeStatus
from engine.domain.problem import Problem
from engine.domain.trial import Trial, Work
from engine.domain.verdict import Verdict

PROMPT = "solve"
UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one strategy did with one problem.

    Attributes:
        problem_id: Which problem.
        verdict: Whether its answer is right.
        n_samples: Samples started, dropped ones included.
        tokens: Tokens generated, those of dropped samples included.
        wall_ms: From the first sample's start to the decision.
    """

    problem_id: str
    verdict: Verdict
    n_samples: int
    tokens: float
    wall_ms: int

    @property
    def is_right(self) -> bool:
        """Whether the answer is right; one that could not be compared does not count."""
        return self.verdict is Verdict.RIGHT


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _Aloft:
    """A sample under way; earlier ends first, then lower ranks."""

    ends_ms: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flight:
    """A trial that was started, and how it ends."""

    outcome: Outcome
    starts_ms: int


class _Stage:
    """One problem's samples, dealt out in order, on a clock of their own."""

    def __init__(self, problem: RecordedProblem) -> None:
        self._problem = problem
        self._flights: list[_Flight] = []
        self._aloft: list[_Aloft] = []
        self._drawn: dict[str, RecordedSample] = {}
        self._n_dealt = 0
        self.now_ms = 0

    @property
    def n_started(self) -> int:
        return len(self._drawn)

    @property
    def n_left(self) -> int:
        return len(self._problem.samples) - self._n_dealt

    @property
    def is_idle(self) -> bool:
        return not self._aloft

    def open(self, trial: Trial) -> None:
        if trial.work is Work.SCORE and trial.path_end is not None:
            outcome = to_judgement(trial, self._drawn[trial.path_end.node_id])
        else:
            sample = self._drawn[trial.node_id] = self._deal(trial)
            outcome = to_outcome(trial, sample)
        ends_ms = self.now_ms + max(1, outcome.timing.total_ms)
        heapq.heappush(self._aloft, _Aloft(ends_ms=ends_ms, number=len(self._flights)))
        self._flights.append(_Flight(outcome=outcome, starts_ms=self.now_ms))

    def land(self) -> Outcome:
        landed = heapq.heappop(self._aloft)
        self.now_ms = landed.ends_ms
        return self._flights[landed.number].outcome

    def count_tokens(self) -> float:
        """Return the tokens so far; of what is under way, the share of its time that is over."""
        aloft = {one.number: one.ends_ms for one in self._aloft}
        total = 0.0
        for number, flight in enumerate(self._flights):
            tokens = float(flight.outcome.tokens.tokens_out)
            if number in aloft:
                start = flight.starts_ms
                tokens *= (self.now_ms - start) / (aloft[number] - start)
            total += tokens
        return total

    def _deal(self, trial: Trial) -> RecordedSample:
        if trial.work is not Work.SAMPLE or trial.path_end is not None or trial.prompt != PROMPT:
            raise InvalidInputError(
                f"the strategy asks for a {trial.work.value} by the prompt {trial.prompt!r}, but "
                "a recording holds whole answers alone; run it live"
            )
        if trial.sampling.temperature == 0:
            return self._problem.greedy
        if self.n_left <= 0:
            raise InvalidInputError(
                f"the strategy asks for more than the {len(self._problem.samples)} samples that "
                "were recorded; lower its setting, or record more"
            )
        self._n_dealt += 1
        return self._problem.samples[self._n_dealt - 1]


def replay(algorithm: Algorithm[Any], problem: RecordedProblem) -> Run:
    """Play a strategy over one problem to its end.

    Raises:
        InvalidInputError: When it asks for what was not recorded.
    """
    stage = _Stage(problem)
    root = f"replay/{problem.problem_id}"
    state = algorithm.start(Problem(text=problem.text, root_search_id=root))
    opened: set[str] = set()
    standing = algorithm.standing(state)
    while not standing.is_decided:
        n_free = max(1, stage.n_left)
        for trial in algorithm.ask(state, n_free):
            if trial.trial_id not in opened:
                opened.add(trial.trial_id)
                state = algorithm.tell(state, Opened(trial=trial))
                stage.open(trial)
        if stage.is_idle:
            break
        state = algorithm.tell(state, stage.land())
        standing = algorithm.standing(state)
    return Run(
        problem_id=problem.problem_id,
        verdict=problem.grade(standing.answer),
        n_samples=stage.n_started,
        tokens=stage.count_tokens(),
        wall_ms=stage.now_ms,
    )


def to_outcome(trial: Trial, sample: RecordedSample) -> Outcome:
    """Return how a trial ends that is given a recorded sample.

    One whose certainty fell below what the trial asks for was closed there, and abstains. Where
    in the text that was is not recorded, so that it counts with all of its tokens.
    """
    outcome = Outcome(
        trial_id=trial.trial_id,
        status=sample.status,
        reason=sample.reason,
        answer=sample.answer,
        likelihood=sample.likelihood,
        tokens=sample.tokens,
        timing=sample.timing,
        certainty=sample.certainty,
        program_ref=sample.program_ref,
    )
    bar, certainty = trial.sampling.min_certainty, sample.certainty
    if bar is not None and certainty is not None and certainty.lowest < bar:
        return replace(outcome, status=OutcomeStatus.TRUNCATED, reason=UNSURE, answer=None)
    return outcome


def to_judgement(trial: Trial, sample: RecordedSample) -> Outcome:
    """Return how a trial ends that judges a recorded sample.

    Raises:
        InvalidInputError: When no verifier was asked about it.
    """
    judged = sample.judgement
    if judged is None:
        raise InvalidInputError(
            "the strategy asks a verifier, and the recording has no judgements; "
            "`svend bench judge` adds them"
        )
    is_scored = judged.score is not None or judged.verdict is not None
    return Outcome(
        trial_id=trial.trial_id,
        status=OutcomeStatus.COMPLETE if is_scored else OutcomeStatus.FAILED,
        reason="scored" if is_scored else "unscored",
        score=judged.score,
        verdict=judged.verdict,
        tokens=judged.tokens,
    )
