"""The loop of one search: ask, send, commit, tell, until it stops.

Nothing is told to the algorithm before it is committed, so what the algorithm knows is always a
prefix of the log, and any process that folds the log can go on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain.canonical import JsonValue, digest, text_body
from engine.domain.errors import ModelUnavailableError, PinMismatchError
from engine.domain.event import EventDraft, EventType
from engine.domain.record import draft_ended
from engine.domain.standing import StopReason
from engine.domain.trial import Trial
from engine.ports import CancelReason, CancelToken, FinishReason, GenerationRequest
from engine.runner.conclusion import Arrival, Written, decide_outcome, write_tool_run
from engine.runner.flight import Flight
from engine.runner.ledger import Ledger
from engine.runner.request import SearchEnd, SearchPorts, SearchRequest
from engine.runner.watch import Watch
from engine.runner.writing import render_label, sum_cost, write_opened, write_started

SOLVE_PROMPT = "solve"


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
        self._ledger = Ledger(ports.log, request.algorithm, request.problem)
        self._started_ms = ports.clock.now_ms()
        self._last_served_ms = -1
        self._lost: list[Arrival] = []
        self._flight = Flight(
            model=ports.model,
            tools=ports.tools,
            protocol=request.profile.answer_protocol,
            clock=ports.clock,
            started_ms=self._started_ms,
        )
        self._watch = Watch(cancel=cancel, clock=ports.clock, wake=self._flight.wake)
        self._prompt = request.prompts.render(SOLVE_PROMPT, {"problem": request.problem.text})

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
        if self._ledger.standing().is_decided:
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
        fresh = [trial for trial in wanted if not self._ledger.is_opened(trial)]
        if fresh:
            await self._ledger.append(
                write_opened(fresh, self._prompt, self._request, at_ms=self._at_ms())
            )
        for together in _split_groups(wanted):
            self._flight.launch(together, self._to_generation(together))

    def _to_generation(self, trials: Sequence[Trial]) -> GenerationRequest:
        return GenerationRequest(
            prompt=self._prompt,
            n=len(trials),
            seed=trials[0].seed,
            sampling=trials[0].sampling,
            stop=self._request.profile.stop,
            deadline_s=self._request.request_timeout_s,
        )

    # -- outcomes in

    async def _commit(self, arrivals: Sequence[Arrival]) -> None:
        if not arrivals:
            return
        drafts: list[EventDraft] = []
        bodies: dict[str, bytes] = {}
        for arrival in arrivals:
            written = await self._write_arrival(arrival)
            drafts += written.drafts
            bodies |= written.bodies
        await self._ledger.append(Written(drafts=tuple(drafts), bodies=bodies))

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
        if choice.finish_reason is not FinishReason.ERROR or not choice.is_unavailable:
            if choice.finish_reason is not FinishReason.DROPPED:
                self._last_served_ms = max(self._last_served_ms, arrival.at_ms)
            return False
        return self._last_served_ms < _sent_ms(arrival)

    async def _write_arrival(self, arrival: Arrival) -> Written:
        body = text_body(arrival.choice.text)
        body_ref = digest(body)
        outcome = await decide_outcome(
            arrival, self._ports.equality, self._ledger.answers, body_ref=body_ref
        )
        # Within one batch the next answer must already be compared with this one.
        self._ledger.keep_answer(outcome.answer)
        tool_run = write_tool_run(arrival)
        ended = draft_ended(
            arrival.trial,
            outcome,
            at_ms=arrival.at_ms,
            model_calls=arrival.choice.model_calls,
            label=render_label(outcome),
        )
        return Written(
            drafts=(*tool_run.drafts, ended), bodies={**tool_run.bodies, body_ref: body}
        )

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
        standing = self._ledger.standing().to_data()
        decided: dict[str, JsonValue] = {
            "standing": standing,
            "stop_reason": stop.reason.value,
            "spent": self._ledger.spent.to_data(),
        }
        await self._append_draft(self._draft(EventType.SEARCH_DECIDED, decided))
        return self._ledger.to_end(stop.reason)

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


def _split_groups(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Cut trials into runs of one group with consecutive indices: one request each."""
    runs: list[list[Trial]] = []
    for trial in sorted(trials, key=lambda trial: (trial.group_id, trial.index)):
        last = runs[-1][-1] if runs else None
        if last and last.group_id == trial.group_id and last.index + 1 == trial.index:
            runs[-1].append(trial)
        else:
            runs.append([trial])
    return runs


def _sent_ms(arrival: Arrival) -> int:
    """When the sample's request was sent: time spent on a server that is away is nobody's."""
    return max(0, arrival.at_ms - arrival.choice.timing.total_ms)
