"""Jobs that begin with the log of another."""

from __future__ import annotations

from flask import Blueprint, Response

from api import continuation, forking
from api.dependencies import current_dependencies
from api.requests import parse_job_id, refuse_unknown_parameters
from api.routes.jobs import answer_submission, read_submission

blueprint = Blueprint("lineage", __name__)


@blueprint.post("/v1/jobs/<job_id>/extend")
def extend_job(job_id: str) -> Response:
    """Go on with the search of a job that has ended."""
    refuse_unknown_parameters()
    return answer_submission(
        continuation.extend_job(current_dependencies(), parse_job_id(job_id), read_submission())
    )


@blueprint.post("/v1/jobs/<job_id>/fork")
def fork_job(job_id: str) -> Response:
    """Go on from a node of a search that has ended, in another way."""
    refuse_unknown_parameters()
    return answer_submission(
        forking.fork_job(current_dependencies(), parse_job_id(job_id), read_submission())
    )
