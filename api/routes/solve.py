"""One request that asks and answers."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from api.answers import answer_job, answer_json
from api.dependencies import Dependencies, current_dependencies
from api.headers import Preference, parse_prefer
from api.requests import refuse_unknown_parameters
from api.routes.jobs import list_submission_headers, read_submission
from api.submission import submit_job
from api.traces import read_trace
from api.views import render_job
from api.waiting import is_finished, wait_for_job
from db.records import JobRecord
from engine.domain.errors import DependencyUnavailableError
from engine.domain.fold import SearchView

blueprint = Blueprint("solve", __name__)


@blueprint.post("/solve")
def solve_problem() -> Response:
    """Accept a problem and wait for its answer."""
    refuse_unknown_parameters()
    dependencies = current_dependencies()
    preference = parse_prefer(request.headers.get("Prefer"))
    submitted = submit_job(dependencies, read_submission())
    wait_s = _choose_wait_s(preference, dependencies.settings.max_wait_s)
    job = wait_for_job(dependencies, submitted.job, is_enough=is_finished, timeout_s=wait_s)
    headers = list_submission_headers(submitted, preference)
    trace = _find_trace(dependencies, job) if is_finished(job) else None
    if trace is None:
        return answer_job(job, HTTPStatus.ACCEPTED, headers)
    solved = {"answer": job.answer_text, "trace": trace.to_data(), "job": render_job(job)}
    return answer_json(solved, headers=headers)


def _find_trace(dependencies: Dependencies, job: JobRecord) -> SearchView | None:
    """Return the search of a job that has ended; ``None`` while Postgres is away.

    The job is accepted all the same, and an error would hide where to find it.
    """
    try:
        return read_trace(dependencies.events, job.tenant_id, job.job_id)
    except DependencyUnavailableError:
        return None


def _choose_wait_s(preference: Preference, longest_s: float) -> float:
    if preference.is_async:
        return 0.0
    return longest_s if preference.wait_s is None else preference.wait_s
