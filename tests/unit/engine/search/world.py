"""A made-up model, verifier and tools: how a trial ends depends on its id and a seed alone."""

from __future__ import annotations

import random
from dataclasses import dataclass

from engine.domain.outcome import Certainty, Likelihood, Outcome, OutcomeStatus, TokenUse
from engine.domain.trial import Trial, Work
from engine.domain.verdict import Verdict
from tests.unit.engine.search.simulation import answer_of

# The answer that only unfinished trials give: no standing may ever name it.
BAIT = "unfinished"
N_SPELLINGS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How trials end.

    A world is the script of a play. A family with needs of its own overrides `finish`.

    Attributes:
        seed: Of all that is drawn.
        answers: What finished paths conclude; `None` is a text without an answer.
        failures: Chance that a trial is truncated, fails or is dropped.
        unscored: Chance that a judge comes back without a score.
        depth: A step this deep is the last of its path.
        early: Chance that a step before that depth is the last one.
        n_parts: Most thoughts that a proposal lists.
    """

    seed: int = 0
    answers: tuple[str | None, ...] = ("a", "a", "b", "c", None)
    failures: float = 0.1
    unscored: float = 0.1
    depth: int = 3
    early: float = 0.2
    n_parts: int = 3

    def __call__(self, trial: Trial) -> Outcome:
        """Return how the trial ends: the same trial of the same world always ends alike."""
        draw = random.Random(f"{self.seed}/{trial.trial_id}")
        if draw.random() < self.failures:
            return self._break_off(trial, draw)
        return self.finish(trial, draw)

    def finish(self, trial: Trial, draw: random.Random) -> Outcome:
        """Return how the trial ends when nothing goes wrong."""
        if trial.work in {Work.VALUE, Work.SCORE, Work.VOTE}:
            return self._judge(trial, draw)
        return self._write(trial, draw)

    def is_last(self, trial: Trial, draw: random.Random) -> bool:
        """Whether nothing is left to write after this trial's text."""
        if trial.work is Work.SAMPLE:
            return True
        is_deep = trial.depth >= self.depth or draw.random() < self.early
        return trial.work is Work.STEP and is_deep

    def _write(self, trial: Trial, draw: random.Random) -> Outcome:
        is_final = self.is_last(trial, draw)
        name = draw.choice(self.answers) if is_final else None
        lows = sorted(draw.uniform(0, 4) for _ in range(4))
        return Outcome(
            trial_id=trial.trial_id,
            status=OutcomeStatus.COMPLETE,
            reason="no-answer" if is_final and name is None else "stop",
            answer=None if name is None else answer_of(name),
            likelihood=Likelihood(mean_logprob=-draw.uniform(0, 2), n_tokens=draw.randint(1, 9)),
            tokens=TokenUse(tokens_out=draw.randint(1, 9)),
            body_ref=f"{trial.work}-{draw.randrange(N_SPELLINGS)}",
            parts=_list_parts(draw, self.n_parts) if trial.work is Work.PROPOSE else (),
            final_parts=(0,) if trial.work is Work.PROPOSE and draw.random() < self.early else (),
            is_final=is_final,
            certainty=Certainty(lowest=lows[0], bottom_tenth=lows[1], mean=lows[2], tail=lows[3]),
            call=self._find_call(trial, is_final=is_final),
            program_ref=f"program-{draw.randrange(N_SPELLINGS)}"
            if trial.prompt == "program"
            else None,
        )

    def _find_call(self, trial: Trial, *, is_final: bool) -> str | None:
        is_calling = trial.work is Work.STEP and trial.prompt == "tools" and not is_final
        return "execute_python" if is_calling else None

    def _judge(self, trial: Trial, draw: random.Random) -> Outcome:
        is_silent = draw.random() < self.unscored
        pick = draw.randrange(len(trial.subjects)) if trial.subjects else None
        return Outcome(
            trial_id=trial.trial_id,
            status=OutcomeStatus.COMPLETE,
            reason="unscored" if is_silent else "judged",
            score=None if is_silent or trial.work is Work.VOTE else draw.random(),
            verdict=Verdict.UNCHECKED,
            pick=None if is_silent else pick,
        )

    def _break_off(self, trial: Trial, draw: random.Random) -> Outcome:
        status = draw.choice(
            [OutcomeStatus.TRUNCATED, OutcomeStatus.FAILED, OutcomeStatus.DROPPED]
        )
        return Outcome(
            trial_id=trial.trial_id,
            status=status,
            reason=status.value,
            answer=answer_of(BAIT),
            likelihood=Likelihood(mean_logprob=0.0, n_tokens=9),
            body_ref=BAIT,
            parts=(BAIT,),
            score=1.0,
            pick=0,
            certainty=Certainty(lowest=9.0, bottom_tenth=9.0, mean=9.0, tail=9.0),
        )


def _list_parts(draw: random.Random, n_most: int) -> tuple[str, ...]:
    return tuple(f"thought-{draw.randrange(N_SPELLINGS)}" for _ in range(draw.randint(0, n_most)))
