"""A search played out without a model: samples end in any order, each as the script says."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.answer import Answer
from engine.domain.outcome import Likelihood, Opened, Outcome, OutcomeStatus, Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Trial

Script = Callable[[Trial], Outcome]


def vote_for(trial: Trial, name: str | None, *, mean_logprob: float = -0.1) -> Outcome:
    """Return the outcome of a sample that answered `name`, or that abstains."""
    answer = Answer(text=name or "", key=name, class_id=name or "", canonicaliser="test/1")
    return Outcome(
        trial_id=trial.trial_id,
        status=OutcomeStatus.COMPLETE,
        reason="stop" if name else "no-answer",
        answer=answer if name else None,
        likelihood=Likelihood(mean_logprob=mean_logprob, n_tokens=5),
    )


def fail(trial: Trial) -> Outcome:
    """Return the outcome of a sample whose request failed."""
    return Outcome(trial_id=trial.trial_id, status=OutcomeStatus.FAILED, reason="model-error")


@dataclass
class Play:
    """What happened: everything told, in order, and which samples were computed."""

    told: list[Told] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)
    standing: Standing | None = None


def play(
    algorithm: Algorithm[Any],
    script: Script,
    *,
    order_seed: int = 0,
    slots: int = 100,
    earlier: list[Told] | None = None,
    problem: Problem | None = None,
) -> Play:
    """Run a search to its end; `earlier` is a prefix of a log to resume from."""
    state = algorithm.start(problem or Problem(text="?"))
    played = Play()
    opened: set[str] = set()
    for told in earlier or ():
        state = algorithm.tell(state, told)
        if isinstance(told, Opened):
            opened.add(told.trial.trial_id)
    order, aloft = random.Random(order_seed), {}
    while not algorithm.standing(state).is_decided:
        for trial in algorithm.ask(state, max(0, slots - len(aloft))):
            if trial.trial_id not in opened:
                opened.add(trial.trial_id)
                state = _tell(algorithm, state, Opened(trial=trial), played)
            aloft[trial.trial_id] = trial
        if not aloft:
            break
        landed = aloft.pop(order.choice(sorted(aloft)))
        played.computed.append(landed.trial_id)
        state = _tell(algorithm, state, script(landed), played)
    played.standing = algorithm.standing(state)
    return played


def _tell(algorithm: Algorithm[Any], state: Any, told: Told, played: Play) -> Any:
    played.told.append(told)
    return algorithm.tell(state, told)
