"""Go on from a job that has ended: plan the new one, and accept it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.bodies import ContinueBody, ExtendBody, check_body
from api.dependencies import Dependencies
from api.planning import (
    QUEUE_BY_NAME,
    Terms,
    check_money,
    check_times,
    complete_settings,
    find_strategy,
    plan_budget,
)
from api.refusals import NotASearchError
from api.submission import (
    Submission,
    announce,
    find_catalogue,
    find_earlier,
    make_terms,
    name_request,
)
from api.verifier_choice import keep_verifier
from db.derivation import Derivation
from db.records import Catalogue, JobRecord, NewJob, Submitted
from engine.domain.errors import JobNotFinishedError, JobPurgedError
from engine.domain.event import Event, EventDraft, EventType
from engine.domain.ids import JobId, TenantId
from engine.domain.job_type import JobType
from engine.domain.lineage import Relation
from engine.domain.pins import Pins


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The job to go on from.

    Attributes:
        job: As it ended.
        first: Its first event.
        problem_text: Its question, as it was posed.
    """

    job: JobRecord
    first: Event
    problem_text: str

    @property
    def pins(self) -> Pins:
        """What it was run with."""
        return Pins.from_data(self.first.data["pins"])


def extend_job(dependencies: Dependencies, job_id: JobId, submission: Submission) -> Submitted:
    """Accept a job that goes on with the whole search of one that has ended.

    Raises:
        JobNotFoundError: When the tenant has no such job.
        JobNotFinishedError: When it has not ended.
        JobPurgedError: When its texts were deleted.
        PinMismatchError: When it ran on what is no longer served.
        InvalidInputError: Or one of its kind, saying what to mend.
        NoWorkerYetError: When it is not known what can be run.
        IdempotencyMismatchError: When the key came with another request before.
        DependencyUnavailableError: When Postgres cannot be reached.
    """
    name = name_request(submission, {"extend": job_id, "body": submission.value})
    submitted = find_earlier(dependencies, submission, name)
    if submitted is None:
        source = read_source(dependencies, submission.tenant_id, job_id)
        body = check_body(ExtendBody, submission.value)
        terms = make_terms(dependencies, submission)
        new = plan_extension(body, source, find_catalogue(dependencies), terms)
        derivation = Derivation(source_id=job_id, relation=Relation.EXTENDED)
        submitted = dependencies.jobs.derive(new, derivation, name)
    announce(dependencies, submitted)
    return submitted


def plan_extension(body: ExtendBody, source: Source, catalogue: Catalogue, terms: Terms) -> NewJob:
    """Return the job that goes on with a search, with all that its own first event pins.

    What judges is what judged before, also where the workers' default is another by now.

    Raises:
        PinMismatchError: When the search ran on what is no longer served.
        InvalidFieldsError: When the settings do not fit the strategy, or the times each other.
    """
    offered = keep_verifier(catalogue, source.pins.serving.verifier)
    pins = change_settings(source.pins, body.settings, offered)
    return plan_child(body, source, pins, Relation.EXTENDED, terms)


def change_settings(
    pins: Pins,
    given: Mapping[str, Any],
    catalogue: Catalogue,
    at: tuple[str, ...] = ("settings",),
) -> Pins:
    """Return the pins with some settings changed.

    Raises:
        PinMismatchError: When the search ran on what is no longer served: samples of two models
            are no one search's.
        InvalidFieldsError: When the settings do not fit the strategy.
    """
    strategy = find_strategy(pins.algorithm, catalogue)
    pins.check_runnable(strategy["version"], catalogue.serving)
    settings = complete_settings(strategy, {**pins.settings, **given}, catalogue, at=at)
    return replace(pins, settings=settings)


def plan_child(
    body: ContinueBody, source: Source, pins: Pins, relation: Relation, terms: Terms
) -> NewJob:
    """Return a job that goes on from another under its own pins.

    Raises:
        InvalidFieldsError: When the times do not fit each other, or money buys nothing.
    """
    check_times(body, terms)
    job = source.job
    budget = job.budget if body.budget is None else plan_budget(body.budget, terms.prices)
    check_money(budget, terms.prices)
    first = EventDraft(
        type=EventType.JOB_SUBMITTED,
        data={
            "problem": source.first.data["problem"],
            "budget": budget.to_data(),
            **terms.prices.to_first_data(),
            "pins": pins.to_data(),
            "source": {"job_id": job.job_id, "relation": relation.value},
            "request_id": terms.request_id,
        },
    )
    return NewJob(
        job_id=terms.job_id,
        tenant_id=terms.tenant_id,
        problem_text=source.problem_text,
        strategy=pins.algorithm,
        budget=budget,
        first=first,
        queue=job.queue if body.queue is None else QUEUE_BY_NAME[body.queue],
        priority=job.priority if body.priority is None else body.priority,
        deadline_at=body.deadline,
        start_by=body.start_by,
        max_attempts=terms.max_attempts,
        retention_days=body.retention_days or terms.retention_days,
        metadata=job.metadata if body.metadata is None else body.metadata,
    )


def read_source(dependencies: Dependencies, tenant_id: TenantId, job_id: JobId) -> Source:
    """Return a job to go on from.

    Raises:
        JobNotFoundError: When the tenant has no such job.
        JobNotFinishedError: When it has not ended.
        JobPurgedError: When its texts were deleted.
        NotASearchError: When it is the call of a tool.
    """
    job = dependencies.jobs.get(tenant_id, job_id)
    if job.type is not JobType.SOLVE:
        raise NotASearchError
    if not job.status.is_terminal:
        raise JobNotFinishedError(
            f"the job is {job.status}; only one that has ended can be gone on from"
        )
    (first,) = dependencies.events.list_events(tenant_id, job_id, limit=1)
    body = dependencies.events.find_body(tenant_id, job_id, first.data["problem"]["ref"])
    if body is None:
        raise JobPurgedError
    return Source(job=job, first=first, problem_text=body.decode())
