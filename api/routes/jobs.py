"""Jobs: submit, list, show, cancel, finish, and fetch the result."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from api.answers import answer_job, answer_json, find_not_modified
from api.dependencies import current_dependencies, current_principal, current_request_id
from api.headers import (
    Preference,
    find_tagged_version,
    parse_count,
    parse_idempotency_key,
    parse_if_none_match,
    parse_prefer,
    parse_wait,
    render_version_tag,
)
from api.parameters import DEFAULT_PAGE_JOBS, MAX_PAGE_JOBS, MAX_SEQ
from api.refusals import InvalidParameterError, ResultGoneError
from api.requests import (
    parse_flag,
    parse_job_id,
    parse_status,
    read_json,
    refuse_unknown_parameters,
)
from api.submission import Submission, estimate_submission
from api.submission import submit_job as accept_job
from api.views import render_job, render_result
from api.waiting import is_finished, wait_for_job
from db.records import JobRecord, Submitted
from engine.domain.errors import InvalidInputError, ResultUnavailableError
from engine.domain.job_status import JobStatus

blueprint = Blueprint("jobs", __name__)


@blueprint.post("/v1/jobs")
def submit_job() -> Response:
    """Accept a problem; wait for its end if the caller prefers."""
    refuse_unknown_parameters("dry_run")
    dependencies = current_dependencies()
    submission = read_submission()
    if parse_flag("dry_run"):
        return answer_json(estimate_submission(dependencies, submission))
    return answer_submission(accept_job(dependencies, submission))


@blueprint.get("/v1/jobs")
def list_jobs() -> Response:
    """List the tenant's jobs, newest first."""
    refuse_unknown_parameters("limit", "cursor", "status")
    limit = parse_count(
        "limit",
        request.args.get("limit"),
        default=DEFAULT_PAGE_JOBS,
        low=1,
        high=MAX_PAGE_JOBS,
    )
    status = parse_status(request.args.get("status"))
    cursor = request.args.get("cursor")
    try:
        page = current_dependencies().jobs.list_page(
            current_principal().tenant_id, limit=limit, cursor=cursor, status=status
        )
    except InvalidInputError as error:
        raise InvalidParameterError(str(error)) from error
    headers: dict[str, str] = {}
    if page.next_cursor is not None:
        query = {"limit": limit, "cursor": page.next_cursor}
        asked = urlencode({**query, "status": status} if status else query)
        headers["Link"] = f'</v1/jobs?{asked}>; rel="next"'
    shown = [render_job(job) for job in page.jobs]
    return answer_json({"jobs": shown, "next_cursor": page.next_cursor}, headers=headers)


@blueprint.get("/v1/jobs/<job_id>")
def show_job(job_id: str) -> Response:
    """Show a job, held back until it has changed if the caller asks for that."""
    refuse_unknown_parameters("wait", "version")
    dependencies = current_dependencies()
    wait_s = parse_wait(request.args.get("wait"), dependencies.settings.max_wait_s)
    version = _find_known_version()
    job = dependencies.jobs.get(current_principal().tenant_id, parse_job_id(job_id))
    if wait_s:

        def is_news(found: JobRecord) -> bool:
            return is_finished(found) if version is None else found.version != version

        job = wait_for_job(
            dependencies,
            job,
            is_enough=lambda found: is_finished(found) or is_news(found),
            timeout_s=wait_s,
        )
    return find_not_modified(render_version_tag(job.version)) or answer_job(job)


@blueprint.post("/v1/jobs/<job_id>/cancel")
def cancel_job(job_id: str) -> Response:
    """Ask for a job to stop."""
    refuse_unknown_parameters()
    tenant_id = current_principal().tenant_id
    return answer_job(current_dependencies().jobs.request_cancel(tenant_id, parse_job_id(job_id)))


@blueprint.post("/v1/jobs/<job_id>/finish")
def finish_job(job_id: str) -> Response:
    """Ask for a job's best answer so far."""
    refuse_unknown_parameters()
    dependencies = current_dependencies()
    job = dependencies.jobs.request_finish(current_principal().tenant_id, parse_job_id(job_id))
    if job.status is JobStatus.QUEUED:
        # The next worker to claim it ends it: the sooner, the better.
        dependencies.queue.announce(job.job_id, job.queue)
    return answer_job(job)


@blueprint.get("/v1/jobs/<job_id>/result")
def show_result(job_id: str) -> Response:
    """Fetch the result of a job that has ended."""
    refuse_unknown_parameters()
    jobs, tenant_id = current_dependencies().jobs, current_principal().tenant_id
    try:
        result = jobs.get_result(tenant_id, parse_job_id(job_id))
    except ResultUnavailableError as error:
        if jobs.get(tenant_id, parse_job_id(job_id)).purged_at is not None:
            raise ResultGoneError(str(error)) from error
        raise
    tag = f'"{result.digest}"'
    return find_not_modified(tag) or answer_json(render_result(result), headers={"ETag": tag})


def answer_submission(submitted: Submitted) -> Response:
    """Answer a request that brought a job, waiting for its end if the caller prefers."""
    preference = parse_prefer(request.headers.get("Prefer"))
    job = submitted.job
    if preference.wait_s:
        job = wait_for_job(
            current_dependencies(), job, is_enough=is_finished, timeout_s=preference.wait_s
        )
    has_waited = preference.wait_s or submitted.is_cached
    status = HTTPStatus.OK if has_waited and is_finished(job) else HTTPStatus.ACCEPTED
    return answer_job(job, status, list_submission_headers(submitted, preference))


def read_submission() -> Submission:
    """Return the request as a submission, its headers checked and its body parsed."""
    return Submission(
        tenant_id=current_principal().tenant_id,
        idempotency_key=parse_idempotency_key(request.headers.get("Idempotency-Key")),
        value=read_json(),
        request_id=current_request_id(),
    )


def list_submission_headers(submitted: Submitted, preference: Preference) -> dict[str, str]:
    """Return the headers by which a submission is answered."""
    headers = {"Location": f"/v1/jobs/{submitted.job.job_id}"}
    max_wait_s = current_dependencies().settings.max_wait_s
    applied = preference.applied(min(preference.wait_s or 0, max_wait_s))
    if applied is not None:
        headers["Preference-Applied"] = applied
    if submitted.is_replay:
        headers["Idempotency-Replayed"] = "true"
    return headers


def _find_known_version() -> int | None:
    text = request.args.get("version")
    if text is not None:
        return parse_count("version", text, default=0, low=0, high=MAX_SEQ)
    return find_tagged_version(parse_if_none_match(request.headers.get("If-None-Match")))
