"""Jobs that begin with the log of another."""

from __future__ import annotations

from flask import Blueprint, Response

from api import continuation
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
