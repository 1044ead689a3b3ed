"""Errors as RFC 9457 problem documents: one table from an error's code to its status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from api.refusals import (
    BadRequestError,
    BodyTooLargeError,
    FieldFault,
    InvalidFieldsError,
    MethodNotAllowedError,
    RouteNotFoundError,
    UnsupportedMediaTypeError,
)
from engine.domain.errors import SvendError

CONTENT_TYPE = "application/problem+json"

# Every code of the error tree has its status here; a test walks the tree. What a caller cannot
# cause over HTTP is the server's own fault, whatever it is called inside.
STATUS_BY_CODE: Mapping[str, HTTPStatus] = {
    "bad-key": HTTPStatus.UNAUTHORIZED,
    "bad-request": HTTPStatus.BAD_REQUEST,
    "calibration": HTTPStatus.INTERNAL_SERVER_ERROR,
    "corrupt-log": HTTPStatus.INTERNAL_SERVER_ERROR,
    "dependency-unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "event-encoding": HTTPStatus.UNPROCESSABLE_ENTITY,
    "event-version": HTTPStatus.INTERNAL_SERVER_ERROR,
    "fenced": HTTPStatus.CONFLICT,
    "gone": HTTPStatus.GONE,
    "idempotency-mismatch": HTTPStatus.UNPROCESSABLE_ENTITY,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
    "invalid-budget": HTTPStatus.UNPROCESSABLE_ENTITY,
    "invalid-header": HTTPStatus.BAD_REQUEST,
    "invalid-parameter": HTTPStatus.BAD_REQUEST,
    "invalid-problem": HTTPStatus.UNPROCESSABLE_ENTITY,
    "invalid-tool-call": HTTPStatus.UNPROCESSABLE_ENTITY,
    "job-not-finished": HTTPStatus.CONFLICT,
    "key-not-found": HTTPStatus.NOT_FOUND,
    "malformed-json": HTTPStatus.BAD_REQUEST,
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "model": HTTPStatus.BAD_GATEWAY,
    "model-request": HTTPStatus.BAD_GATEWAY,
    "model-timeout": HTTPStatus.GATEWAY_TIMEOUT,
    "model-unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "no-result": HTTPStatus.NOT_FOUND,
    "no-worker-yet": HTTPStatus.SERVICE_UNAVAILABLE,
    "not-found": HTTPStatus.NOT_FOUND,
    "pin-mismatch": HTTPStatus.CONFLICT,
    "profile": HTTPStatus.INTERNAL_SERVER_ERROR,
    "route-not-found": HTTPStatus.NOT_FOUND,
    "schema-mismatch": HTTPStatus.SERVICE_UNAVAILABLE,
    "scope": HTTPStatus.FORBIDDEN,
    "settings": HTTPStatus.INTERNAL_SERVER_ERROR,
    "state-conflict": HTTPStatus.CONFLICT,
    "strategy-unavailable": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "tool": HTTPStatus.INTERNAL_SERVER_ERROR,
    "tool-unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "unknown-prompt": HTTPStatus.INTERNAL_SERVER_ERROR,
    "unknown-strategy": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown-tool": HTTPStatus.NOT_FOUND,
    "unknown-verifier": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unsupported-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "validation": HTTPStatus.UNPROCESSABLE_ENTITY,
}

ERROR_BY_STATUS: Mapping[int, type[SvendError]] = {
    HTTPStatus.NOT_FOUND: RouteNotFoundError,
    HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowedError,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: BodyTooLargeError,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaTypeError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem document.

    Attributes:
        status: HTTP status.
        code: Stable name; ``type`` leads to its explanation in the reference page.
        title: The same for every problem of this code.
        detail: What happened this time.
        instance: Path of the request.
        request_id: For finding the request in the logs.
        retryable: Whether the same request may succeed later.
        errors: Faults of single fields.
    """

    status: HTTPStatus
    code: str
    title: str
    detail: str
    instance: str
    request_id: str
    retryable: bool
    errors: tuple[FieldFault, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Return the document as JSON."""
        return {
            "type": render_type(self.code),
            "title": self.title,
            "status": int(self.status),
            "detail": self.detail,
            "instance": self.instance,
            "code": self.code,
            "request_id": self.request_id,
            "retryable": self.retryable,
            "errors": [asdict(fault) for fault in self.errors],
        }


def describe_problem(error: SvendError, *, instance: str, request_id: str) -> Problem:
    """Return what a caller is told about an error.

    What is the server's own fault keeps its details for the log.
    """
    status = find_status(error.code)
    is_ours = status == HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(
        status=status,
        code=error.code,
        title=_title(type(error)),
        detail=_OURS if is_ours else str(error),
        instance=instance,
        request_id=request_id,
        retryable=error.retryable,
        errors=error.faults if isinstance(error, InvalidFieldsError) else (),
    )


def find_status(code: str) -> HTTPStatus:
    """Return the status of an error's code; an unknown code is the server's fault."""
    return STATUS_BY_CODE.get(code, HTTPStatus.INTERNAL_SERVER_ERROR)


def translate_status(status: int | None, message: str | None) -> SvendError:
    """Return the error that stands for an exception of the web framework."""
    if status is None:
        return SvendError()
    if status in ERROR_BY_STATUS:
        return ERROR_BY_STATUS[status]()
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return BadRequestError(message or "")
    return SvendError()


def render_type(code: str) -> str:
    """Return the URI reference that names a kind of problem."""
    return f"/docs#problem-{code}"


def list_kinds() -> dict[str, tuple[HTTPStatus, str, bool]]:
    """Return each code with its status, its meaning, and whether a retry may help."""
    kinds: dict[str, tuple[HTTPStatus, str, bool]] = {}
    for kind in _walk(SvendError):
        kinds.setdefault(kind.code, (find_status(kind.code), _title(kind), kind.retryable))
    return dict(sorted(kinds.items()))


_OURS = "Something went wrong on this server; its log has the details under this request id."


def _title(kind: type[SvendError]) -> str:
    summary = (kind.__doc__ or "").split("\n\n")[0]
    return " ".join(summary.split()).removesuffix(".")


def _walk(kind: type[SvendError]) -> list[type[SvendError]]:
    return [kind] + [found for child in kind.__subclasses__() for found in _walk(child)]
