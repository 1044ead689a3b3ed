"""Accept a problem: check it, plan the job, commit it, and pass on that it waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog

from api.bodies import JobBody, check_body
from api.dependencies import Dependencies
from api.planning import Terms, estimate_job, plan_job
from api.refusals import NoWorkerYetError
from db.caching import CacheTerms
from db.records import Catalogue, IdempotencyKey, NewJob, Submitted
from engine.domain.canonical import canonical_bytes, digest
from engine.domain.ids import TenantId
from engine.domain.price import Prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A request to solve a problem, not yet checked.

    Attributes:
        tenant_id: Whose it is.
        value: The parsed body.
        request_id: Our name for the request.
        idempotency_key: The caller's name for it, which a repetition has as well.
    """

    tenant_id: TenantId
    value: Any
    request_id: str
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    job: NewJob
    cache: CacheTerms | None


def submit_job(dependencies: Dependencies, submission: Submission) -> Submitted:
    """Accept a problem. Once this returns the job is committed, whatever becomes of the process.

    Raises:
        InvalidInputError: Or one of its kind, saying what to mend.
        NoWorkerYetError: When it is not known what can be run.
        IdempotencyMismatchError: When the key came with another body before.
        DependencyUnavailableError: When Postgres cannot be reached. Nothing is accepted then, or
            it is under the same Idempotency-Key.
    """
    name = name_request(submission, submission.value)
    submitted = find_earlier(dependencies, submission, name)
    if submitted is None:
        planned = _plan(dependencies, submission)
        submitted = dependencies.jobs.submit(planned.job, name, planned.cache)
        if submitted.is_cached is not None:
            dependencies.metrics.count_cache(is_hit=submitted.is_cached)
    announce(dependencies, submitted)
    return submitted


def estimate_submission(dependencies: Dependencies, submission: Submission) -> dict[str, Any]:
    """Return what a submission would lead to, and store nothing.

    Raises:
        InvalidInputError: As :func:`submit_job`.
        NoWorkerYetError: As :func:`submit_job`.
    """
    job = _plan(dependencies, submission).job
    pins: Any = job.first.data["pins"]
    return {
        "is_valid": True,
        "strategy": job.strategy,
        "settings": pins["settings"],
        "estimate": estimate_job(job),
    }


def find_earlier(
    dependencies: Dependencies, submission: Submission, name: IdempotencyKey | None
) -> Submitted | None:
    """Return the job that this request has brought already.

    What was accepted once stays so, whatever the workers offer by now.
    """
    if name is None:
        return None
    job = dependencies.jobs.find_submitted(submission.tenant_id, name)
    return None if job is None else Submitted(job=job, is_replay=True)


def find_catalogue(dependencies: Dependencies) -> Catalogue:
    """Return what the workers offer.

    Raises:
        NoWorkerYetError: When none has ever said.
    """
    catalogue = dependencies.offer.find()
    if catalogue is None:
        raise NoWorkerYetError
    return catalogue


def make_terms(dependencies: Dependencies, submission: Submission) -> Terms:
    """Return what the server adds to a request."""
    settings = dependencies.settings
    return Terms(
        job_id=dependencies.entropy.make_job_id(),
        tenant_id=submission.tenant_id,
        seed=dependencies.entropy.draw_seed(),
        max_attempts=settings.max_attempts,
        retention_days=settings.retention_days,
        request_id=submission.request_id,
        prices=Prices(
            per_mtok_in=settings.price_per_mtok_in, per_mtok_out=settings.price_per_mtok_out
        ),
    )


def name_request(submission: Submission, value: Any) -> IdempotencyKey | None:
    """Return the key with the digest of what was asked, whatever its spacing and order.

    Defaults are not filled in: a later release with others must not refuse a repeated request.
    """
    if submission.idempotency_key is None:
        return None
    fingerprint = digest(canonical_bytes(value))
    return IdempotencyKey(key=submission.idempotency_key, fingerprint=fingerprint)


def announce(dependencies: Dependencies, submitted: Submitted) -> None:
    """Pass on that a job waits, unless an earlier request did; name it in the log's lines."""
    job = submitted.job
    structlog.contextvars.bind_contextvars(job_id=job.job_id)
    if not submitted.is_replay and not job.status.is_terminal:
        dependencies.queue.announce(job.job_id, job.queue)


def _plan(dependencies: Dependencies, submission: Submission) -> _Planned:
    body = check_body(JobBody, submission.value)
    job = plan_job(body, find_catalogue(dependencies), make_terms(dependencies, submission))
    if body.cache is None:
        return _Planned(job=job, cache=None)
    return _Planned(job=job, cache=CacheTerms(max_age_s=body.cache.max_age_s, seed=body.seed))
