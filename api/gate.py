"""What every request passes: an id, a key with its scope, and the headers of every answer."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, current_app, g, request

from api.dependencies import Dependencies, current_dependencies
from api.headers import find_request_id, parse_bearer
from api.operations import OPERATIONS
from api.refusals import RouteNotFoundError
from engine.domain.errors import ForbiddenError

STRICT_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
SAFE_HEADERS = {
    "Content-Security-Policy": STRICT_CSP,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
CORS_METHODS = "GET, POST, DELETE"
CORS_REQUEST_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Prefer, "
    "X-Request-Id"
)
CORS_ANSWER_HEADERS = (
    "ETag, Idempotency-Replayed, Link, Location, Preference-Applied, Retry-After, X-Request-Id"
)
CORS_MAX_AGE_S = "600"

_log = structlog.stdlib.get_logger(__name__)


def install_gate(app: Flask, dependencies: Dependencies) -> None:
    """Put the gate before and behind every route."""
    app.before_request(_begin)
    app.before_request(check_access)
    # Functions run in the reverse order: what is logged last has every header.
    app.after_request(_finish)
    app.after_request(_protect)
    origins = frozenset(dependencies.settings.cors_origins)

    def allow(response: Response) -> Response:
        return allow_origin(response, origins)

    app.after_request(allow)


def check_access() -> None:
    """Ask for a key with the scope that the operation needs; a route of no operation is closed.

    Raises:
        UnauthenticatedError: Without a valid key.
        ForbiddenError: When the key lacks the scope.
        RouteNotFoundError: For a route that no operation describes.
    """
    if request.endpoint is None or request.method == "OPTIONS":
        return
    operation = OPERATIONS.get(request.endpoint)
    if operation is None:
        raise RouteNotFoundError
    if operation.scope is None:
        return
    key = parse_bearer(request.headers.get("Authorization"))
    principal = current_dependencies().keys.authenticate(key)
    structlog.contextvars.bind_contextvars(tenant_id=principal.tenant_id, key_id=principal.key_id)
    if operation.scope.value not in principal.scopes:
        raise ForbiddenError(f"the API key lacks the scope {operation.scope.value}")
    g.principal = principal


def allow_origin(response: Response, origins: frozenset[str]) -> Response:
    """Let pages of the listed origins read the answer. No cookie is ever of use here."""
    if not origins:
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin not in origins:
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = CORS_ANSWER_HEADERS
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = CORS_METHODS
        response.headers["Access-Control-Allow-Headers"] = CORS_REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = CORS_MAX_AGE_S
    return response


def _begin() -> None:
    dependencies = current_dependencies()
    given = find_request_id(request.headers.get("X-Request-Id"))
    g.request_id = given or dependencies.entropy.make_request_id()
    g.began_s = time.monotonic()
    # A kept connection is answered by one greenlet: what the last request bound must go.
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _protect(response: Response) -> Response:
    for name, value in SAFE_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = str(g.get("request_id", ""))
    return response


def _finish(response: Response) -> Response:
    seconds = time.monotonic() - g.get("began_s", time.monotonic())
    # The rule, not the path: a caller can make as many paths as it likes.
    route = request.url_rule.rule if request.url_rule else "(none)"
    found: Dependencies = current_app.extensions["svend"]
    found.metrics.observe(
        method=request.method, route=route, status=response.status_code, seconds=seconds
    )
    _log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
    )
    return response
