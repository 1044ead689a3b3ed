"""What happened in a search: its events, live or by the page, its tree, its texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, request

from api.answers import answer_json, find_not_modified
from api.dependencies import current_dependencies, current_principal
from api.headers import parse_count, wants_stream
from api.parameters import DEFAULT_PAGE_EVENTS, MAX_PAGE_EVENTS
from api.refusals import BodyNotFoundError, InvalidParameterError, ResultGoneError
from api.requests import parse_after, parse_digest, parse_job_id, refuse_unknown_parameters
from api.sse import PAGE_EVENTS, EventStream, StreamTerms
from api.traces import read_trace
from db.events import EventStore
from db.records import JobKey, JobRecord
from engine.domain.event import Event
from engine.domain.job_type import JobType

blueprint = Blueprint("events", __name__)

TEXT = "text/plain; charset=utf-8"
PICTURES = frozenset({"image/png", "image/svg+xml"})
# Scripts in a model's text must not run even where a browser is talked into showing it as a page.
SANDBOX_CSP = "sandbox; default-src 'none'"
# A drawing may bring its own colours, and nothing else.
PICTURE_CSP = f"{SANDBOX_CSP}; style-src 'unsafe-inline'"


@blueprint.get("/v1/jobs/<job_id>/events")
def list_events(job_id: str) -> Response:
    """Read a page of events, or follow them as they happen."""
    refuse_unknown_parameters("after", "limit")
    after = parse_after()
    dependencies = current_dependencies()
    job = dependencies.jobs.get(current_principal().tenant_id, parse_job_id(job_id))
    if after > job.last_seq:
        raise InvalidParameterError(f"the log ends at {job.last_seq}; there is nothing after")
    if wants_stream(request.headers.get("Accept")):
        response = _stream(job, after)
    else:
        response = _show_page(job, after)
    response.vary.add("Accept")
    return response


@blueprint.get("/v1/jobs/<job_id>/trace")
def show_trace(job_id: str) -> Response:
    """Show the search as a tree, as it is or as it was."""
    refuse_unknown_parameters("at")
    dependencies, tenant_id = current_dependencies(), current_principal().tenant_id
    job = dependencies.jobs.get(tenant_id, parse_job_id(job_id))
    at = parse_count("at", request.args.get("at"), default=job.last_seq, low=1, high=job.last_seq)
    tag = f'"t{at}"'
    found = find_not_modified(tag)
    if found is not None:
        return found
    view = read_trace(dependencies.events, tenant_id, job.job_id, at=at)
    return answer_json(view.to_data(), headers={"ETag": tag})


@blueprint.get("/v1/jobs/<job_id>/bodies/<digest>")
def show_body(job_id: str, digest: str) -> Response:
    """Fetch one text that an event names by its digest."""
    refuse_unknown_parameters()
    dependencies, tenant_id = current_dependencies(), current_principal().tenant_id
    job = dependencies.jobs.get(tenant_id, parse_job_id(job_id))
    body = dependencies.events.find_body(tenant_id, job.job_id, parse_digest(digest))
    if body is None:
        raise ResultGoneError if job.purged_at is not None else BodyNotFoundError
    tag = f'"{digest}"'
    content_type = _find_media_type(job, digest)
    policy = SANDBOX_CSP if content_type == TEXT else PICTURE_CSP
    headers = {"ETag": tag, "Content-Security-Policy": policy}
    return find_not_modified(tag) or Response(body, headers=headers, content_type=content_type)


def _find_media_type(job: JobRecord, digest: str) -> str:
    """Return how a body is to be shown: what no tool has drawn is text, whatever it holds."""
    if job.type is not JobType.TOOL:
        return TEXT
    events = current_dependencies().events.list_events(
        job.tenant_id, job.job_id, limit=MAX_PAGE_EVENTS
    )
    artefacts = [made for event in events for made in event.data.get("artefacts", ())]
    found = [made["media_type"] for made in artefacts if made["digest"] == digest]
    return found[0] if found and found[0] in PICTURES else TEXT


def _show_page(job: JobRecord, after: int) -> Response:
    limit = parse_count(
        "limit",
        request.args.get("limit"),
        default=DEFAULT_PAGE_EVENTS,
        low=1,
        high=MAX_PAGE_EVENTS,
    )
    events = current_dependencies().events.list_events(
        job.tenant_id, job.job_id, after=after, limit=limit
    )
    next_after = events[-1].seq if events else after
    is_complete = job.status.is_terminal and next_after >= job.last_seq
    page = {
        "events": [event.to_data() for event in events],
        "next_after": next_after,
        "is_complete": is_complete,
    }
    headers: dict[str, str] = {}
    if next_after < job.last_seq:
        path = f"/v1/jobs/{job.job_id}/events?after={next_after}&limit={limit}"
        headers["Link"] = f'<{path}>; rel="next"'
    return answer_json(page, headers=headers)


def _stream(job: JobRecord, after: int) -> Response:
    if job.status.is_terminal and after >= job.last_seq:
        # An EventSource comes back for ever, until it is told that there is nothing more.
        return Response(status=HTTPStatus.NO_CONTENT)
    dependencies = current_dependencies()
    terms = dependencies.stream_terms
    stream = EventStream(
        hub=dependencies.hub,
        list_events=partial(_read_events, dependencies.events, job),
        key=JobKey(tenant_id=job.tenant_id, job_id=job.job_id),
        after=after,
        last_seq=job.last_seq,
        terms=StreamTerms(
            heartbeat_s=terms.heartbeat_s,
            max_age_s=terms.max_age_s * (1 + dependencies.jitter() / 10),
            retry_ms=terms.retry_ms,
            blip_s=terms.blip_s,
        ),
        now_s=dependencies.now_s,
    )
    # A proxy that collects the answer before it passes it on would hold the events back.
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store, no-transform"}
    return Response(stream.run(), headers=headers, content_type="text/event-stream")


def _read_events(events: EventStore, job: JobRecord, after: int) -> Sequence[Event]:
    return events.list_events(job.tenant_id, job.job_id, after=after, limit=PAGE_EVENTS)
