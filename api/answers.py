"""Write answers: JSON, jobs with their ETag, problems."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request

from api.dependencies import current_dependencies
from api.headers import is_match, parse_if_none_match, render_version_tag
from api.problems import CONTENT_TYPE, Problem
from api.views import render_job, suggest_retry_s
from db.records import JobRecord

# What is out of reach is usually back within seconds; what is not finished says more by itself.
RETRY_S = 2


def answer_json(
    value: Any, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a value as JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A lone surrogate cannot be written as UTF-8; its escape can.
    encoded = body.encode(errors="backslashreplace")
    return Response(encoded, status, headers, content_type="application/json")


def answer_job(
    job: JobRecord, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a job with its ETag, and when to ask again unless it has ended."""
    given = {**(headers or {}), "ETag": render_version_tag(job.version)}
    if not job.status.is_terminal:
        given["Retry-After"] = str(suggest_retry_s(job, current_dependencies().utc_now()))
    return answer_json(render_job(job), status, given)


def find_not_modified(tag: str) -> Response | None:
    """Return 304 if the caller holds this representation already."""
    if not is_match(tag, parse_if_none_match(request.headers.get("If-None-Match"))):
        return None
    response = Response(status=HTTPStatus.NOT_MODIFIED)
    response.headers["ETag"] = tag
    return response


def render_problem(problem: Problem) -> Response:
    """Return a problem document."""
    response = answer_json(problem.to_data(), problem.status)
    response.headers["Content-Type"] = CONTENT_TYPE
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="svend"'
    if problem.retryable:
        response.headers["Retry-After"] = str(RETRY_S)
    return response
