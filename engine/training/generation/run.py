"""A run: requests sent side by side until the quotas are full, or something ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from engine.domain.errors import ModelError
from engine.training.example import Category
from engine.training.generation.ask import RequestRefusedError
from engine.training.generation.budget import Budget
from engine.training.generation.journal import Entry, Journal
from engine.training.generation.outcome import Outcome
from engine.training.generation.plan import Lane, Request

# A server that serves none of the first requests will not serve the next one either.
MAX_REFUSED_AT_FIRST: Final = 20


class End(StrEnum):
    """Why a run ended."""

    FULL = "full"
    SPENT = "attempts-spent"
    CAPPED = "capped"
    FAILED = "server-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request that the server would not serve, though it serves others.

    Attributes:
        request: The request.
        reason: What the server said.
    """

    request: Request
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended.

    Attributes:
        end: Why.
        error: What the server said; empty unless it failed.
        n_asked: Requests answered in this run, those of the journal apart.
        refused: Requests that were set aside; they are not in the journal, so that the next run
            asks for them again.
    """

    end: End
    error: str = ""
    n_asked: int = 0
    refused: tuple[Refused, ...] = ()


class Watch(Protocol):
    """Is told how far a run is."""

    def __call__(self, outcome: Outcome, budget: Budget, n_in_flight: int) -> None:
        """Take the counts, the money and how many requests are out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a run needs.

    Attributes:
        lanes: The requests.
        ask: Sends one, and gives up with a `ModelError`.
        cost: The most that one can cost.
        concurrency: How many may be in flight.
    """

    lanes: Mapping[Category, Lane]
    ask: Callable[[Request], Awaitable[Entry]]
    cost: Callable[[Request], float]
    concurrency: int


class Run:
    """One run over a journal; what the journal holds is not asked again."""

    def __init__(
        self, work: Work, journal: Journal, outcome: Outcome, budget: Budget, watch: Watch
    ) -> None:
        self._work = work
        self._journal = journal
        self._outcome = outcome
        self._budget = budget
        self._watch = watch
        self._queue = _Queue(work.lanes, outcome)
        self._flights: dict[asyncio.Task[Entry], Request] = {}
        self._error = ""
        self._refused: list[Refused] = []
        self._is_capped = False
        self._n_asked = 0

    async def go(self) -> Ending:
        """Send requests until there is nothing to send or no leave to send it.

        A request that the server refuses is set aside, unless it refuses all of them. What is in
        flight when the cap is reached or the server gives up is waited for: it is paid.
        """
        self._replay()
        try:
            self._fill()
            while self._flights:
                done, _ = await asyncio.wait(self._flights, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    self._land(task)
                self._fill()
                self._watch(self._outcome, self._budget, len(self._flights))
        finally:
            for task in self._flights:
                task.cancel()
            await asyncio.gather(*self._flights, return_exceptions=True)
        self._judge_refusals()
        refused = tuple(self._refused) if self._journal.entries else ()
        return Ending(end=self._end(), error=self._error, n_asked=self._n_asked, refused=refused)

    def _replay(self) -> None:
        for entry in self._journal.entries.values():
            # Paid is paid, whether or not this run's plan goes as far.
            self._budget.pay(entry.tokens_in, entry.tokens_out)
        for lane in self._work.lanes.values():
            for request in lane.requests:
                entry = self._journal.entries.get(request.request_id)
                if entry is not None:
                    self._outcome.take(request, entry)

    def _fill(self) -> None:
        """Send what may be sent now."""
        self._is_capped = False
        while not self._error and len(self._flights) < self._work.concurrency:
            request = self._queue.find(self._journal.entries)
            if request is None:
                return
            cost = self._work.cost(request)
            if not self._budget.may_send(cost):
                # What is in flight may come cheaper than feared; then there is room again.
                self._is_capped = True
                return
            self._queue.pop(request)
            self._budget.reserve(cost)
            task = asyncio.ensure_future(self._work.ask(request))
            self._flights[task] = request

    def _land(self, task: asyncio.Task[Entry]) -> None:
        request = self._flights.pop(task)
        self._budget.release(self._work.cost(request))
        self._queue.land(request)
        try:
            entry = task.result()
        except RequestRefusedError as error:
            self._refused.append(Refused(request=request, reason=str(error)))
            if len(self._refused) >= MAX_REFUSED_AT_FIRST:
                self._judge_refusals()
            return
        except ModelError as error:
            # It is not in the journal, so that the next run asks for it again.
            self._error = str(error)
            return
        self._journal.add(entry)
        self._budget.pay(entry.tokens_in, entry.tokens_out)
        self._outcome.take(request, entry)
        self._n_asked += 1

    def _judge_refusals(self) -> None:
        """Blame the server where it has refused whatever it was asked, in this run and before."""
        if self._refused and not self._journal.entries and not self._error:
            n, last = len(self._refused), self._refused[-1].reason
            self._error = f"it refused every request, {n} in all, the last one so: {last}"

    def _end(self) -> End:
        if self._error:
            return End.FAILED
        if self._is_capped:
            return End.CAPPED
        is_full = all(tally.n_missing <= 0 for tally in self._outcome.tallies.values())
        return End.FULL if is_full else End.SPENT


class _Queue:
    """The next request of the category that is furthest from its quota."""

    def __init__(self, lanes: Mapping[Category, Lane], outcome: Outcome) -> None:
        self._lanes = lanes
        self._tallies = outcome.tallies
        self._next = dict.fromkeys(lanes, 0)
        self._in_flight = dict.fromkeys(lanes, 0)

    def find(self, answered: Mapping[str, Entry]) -> Request | None:
        """The request to send now; None when every quota is full or may be by what is out."""
        order = sorted(self._lanes, key=self._share_there)
        return next((r for c in order if (r := self._find_in(c, answered)) is not None), None)

    def pop(self, request: Request) -> None:
        """Count a request as sent."""
        self._next[request.category] += 1
        self._in_flight[request.category] += request.n_items

    def land(self, request: Request) -> None:
        """Count a request as ended."""
        self._in_flight[request.category] -= request.n_items

    def _share_there(self, category: Category) -> float:
        there = len(self._tallies[category].kept) + self._in_flight[category]
        return there / max(1, self._lanes[category].quota)

    def _find_in(self, category: Category, answered: Mapping[str, Entry]) -> Request | None:
        if self._tallies[category].n_missing <= self._in_flight[category]:
            return None
        requests = self._lanes[category].requests
        while self._next[category] < len(requests):
            request = requests[self._next[category]]
            if request.request_id not in answered:
                return request
            self._next[category] += 1
        return None
