"""The loop of one search: ask, send, commit, tell, until it stops.

Nothing is told to the algorithm before it is committed, so what the algorithm knows is always a
prefix of the log, and any process that folds the log can go on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain.canonical import JsonValue
from engine.domain.errors import ModelUnavailableError, PinMismatchError
from engine.domain.event import EventDraft, EventType
from engine.domain.standing import StopReason
from engine.domain.trial import Trial
from engine.ports import CancelReason, CancelToken, Choice, FinishReason
from engine.runner.arrival import Arrival, Written
from engine.runner.conclusion import give_up
from engine.runner.dispatch import Dispatch, Party
from engine.runner.flight import Flight
from engine.runner.ledger import Ledger
from engine.runner.request import SearchEnd, SearchPorts, SearchRequest
from engine.runner.watch import Watch
from engine.runner.writing import join_written, sum_cost, write_opened, write_started


async def run_search(request: SearchRequest, ports: SearchPorts, cancel: CancelToken) -> SearchEnd:
    """Run a search to its end, or go on with one whose log already holds events.

    Cancelling takes effect between trials: requests in flight are closed, what they brought is
    committed, and the standing so far is returned. A search that is told to drain leaves its open
    trials open for whoever takes up the log.

    Raises:
        PinMismatchError: When the log pins what this process does not offer; the log says so too.
        ModelUnavailableError: When the model server cannot be reached; the log stays resumable.
        FencedError: When another worker holds the log; nothing more was written.
    """
    run = _Run(request, ports, cancel)
    try:
        await run.resume()
        return await run.drive()
    finally:
        await run.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stop:
    """Why the loop ends.

    ``reason`` is the search's own, ``None`` when it is interrupted; ``recall`` is what requests in
    flight are told.
    """

    reason: StopReason | None
    recall: CancelReason


_ON_CANCEL = {
    CancelReason.CANCEL: StopReason.CANCELLED,
    CancelReason.HARVEST: StopReason.HARVESTED,
    CancelReason.DRAIN: None,
    CancelReason.FENCED: None,
}


class _Run:
    def __init__(self, request: SearchRequest, ports: SearchPorts, cancel: CancelToken) -> None:
        self._request = request
        self._ports = ports
        self._cancel = cancel
        self._ledger = Ledger(ports.log, request)
        self._dispatch = Dispatch(request, ports, self._ledger.paths, self._ledger.replacements)
        self._started_ms = ports.clock.now_ms()
        self._last_served_ms = -1
        self._lost: list[Arrival] = []
        self._flight = Flight(clock=ports.clock, started_ms=self._started_ms)
        self._watch = Watch(cancel=cancel, clock=ports.clock, wake=self._flight.wake)

    async def resume(self) -> None:
        """Fold what was committed; pin a fresh log; refuse one pinned to something else."""
        await self._ledger.read()
        if self._ledger.pinned is None:
            await self._ledger.append(write_started(self._request, at_ms=self._at_ms()))
            return
        version = self._request.algorithm.version
        try:
            self._ledger.pinned.check_runnable(version, self._request.serving)
        except PinMismatchError as error:
            await self._append_draft(self._draft(EventType.SEARCH_REFUSED, {"reason": str(error)}))
            raise

    async def drive(self) -> SearchEnd:
        """Run until something stops the search."""
        if self._ledger.decided_for is not None:
            # Decided before a crash: nothing is left to compute.
            return self._ledger.to_end(self._ledger.decided_for)
        self._watch.start(self._list_limits_ms())
        while (stop := self._find_stop()) is None:
            await self._launch_wanted()
            if self._flight.n_aloft == 0:
                # Nothing is open, and the budget allows nothing new.
                stop = _Stop(reason=StopReason.BUDGET, recall=CancelReason.HARVEST)
                break
            await self._flight.wake.wait()
            await self._commit(self._set_aside_lost(self._flight.take_arrivals()))
        return await self._end(stop)

    async def close(self) -> None:
        """Leave no task behind."""
        await self._watch.stop()
        await self._flight.abandon()

    # -- what to do next

    def _find_stop(self) -> _Stop | None:
        reason = self._cancel.reason()
        if reason is not None:
            return _Stop(reason=_ON_CANCEL[reason], recall=reason)
        if self._ledger.is_decided:
            return _Stop(reason=StopReason.SOLVED, recall=CancelReason.HARVEST)
        if self._lost:
            return _Stop(reason=None, recall=CancelReason.DRAIN)
        limit = self._find_limit()
        return None if limit is None else _Stop(reason=limit, recall=CancelReason.HARVEST)

    def _find_limit(self) -> StopReason | None:
        if self._watch.is_over("deadline"):
            return StopReason.DEADLINE
        exhausted = self._request.budget.exhausted_by(self._ledger.spent)
        return StopReason.BUDGET if exhausted or self._watch.is_over("seconds") else None

    def _list_limits_ms(self) -> dict[str, float]:
        limits: dict[str, float] = {}
        if self._request.deadline_ms is not None:
            limits["deadline"] = self._request.deadline_ms
        if self._request.budget.seconds is not None:
            running_ms = self._ledger.spent.running_ms
            limits["seconds"] = self._request.budget.seconds * 1000 - running_ms
        return limits

    def _count_free(self) -> int:
        return self._request.budget.count_free_nodes(
            self._ledger.spent,
            n_calls_aloft=self._flight.n_requests,
            n_wanted=max(0, self._request.max_in_flight - self._flight.n_aloft),
        )

    # -- trials out

    async def _launch_wanted(self) -> None:
        asked = self._ledger.ask(self._count_free())
        wanted = [trial for trial in asked if not self._flight.is_aloft(trial)]
        if not wanted:
            return
        await self._ledger.fetch_texts(wanted)
        parties = self._dispatch.form_parties(wanted)
        written = join_written([self._write_opened(party) for party in parties])
        if written.drafts:
            await self._ledger.append(written)
        for party in parties:
            self._flight.launch(party.trials, self._dispatch.make_errand(party))

    def _write_opened(self, party: Party) -> Written:
        fresh = [trial for trial in party.trials if not self._ledger.is_opened(trial)]
        return write_opened(fresh, party.rendered, at_ms=self._at_ms()) if fresh else Written()

    # -- outcomes in

    async def _commit(self, arrivals: Sequence[Arrival]) -> None:
        if arrivals:
            equality = self._ports.equality
            written = [await self._ledger.write_arrival(arrival, equality) for arrival in arrivals]
            await self._ledger.append(join_written(written))
        routes = self._ledger.list_new_routes()
        if routes:
            drafts = [self._draft(EventType.SEARCH_ROUTED, route.to_data()) for route in routes]
            await self._ledger.append(Written(drafts=tuple(drafts)))

    def _set_aside_lost(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Return what came; what a server that is away has lost will be drawn again."""
        came: list[Arrival] = []
        for arrival in arrivals:
            (self._lost if self._is_lost(arrival) else came).append(arrival)
        return came

    def _is_lost(self, arrival: Arrival) -> bool:
        """Whether a sample failed because the server is away.

        A server that served another sample meanwhile is not away; then the sample has failed.
        """
        choice = arrival.choice
        if not arrival.trial.work.asks_model:
            return False
        if choice.finish_reason is not FinishReason.ERROR or not choice.is_unavailable:
            if choice.finish_reason is not FinishReason.DROPPED:
                self._last_served_ms = max(self._last_served_ms, arrival.at_ms)
            return False
        return self._last_served_ms < _sent_ms(arrival)

    # -- the end

    async def _end(self, stop: _Stop) -> SearchEnd:
        arrivals = await self._flight.land(stop.recall)
        if stop.recall is CancelReason.FENCED:
            return self._ledger.to_end(None)
        if stop.reason is None:
            await self._interrupt(arrivals)
            return self._ledger.to_end(None)
        # A search that ends leaves no trial open, whatever kept its sample from coming.
        await self._commit([*self._lost, *arrivals])
        # Others may have been opened by a worker before this one, or by the search that this one
        # goes on with under other settings, and were not asked for again.
        await self._commit([self._drop(trial) for trial in self._ledger.list_open()])
        standing = self._ledger.standing().to_data()
        decided: dict[str, JsonValue] = {
            "standing": standing,
            "stop_reason": stop.reason.value,
            "spent": self._ledger.spent.to_data(),
        }
        await self._append_draft(self._draft(EventType.SEARCH_DECIDED, decided))
        return self._ledger.to_end(stop.reason)

    def _drop(self, trial: Trial) -> Arrival:
        choice = Choice(index=trial.index, text="", finish_reason=FinishReason.DROPPED)
        concluded = give_up(choice)
        return Arrival(trial=trial, choice=choice, concluded=concluded, at_ms=self._at_ms())

    async def _interrupt(self, arrivals: Sequence[Arrival]) -> None:
        """Commit what was finished; account for what was cut off, but leave its trials open."""
        came = self._set_aside_lost(arrivals)
        cut = [a for a in came if a.choice.finish_reason is FinishReason.DROPPED]
        await self._commit([a for a in came if a.choice.finish_reason is not FinishReason.DROPPED])
        error = self._lost[0].choice.error or "no detail" if self._lost else None
        note = EventDraft(
            type=EventType.SEARCH_NOTED,
            at_ms=self._at_ms() if error is None else _sent_ms(self._lost[0]),
            data={
                "note": "drained" if error is None else "model-unavailable",
                "detail": error,
                **sum_cost([*self._lost, *cut]),
            },
        )
        await self._append_draft(note)
        if error is not None:
            raise ModelUnavailableError(error)

    async def _append_draft(self, draft: EventDraft) -> None:
        await self._ledger.append(Written(drafts=(draft,)))

    def _draft(self, kind: EventType, data: dict[str, JsonValue]) -> EventDraft:
        return EventDraft(type=kind, at_ms=self._at_ms(), data=data)

    def _at_ms(self) -> int:
        return self._ports.clock.now_ms() - self._started_ms


def _sent_ms(arrival: Arrival) -> int:
    """When the sample's request was sent: time spent on a server that is away is nobody's."""
    return max(0, arrival.at_ms - arrival.choice.timing.total_ms)
