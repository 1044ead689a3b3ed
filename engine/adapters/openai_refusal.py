"""Reads what a server says when it does not serve a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from engine.adapters.retry import Failure, parse_retry_after
from engine.domain.errors import ModelRequestError, ModelUnavailableError

MAX_SHOWN_CHARS = 500
RETRYABLE_STATUSES = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
# With these a server says that it does not like the request, and possibly which parameter of it.
MALFORMED_STATUSES = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_IMPLEMENTED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reply other than success.

    Attributes:
        status: The HTTP status.
        message: What the server says about it.
        parameter: Which parameter it names, if it does.
        retry_after_s: How long it asks us to wait, if it does.
    """

    status: int
    message: str
    parameter: str | None
    retry_after_s: float | None

    @property
    def is_malformed(self) -> bool:
        """Whether the server blames the request itself."""
        return self.status in MALFORMED_STATUSES

    def to_failure(self) -> Failure:
        """Return the refusal as the retry policy sees it."""
        text = f"the server answered {self.status}: {self.message}"
        is_passing = self.status in RETRYABLE_STATUSES or (
            self.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not self.is_malformed
        )
        error = ModelUnavailableError(text) if is_passing else ModelRequestError(text)
        return Failure(error=error, retry_after_s=self.retry_after_s)


def parse_refusal(status: int, content: bytes, headers: Mapping[str, str]) -> Refusal:
    """Read a reply; whatever it holds, something readable comes of it."""
    fault = _find_fault(content)
    message = fault.get("message")
    parameter = fault.get("param")
    return Refusal(
        status=status,
        message=(message if isinstance(message, str) else _shown(content))[:MAX_SHOWN_CHARS],
        parameter=parameter if isinstance(parameter, str) else None,
        retry_after_s=parse_retry_after(headers.get("retry-after")),
    )


def _find_fault(content: bytes) -> dict[str, Any]:
    try:
        reply: Any = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(reply, dict):
        return {}
    fields = cast("dict[str, Any]", reply)
    fault = fields.get("error", fields)
    return cast("dict[str, Any]", fault) if isinstance(fault, dict) else {"message": fault}


def _shown(content: bytes) -> str:
    return content[:MAX_SHOWN_CHARS].decode(errors="replace").strip() or "nothing"
