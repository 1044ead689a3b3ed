"""The cursor of a list of jobs: opaque to callers, and checked like anything that they send."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from engine.domain.errors import InvalidInputError

MAX_CURSOR_CHARS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last job of a page, by what the list is ordered by."""

    created_at: datetime
    job_id: str


def render_cursor(cursor: Cursor) -> str:
    """Return a cursor as the text that callers are given."""
    place = json.dumps([cursor.created_at.isoformat(), cursor.job_id])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def parse_cursor(text: str) -> Cursor:
    """Read a cursor from its text.

    Raises:
        InvalidInputError: When it is none that :func:`render_cursor` gave out.
    """
    if len(text) > MAX_CURSOR_CHARS:
        raise InvalidInputError(f"a cursor has at most {MAX_CURSOR_CHARS} characters")
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        created_at, job_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        cursor = Cursor(created_at=datetime.fromisoformat(created_at), job_id=job_id)
        # A comparison in Postgres takes neither a lone surrogate nor NUL.
        is_ours = cursor.created_at.tzinfo is not None and job_id.isascii() and "\0" not in job_id
    except (AttributeError, binascii.Error, TypeError, ValueError) as error:
        raise InvalidInputError("the cursor is not one that this service gave out") from error
    if not is_ours:
        raise InvalidInputError("the cursor is not one that this service gave out")
    return cursor
