"""Parse and write the headers and query values that carry meaning of our own. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from api.refusals import InvalidHeaderError, InvalidParameterError
from engine.domain.errors import UnauthenticatedError

MAX_KEY_CHARS = 255
MAX_WAIT_DIGITS = 6
MAX_SEQ_DIGITS = 16

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_VERSION_TAG = re.compile(r'"v(\d{1,16})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What a ``Prefer`` header (RFC 7240) asks for.

    Attributes:
        wait_s: How long to wait for the job's end; ``None`` when not asked for.
        is_async: Whether ``respond-async`` was asked for.
    """

    wait_s: float | None = None
    is_async: bool = False

    def applied(self, wait_s: float) -> str | None:
        """Return the ``Preference-Applied`` value, given how long was waited at most."""
        if self.is_async:
            return "respond-async"
        return None if self.wait_s is None else f"wait={wait_s:g}"


def parse_prefer(text: str | None) -> Preference:
    """Read a ``Prefer`` header. Unknown or unreadable preferences are ignored, as RFC 7240 says.

    ``respond-async`` beats ``wait``; of several ``wait`` the first counts.
    """
    wait_s: float | None = None
    is_async = False
    for part in (text or "").split(","):
        name, _, value = part.partition(";")[0].partition("=")
        match name.strip().lower():
            case "respond-async":
                is_async = True
            case "wait" if wait_s is None:
                wait_s = _find_seconds(value.strip().strip('"'))
            case _:
                pass
    return Preference(wait_s=None if is_async else wait_s, is_async=is_async)


def parse_bearer(text: str | None) -> str:
    """Return the key of an ``Authorization: Bearer`` header.

    Raises:
        UnauthenticatedError: When there is none.
    """
    scheme, _, key = (text or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise UnauthenticatedError
    return key.strip()


def parse_idempotency_key(text: str | None) -> str | None:
    """Return an ``Idempotency-Key``; ``None`` when the header is absent.

    Raises:
        InvalidHeaderError: When it is empty, too long, or not printable ASCII.
    """
    if text is None:
        return None
    if not 1 <= len(text) <= MAX_KEY_CHARS or not (text.isascii() and text.isprintable()):
        raise InvalidHeaderError(
            f"Idempotency-Key must be 1 to {MAX_KEY_CHARS} printable ASCII characters"
        )
    return text


def find_request_id(text: str | None) -> str | None:
    """Return the caller's ``X-Request-Id`` if it is safe to log and to echo."""
    return text if text is not None and _REQUEST_ID.fullmatch(text) else None


def parse_if_none_match(text: str | None) -> tuple[str, ...]:
    """Return the entity tags, quotes included; weak ones match like strong ones (RFC 9110)."""
    tags = (part.strip().removeprefix("W/") for part in (text or "").split(","))
    return tuple(tag for tag in tags if tag)


def is_match(tag: str, if_none_match: tuple[str, ...]) -> bool:
    """Whether the caller already holds this representation."""
    return "*" in if_none_match or tag in if_none_match


def render_version_tag(version: int) -> str:
    """Return the strong entity tag of a job's version."""
    return f'"v{version}"'


def find_tagged_version(if_none_match: tuple[str, ...]) -> int | None:
    """Return the first version that :func:`render_version_tag` wrote among the tags."""
    found = (_VERSION_TAG.fullmatch(tag) for tag in if_none_match)
    return next((int(match.group(1)) for match in found if match), None)


def parse_last_event_id(text: str | None) -> int:
    """Return the seq after which a stream continues; 0 when the header is absent or empty.

    Raises:
        InvalidHeaderError: When it is not a number that this server gave out.
    """
    if not text:
        return 0
    if not _is_count(text, MAX_SEQ_DIGITS):
        raise InvalidHeaderError("Last-Event-ID must be the number of an event")
    return int(text)


def parse_count(name: str, text: str | None, *, default: int, low: int, high: int) -> int:
    """Return a whole number from the query.

    Raises:
        InvalidParameterError: When it is not one from ``low`` to ``high``.
    """
    if text is None:
        return default
    if not _is_count(text, MAX_SEQ_DIGITS) or not low <= int(text) <= high:
        raise InvalidParameterError(f"{name} must be a whole number from {low} to {high}")
    return int(text)


def parse_wait(text: str | None, max_wait_s: float) -> float | None:
    """Return the seconds of ``?wait=``, at most ``max_wait_s``; ``None`` when absent.

    Raises:
        InvalidParameterError: When it is not a number of seconds.
    """
    if text is None:
        return None
    seconds = _find_seconds(text)
    if seconds is None:
        raise InvalidParameterError("wait must be a whole number of seconds")
    return min(seconds, max_wait_s)


def wants_stream(accept: str | None) -> bool:
    """Whether an ``Accept`` header asks for server-sent events rather than JSON."""
    kinds = [part.partition(";")[0].strip().lower() for part in (accept or "").split(",")]
    if "text/event-stream" not in kinds:
        return False
    ahead = kinds[: kinds.index("text/event-stream")]
    return "application/json" not in ahead


def _find_seconds(text: str) -> float | None:
    return float(text) if _is_count(text, MAX_WAIT_DIGITS) else None


def _is_count(text: str, max_digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= max_digits
