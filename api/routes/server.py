"""The server itself: is it alive, can it serve, what does it count."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Blueprint, Response

from api.answers import answer_json
from api.dependencies import current_dependencies
from api.health import Health, render_health, summarise_health
from api.metrics import CONTENT_TYPE
from engine.domain.errors import SvendError

blueprint = Blueprint("server", __name__)

_log = structlog.stdlib.get_logger(__name__)


@blueprint.get("/healthz")
def show_liveness() -> Response:
    """Say that the process answers; nothing else is looked at."""
    return answer_json({"status": "ok"})


@blueprint.get("/readyz")
def show_readiness() -> Response:
    """Say whether the process can serve, and what is degraded."""
    checks = current_dependencies().check_health()
    is_ready = summarise_health(checks) is not Health.FAILED
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return answer_json(render_health(checks), status)


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """Return the figures; without Postgres those of the requests alone."""
    dependencies = current_dependencies()
    try:
        stats = dependencies.read_stats()
    except SvendError as error:
        _log.warning("queue_uncounted", code=error.code)
        stats = None
    text = dependencies.metrics.render(stats, n_waiting=dependencies.hub.n_waiting)
    return Response(text, content_type=CONTENT_TYPE)
