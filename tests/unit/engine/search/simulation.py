"""A search played out without a model: trials end in any order, each as the script says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.answer import Answer
from engine.domain.outcome import Likelihood, Opened, Outcome, OutcomeStatus, Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Trial

Script = Callable[[Trial], Outcome]


def answer_of(name: str) -> Answer:
    """Return the answer whose class is `name`."""
    return Answer(text=name, key=name, class_id=name, canonicaliser="test/1")


def vote_for(trial: Trial, name: str | None, *, mean_logprob: float = -0.1) -> Outcome:
    """Return the outcome of a sample that answered `name`, or that abstains."""
    return Outcome(
        trial_id=trial.trial_id,
        status=OutcomeStatus.COMPLETE,
        reason="stop" if name else "no-answer",
        answer=answer_of(name) if name else None,
        likelihood=Likelihood(mean_logprob=mean_logprob, n_tokens=5),
    )


def fail(trial: Trial) -> Outcome:
    """Return the outcome of a trial whose request failed."""
    return Outcome(trial_id=trial.trial_id, status=OutcomeStatus.FAILED, reason="model-error")


def drop(trial: Trial) -> Outcome:
    """Return the outcome of a trial that was called back before it ended."""
    return Outcome(trial_id=trial.trial_id, status=OutcomeStatus.DROPPED, reason="dropped")


@dataclass
class Play:
    """What happened: everything told, in order, and which trials were computed."""

    told: list[Told] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)
    standing: Standing | None = None

    @property
    def trials(self) -> list[Trial]:
        """The trials opened in this play, in order."""
        return [told.trial for told in self.told if isinstance(told, Opened)]

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """The outcomes told in this play, by trial id."""
        return {told.trial_id: told for told in self.told if isinstance(told, Outcome)}


class Table:
    """A search under way: what is aloft, and the algorithm's state over what was told.

    Which trial lands next depends on the order's seed and on what is aloft, never on what
    happened before: a search that is resumed goes on as it would have.
    """

    def __init__(self, algorithm: Algorithm[Any], *, order_seed: int, problem: Problem) -> None:
        self.algorithm = algorithm
        self.state = algorithm.start(problem)
        self.opened: set[str] = set()
        self.ended: set[str] = set()
        self.aloft: dict[str, Trial] = {}
        self.played = Play()
        self._order_seed = order_seed

    def recall(self, earlier: Sequence[Told]) -> None:
        """Tell what an earlier run of the same search has logged."""
        for told in earlier:
            self._tell(told)
        self.played = Play()

    @property
    def n_open(self) -> int:
        """How many trials were opened and have not ended, aloft or not."""
        return len(self.opened) - len(self.ended)

    def is_decided(self) -> bool:
        """Whether the search's rule has stopped."""
        return self.algorithm.standing(self.state).is_decided

    def launch(self, n_free: int) -> None:
        """Send what the search asks for, as the runner does."""
        asked = self.algorithm.ask(self.state, n_free)
        fresh = [trial for trial in asked if trial.trial_id not in self.opened]
        assert len(fresh) <= n_free, "asked for more than there are free slots"
        assert len({trial.trial_id for trial in asked}) == len(asked), "asked twice"
        for trial in fresh:
            self._tell(Opened(trial=trial))
        self.aloft = {trial.trial_id: trial for trial in asked} | self.aloft

    def land(self, script: Script) -> None:
        """Let one trial end."""
        trial = self.aloft.pop(min(self.aloft, key=self._place))
        self.played.computed.append(trial.trial_id)
        self._tell(script(trial))

    def _place(self, trial_id: str) -> bytes:
        return hashlib.blake2b(f"{self._order_seed}/{trial_id}".encode(), digest_size=8).digest()

    def _tell(self, told: Told) -> None:
        if isinstance(told, Opened):
            self.opened.add(told.trial.trial_id)
        else:
            self.ended.add(told.trial_id)
        self.played.told.append(told)
        self.state = self.algorithm.tell(self.state, told)


def play(
    algorithm: Algorithm[Any],
    script: Script,
    *,
    order_seed: int = 0,
    slots: int = 100,
    earlier: Sequence[Told] = (),
    problem: Problem | None = None,
    max_nodes: int | None = None,
) -> Play:
    """Run a search to its end; `earlier` is a prefix of a log to resume from."""
    table = Table(algorithm, order_seed=order_seed, problem=problem or Problem(text="?"))
    table.recall(earlier)
    while not table.is_decided():
        n_free = max(0, slots - table.n_open)
        if max_nodes is not None:
            n_free = min(n_free, max(0, max_nodes - len(table.opened)))
        table.launch(n_free)
        if not table.aloft:
            break
        table.land(script)
    table.played.standing = algorithm.standing(table.state)
    return table.played
