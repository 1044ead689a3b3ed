"""What one run knows of its search: the log, its fold, and the algorithm's state over it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from engine.domain.answer import Answer
from engine.domain.budget import Spent
from engine.domain.canonical import canonical_bytes, digest, text_body
from engine.domain.event import Event, EventType
from engine.domain.fold import Folding
from engine.domain.ids import TrialId
from engine.domain.outcome import Opened, Outcome
from engine.domain.pins import Pins
from engine.domain.record import read_told
from engine.domain.route import Route, Routing
from engine.domain.standing import Standing, StopReason
from engine.domain.trial import NodeKind, Trial
from engine.ports import Equality, EventLog
from engine.runner.arrival import Arrival, Written
from engine.runner.dispatch import list_ends
from engine.runner.path import Paths
from engine.runner.replacement import Replacements
from engine.runner.request import SearchEnd, SearchRequest
from engine.runner.writing import decide_outcome, write_ended
from engine.verify.evidence import gather_evidence


class Ledger:
    """Appends to a log and tells the algorithm what was committed, in the order of the log."""

    def __init__(self, log: EventLog, request: SearchRequest) -> None:
        """Begin before the first event."""
        self._log = log
        self._algorithm = request.algorithm
        self._calibrate = request.calibrate
        self._state: Any = request.algorithm.start(request.problem)
        self._folding = Folding()
        self._opened: set[str] = set()
        self._answers: dict[str, Answer] = {}
        self._trials: dict[TrialId, Trial] = {}
        self._outcomes: dict[TrialId, Outcome] = {}
        self._n_routed = 0
        self._routed_before: list[bytes] = []
        self.paths = Paths(request.profile.step_joint, request.prompts.find_joints())
        self.replacements = Replacements()
        self.pinned: Pins | None = None
        self.decided_for: StopReason | None = None

    async def read(self) -> None:
        """Take in everything that was committed so far."""
        self._take(await self._log.read())

    async def append(self, written: Written) -> None:
        """Commit, then take in what was committed: others' events too."""
        self._take(await self._log.append(written.drafts, written.bodies))

    async def fetch_texts(self, trials: Sequence[Trial]) -> None:
        """Read the texts that these trials go on from or are given, unless they are known."""
        missing = self.paths.list_missing(list_ends(trials))
        if missing:
            self.paths.keep_bodies(await self._log.read_bodies(missing))
        given = self.replacements.list_missing(trials)
        if given:
            self.replacements.keep_bodies(await self._log.read_bodies(given))

    async def write_arrival(self, arrival: Arrival, equality: Equality) -> Written:
        """Return the events of an arrival, its answer's class decided."""
        body = text_body(arrival.choice.text)
        body_ref = digest(body)
        outcome = await decide_outcome(
            arrival, equality, tuple(self._answers.values()), body_ref=body_ref
        )
        # Within one batch the next answer must already be compared with this one.
        self._keep_answer(outcome.answer)
        if arrival.trial.kind is not NodeKind.VERIFY:
            self.paths.keep_bodies({body_ref: body})
        return write_ended(arrival, outcome, body)

    def ask(self, free_slots: int) -> Sequence[Trial]:
        """Return what the search wants computed."""
        return self._algorithm.ask(self._state, free_slots)

    def list_new_routes(self) -> tuple[Route, ...]:
        """Return the decisions on which search goes on that the log does not hold yet."""
        if not isinstance(self._algorithm, Routing):
            return ()
        routes = self._algorithm.routes(self._state)
        return routes[self._count_inherited(routes) + self._n_routed :]

    def _count_inherited(self, routes: Sequence[Route]) -> int:
        """Return how many decisions, from the first on, are those that the log began with.

        A search that goes on under other settings may decide otherwise than the one before it.
        """
        before = iter(self._routed_before)
        shared = takewhile(lambda route: canonical_bytes(route.to_data()) in before, routes)
        return sum(1 for _ in shared)

    @property
    def is_decided(self) -> bool:
        """Whether the search's rule has stopped."""
        return self._algorithm.standing(self._state).is_decided

    def standing(self) -> Standing:
        """Return where the search stands, as it is shown: with what speaks for each answer."""
        standing = gather_evidence(
            self._algorithm.standing(self._state), self._trials, self._outcomes.values()
        )
        return standing if self._calibrate is None else self._calibrate(standing)

    def is_opened(self, trial: Trial) -> bool:
        """Whether the log holds the trial's opening."""
        return trial.trial_id in self._opened

    def list_open(self) -> tuple[Trial, ...]:
        """Return the trials that the log has opened and not ended."""
        opened = self._trials.items()
        return tuple(trial for trial_id, trial in opened if trial_id not in self._outcomes)

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

    def _keep_answer(self, answer: Answer | None) -> None:
        """Remember a class's first answer, for equality with those that follow."""
        if answer is not None:
            self._answers.setdefault(answer.class_id, answer)

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            self._folding.add(event)
            if event.seq == 1:
                self.pinned = Pins.from_data(event.data["pins"])
            elif event.type is EventType.SEARCH_DECIDED:
                self.decided_for = StopReason(event.data["stop_reason"])
            elif event.type is EventType.SEARCH_ROUTED and event.draft.inherited is not None:
                self._routed_before.append(canonical_bytes(dict(event.data)))
            elif event.type is EventType.SEARCH_ROUTED:
                self._n_routed += 1
            elif event.type is EventType.SEARCH_FORKED:
                self.replacements.add_fork(event)
            elif event.type is EventType.TRIAL_OPENED and event.draft.trial_id is not None:
                self._opened.add(event.draft.trial_id)
            self._tell(event)

    def _tell(self, event: Event) -> None:
        told = read_told(event)
        if told is None:
            return
        self._state = self._algorithm.tell(self._state, told)
        if isinstance(told, Opened):
            self._trials.setdefault(told.trial.trial_id, told.trial)
            self.paths.add_trial(told.trial)
        else:
            self._outcomes.setdefault(told.trial_id, told)
            self.paths.add_outcome(told)
            self._keep_answer(told.answer)
