"""Tools: what there is, and calling one. A call is a job, which a worker runs."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from api.answers import answer_job, answer_json, find_not_modified
from api.bodies import render_moment
from api.dependencies import current_dependencies
from api.headers import parse_prefer
from api.requests import refuse_unknown_parameters
from api.routes.jobs import list_submission_headers, read_submission
from api.submission import find_catalogue
from api.tool_calls import submit_call
from api.views import render_job, render_result
from api.waiting import is_finished, wait_for_job
from db.records import JobRecord
from engine.domain.canonical import canonical_bytes, digest
from engine.domain.errors import ResultUnavailableError

blueprint = Blueprint("tools", __name__)


@blueprint.get("/v1/tools")
def list_tools() -> Response:
    """List the tools, those that cannot be called here with the reason."""
    refuse_unknown_parameters()
    catalogue = find_catalogue(current_dependencies())
    tools = [dict(tool) for tool in catalogue.tools]
    # Of the tools alone: a worker that starts publishes the same ones at another time.
    tag = f'"{digest(canonical_bytes(tools))}"'
    shown = {"tools": tools, "published_at": render_moment(catalogue.published_at)}
    return find_not_modified(tag) or answer_json(shown, headers={"ETag": tag})


@blueprint.post("/v1/tools/<name>")
def call_tool(name: str) -> Response:
    """Call a tool; wait for its result if the caller prefers."""
    refuse_unknown_parameters()
    dependencies = current_dependencies()
    preference = parse_prefer(request.headers.get("Prefer"))
    submitted = submit_call(dependencies, name, read_submission())
    job = submitted.job
    if preference.wait_s:
        job = wait_for_job(dependencies, job, is_enough=is_finished, timeout_s=preference.wait_s)
    headers = list_submission_headers(submitted, preference)
    if not preference.wait_s or not is_finished(job):
        return answer_job(job, HTTPStatus.ACCEPTED, headers)
    called = {"result": _find_result(job), "job": render_job(job)}
    return answer_json(called, headers=headers)


def _find_result(job: JobRecord) -> dict[str, object] | None:
    """Return the result of a job that has ended; ``None`` for one that failed or was stopped."""
    try:
        return render_result(current_dependencies().jobs.get_result(job.tenant_id, job.job_id))
    except ResultUnavailableError:
        return None
