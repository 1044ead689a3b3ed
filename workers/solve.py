"""One attempt at one job: from its claim to its end, or to giving it back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, unbind_contextvars

from db.records import Claim, Ending, Lease
from engine.config import Settings
from engine.domain.algorithm import Algorithm
from engine.domain.errors import (
    CorruptLogError,
    DependencyUnavailableError,
    FencedError,
    ModelUnavailableError,
    SvendError,
)
from engine.domain.event import Event, EventDraft, EventType
from engine.domain.job_type import JobType
from engine.domain.lineage import VERIFIER_FALLBACK
from engine.domain.pins import Pins
from engine.domain.problem import Problem
from engine.ports import CancelReason, ChatModel, Clock, Equality, ToolRunner
from engine.runner import SearchEnd, SearchPorts, SearchRequest, run_search
from engine.search.registry import create_algorithm
from workers.cancel import JobCancel
from workers.event_log import LogPorts, PostgresEventLog
from workers.leases import LeaseKeeper
from workers.model_slots import Asker
from workers.offer import Offer
from workers.result import end_job, fail_job
from workers.tool_job import SandboxBrokenError, ToolJob
from workers.verifier import NONE

# How long a job waits before it is tried again when its model server was away.
MODEL_PAUSE_S = 5.0

# The same for the call of a tool whose sandbox failed.
SANDBOX_PAUSE_S = 1.0

DRAINED = "drain"
MODEL_AWAY = "model-unavailable"
SANDBOX_BROKEN = "sandbox-broken"
FENCED_ITSELF = "self-fenced"
# How a search's settings say that it wants scores.
USES_VERIFIER = "verifier"
# What a run is counted as when not even its failure could be written.
LEFT_OPEN = "left-open"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvePorts:
    """What the searches of a process share.

    Attributes:
        model: Gives one job's searches their share of the model server.
        tools: Runs programs; ``None`` where no tool is offered.
        equality: Decides which answers mean the same.
        clock: This process's time.
        log: What its event logs share.
        keeper: The leases held.
    """

    model: Callable[[Asker], ChatModel]
    tools: ToolRunner | None
    equality: Equality
    clock: Clock
    log: LogPorts
    keeper: LeaseKeeper


class Solver:
    """Carries claimed jobs through. Nothing that it is given to run escapes as an error."""

    def __init__(self, ports: SolvePorts, settings: Settings) -> None:
        """Begin with nothing to offer: :attr:`offer` is set once the model has been found."""
        self._ports = ports
        self._settings = settings
        self.offer: Offer | None = None

    async def solve(self, claim: Claim, claimed_s: float) -> None:
        """Carry a job to its end, or give it back.

        Args:
            claim: The job, now this process's.
            claimed_s: A time on the monotonic clock before the claim was asked for.
        """
        lease = claim.lease
        with bound_contextvars(job_id=lease.job_id, epoch=lease.epoch):
            cancel = JobCancel(asyncio.get_running_loop())
            log = PostgresEventLog(claim, self._ports.log, cancel)
            self._ports.keeper.hold(lease, cancel, lambda: log.seq, claimed_s)
            self._ports.log.mirror.publish(lease.tenant_id, lease.job_id, claim.events)
            try:
                ending = await self._carry(claim, log, cancel)
            except Exception:  # noqa: BLE001 - the edge of the process: nothing escapes it
                # Nothing more can be written. The lease runs out, and the attempt counts, so that
                # the reaper fails the job in the end.
                _log.exception("job_left_open")
                ending = LEFT_OPEN
            finally:
                self._ports.keeper.drop(lease)
            self._report(ending, claimed_s)
            unbind_contextvars("request_id")

    async def _carry(self, claim: Claim, log: PostgresEventLog, cancel: JobCancel) -> str:
        try:
            return await self._attempt(claim, log, cancel)
        except (FencedError, DependencyUnavailableError) as error:
            await self._give_up(claim.lease)
            return "fenced" if isinstance(error, FencedError) else error.code

    async def _attempt(self, claim: Claim, log: PostgresEventLog, cancel: JobCancel) -> str:
        try:
            if claim.job.type is JobType.TOOL:
                return await self._call_tool(claim, log, cancel)
            end = await self._search(claim, log, cancel)
            if end.is_interrupted:
                return await self._interrupt(claim.lease, cancel)
            return await self._finish(log, end_job(end, log.view(), claim.lease), claim.lease)
        except (FencedError, DependencyUnavailableError):
            raise
        except ModelUnavailableError as error:
            _log.warning("model_unavailable", error=str(error))
            return await self._release(claim.lease, MODEL_AWAY, pause_s=MODEL_PAUSE_S)
        except Exception as error:  # noqa: BLE001 - the edge of the process: the job must end
            _log.warning("search_failed", exc_info=not isinstance(error, SvendError))
            return await self._fail(log, error, claim.lease)

    async def _call_tool(self, claim: Claim, log: PostgresEventLog, cancel: JobCancel) -> str:
        bind_contextvars(**_find_request(await log.read_first()))
        job = ToolJob(self._ports.tools, self._ports.clock)
        try:
            ending = await job.run(log, cancel, _remaining_ms(claim))
        except SandboxBrokenError as error:
            if claim.lease.attempt >= claim.job.max_attempts:
                raise
            _log.warning("sandbox_broken", error=str(error))
            return await self._release(claim.lease, SANDBOX_BROKEN, pause_s=SANDBOX_PAUSE_S)
        if ending is None:
            return await self._interrupt(claim.lease, cancel)
        return await self._finish(log, ending, claim.lease)

    async def _fail(self, log: PostgresEventLog, error: Exception, lease: Lease) -> str:
        try:
            return await self._finish(log, fail_job(error, lease), lease)
        except (FencedError, DependencyUnavailableError):
            raise
        except Exception as refused:  # noqa: BLE001 - whatever it was, the job must end
            # The words of this failure cannot be written; that it failed probably can.
            _log.exception("failure_not_written")
            return await self._finish(log, fail_job(refused, lease), lease)

    async def _search(self, claim: Claim, log: PostgresEventLog, cancel: JobCancel) -> SearchEnd:
        first = await log.read_first()
        bind_contextvars(**_find_request(first))
        pins = Pins.from_data(first.data["pins"])
        offer = self._get_offer().judged_by(pins.serving.verifier)
        request = self._make_request(claim, pins, offer, await _read_problem(log, first))
        verifier = offer.verifier
        if verifier is not None and verifier.note is not None and _is_judged(request.algorithm):
            await _note_once(log, verifier.note)
        ports = SearchPorts(
            model=self._ports.model(Asker(tenant_id=claim.lease.tenant_id, doubt=log.find_doubt)),
            tools=self._ports.tools,
            equality=self._ports.equality,
            log=log,
            clock=self._ports.clock,
            verifier=None if verifier is None else verifier.to_tenant(claim.lease.tenant_id),
        )
        return await run_search(request, ports, cancel)

    def _make_request(
        self, claim: Claim, pins: Pins, offer: Offer, problem_text: str
    ) -> SearchRequest:
        settings = self._settings
        # Whether something judges is as pinned: where that is not served any more, the search is
        # made all the same, and refused with each difference named.
        offered = replace(offer.offered, has_verifier=pins.serving.verifier != NONE)
        algorithm = create_algorithm(pins.algorithm, pins.settings, offered, start=pins.start)
        return SearchRequest(
            problem=Problem(
                text=problem_text,
                root_search_id=pins.root_search_id,
                seed=pins.seed,
            ),
            algorithm=algorithm,
            settings=pins.settings,
            budget=claim.job.budget,
            profile=offer.profile,
            prompts=offer.prompts,
            serving=offer.serving,
            deadline_ms=_remaining_ms(claim),
            max_in_flight=settings.samples_in_flight,
            request_timeout_s=settings.llm_timeout_s,
            tools_text=offer.tools_text,
            tools=offer.native_tools,
            calibrate=offer.assess_for(pins.algorithm, is_judged=_is_judged(algorithm)).assess,
        )

    def _get_offer(self) -> Offer:
        if self.offer is None:
            raise ModelUnavailableError("no model has been found yet")
        return self.offer

    async def _interrupt(self, lease: Lease, cancel: JobCancel) -> str:
        if cancel.reason() is CancelReason.FENCED:
            raise FencedError
        return await self._release(lease, DRAINED)

    async def _release(self, lease: Lease, reason: str, pause_s: float = 0.0) -> str:
        log = self._ports.log
        self._ports.keeper.expect_end(lease)
        events = await log.database.run(log.leases.release, lease, reason, delay_s=pause_s)
        log.mirror.publish(lease.tenant_id, lease.job_id, events)
        return reason

    async def _finish(self, log: PostgresEventLog, ending: Ending, lease: Lease) -> str:
        self._ports.keeper.expect_end(lease)
        await log.finish(ending)
        return ending.status.value

    async def _give_up(self, lease: Lease) -> None:
        """Hand back a job whose lease this process could not confirm, if nobody took it since."""
        with suppress(FencedError, DependencyUnavailableError):
            await self._release(lease, FENCED_ITSELF)

    def _report(self, ending: str, claimed_s: float) -> None:
        duration_s = time.monotonic() - claimed_s
        self._ports.log.metrics.endings.labels(ending).inc()
        self._ports.log.metrics.search_s.observe(duration_s)
        _log.info("run_ended", ending=ending, duration_ms=round(duration_s * 1000))


async def _read_problem(log: PostgresEventLog, first: Event) -> str:
    body = await log.find_body(first.data["problem"]["ref"])
    if body is None:
        raise CorruptLogError("the text of the problem is not beside the log")
    return body.decode()


def _is_judged(algorithm: Algorithm[Any]) -> bool:
    """Whether a setting of the search, or of a part of it, names the verifier."""
    return _names_verifier(algorithm.settings())


def _names_verifier(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_names_verifier(one) for one in cast("Mapping[str, Any]", value).values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(_names_verifier(one) for one in cast("Sequence[Any]", value))
    return value == USES_VERIFIER


async def _note_once(log: PostgresEventLog, detail: str) -> None:
    """Write into the log what takes the verifier's place, unless an earlier attempt has."""
    events = await log.read()
    if any(e.data.get("note") == VERIFIER_FALLBACK for e in events):
        return
    data = {"note": VERIFIER_FALLBACK, "detail": detail}
    await log.append([EventDraft(type=EventType.SEARCH_NOTED, data=data)], {})


def _find_request(first: Event) -> dict[str, str]:
    """Return the name of the request that brought the job, if the log tells it."""
    request_id = first.data.get("request_id")
    return {} if request_id is None else {"request_id": request_id}


def _remaining_ms(claim: Claim) -> int | None:
    """Return the time to the deadline, both ends by the database's clock."""
    deadline_at = claim.job.deadline_at
    if deadline_at is None or not claim.events:
        return None
    claimed_at = datetime.fromisoformat(claim.events[-1].ts)
    return max(0, round((deadline_at - claimed_at).total_seconds() * 1000))
