"""What one run knows of its search: the log, its fold, and the algorithm's state over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.answer import Answer
from engine.domain.budget import Spent
from engine.domain.event import Event, EventType
from engine.domain.fold import Folding
from engine.domain.outcome import Outcome
from engine.domain.pins import Pins
from engine.domain.problem import Problem
from engine.domain.record import read_told
from engine.domain.standing import Standing, StopReason
from engine.domain.trial import Trial
from engine.ports import EventLog
from engine.runner.conclusion import Written
from engine.runner.request import SearchEnd


class Ledger:
    """Appends to a log and tells the algorithm what was committed, in the order of the log."""

    def __init__(self, log: EventLog, algorithm: Algorithm[Any], problem: Problem) -> None:
        """Begin before the first event."""
        self._log = log
        self._algorithm = algorithm
        self._state = algorithm.start(problem)
        self._folding = Folding()
        self._opened: set[str] = set()
        self._answers: dict[str, Answer] = {}
        self.pinned: Pins | None = None
        self.decided_for: StopReason | None = None

    async def read(self) -> None:
        """Take in everything that was committed so far."""
        self._take(await self._log.read())

    async def append(self, written: Written) -> None:
        """Commit, then take in what was committed: others' events too."""
        self._take(await self._log.append(written.drafts, written.bodies))

    def ask(self, free_slots: int) -> Sequence[Trial]:
        """Return what the search wants computed."""
        return self._algorithm.ask(self._state, free_slots)

    def standing(self) -> Standing:
        """Return where the search stands."""
        return self._algorithm.standing(self._state)

    def is_opened(self, trial: Trial) -> bool:
        """Whether the log holds the trial's opening."""
        return trial.trial_id in self._opened

    def keep_answer(self, answer: Answer | None) -> None:
        """Remember a class's first answer, for equality with those that follow."""
        if answer is not None:
            self._answers.setdefault(answer.class_id, answer)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """One answer of each class known."""
        return tuple(self._answers.values())

    @property
    def spent(self) -> Spent:
        """What the search has used."""
        return self._folding.spent

    def to_end(self, reason: StopReason | None) -> SearchEnd:
        """Return the end of this run."""
        return SearchEnd(
            standing=self.standing(),
            stop_reason=reason,
            spent=self.spent,
            last_seq=self._folding.last_seq,
        )

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            self._folding.add(event)
            if event.seq == 1:
                self.pinned = Pins.from_data(event.data["pins"])
            elif event.type is EventType.SEARCH_DECIDED:
                self.decided_for = StopReason(event.data["stop_reason"])
            elif event.type is EventType.TRIAL_OPENED and event.draft.trial_id is not None:
                self._opened.add(event.draft.trial_id)
            self._tell(event)

    def _tell(self, event: Event) -> None:
        told = read_told(event)
        if told is None:
            return
        self._state = self._algorithm.tell(self._state, told)
        if isinstance(told, Outcome):
            self.keep_answer(told.answer)
