"""Read what a request brings: its body, the ids in its path, the values in its query."""

from __future__ import annotations

import re
from typing import TypeVar

from flask import request

from api.bodies import Body, check_body
from api.headers import parse_count, parse_last_event_id
from api.parameters import MAX_SEQ
from api.refusals import (
    BodyNotFoundError,
    InvalidParameterError,
    KeyNotFoundError,
    UnsupportedMediaTypeError,
)
from api.strict_json import parse_json
from engine.domain.errors import JobNotFoundError
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus

JSON_TYPES = frozenset({"application/json"})

_JOB_ID = re.compile(r"job_[0-9a-f-]{36}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY_ID = re.compile(r"[A-Za-z0-9-]{1,64}")

B = TypeVar("B", bound=Body)


def read_json() -> object:
    """Return the request's JSON body.

    Raises:
        UnsupportedMediaTypeError: When it is not declared as JSON.
        MalformedBodyError: When it is none.
        BodyTooLargeError: When it is larger than the server accepts.
    """
    if request.mimetype not in JSON_TYPES:
        raise UnsupportedMediaTypeError
    return parse_json(request.get_data(cache=False))


def read_body(kind: type[B]) -> B:
    """Return the request's body, checked.

    Raises:
        InvalidFieldsError: With every fault of it.
    """
    return check_body(kind, read_json())


def parse_job_id(text: str) -> JobId:
    """Return a job's id. What no job of ours can be named is not found, like a foreign job's.

    Raises:
        JobNotFoundError: For any other text.
    """
    if not _JOB_ID.fullmatch(text):
        raise JobNotFoundError
    return JobId(text)


def parse_digest(text: str) -> str:
    """Return a digest.

    Raises:
        BodyNotFoundError: For any other text.
    """
    if not _DIGEST.fullmatch(text):
        raise BodyNotFoundError
    return text


def parse_key_id(text: str) -> str:
    """Return a key's id.

    Raises:
        KeyNotFoundError: For any other text.
    """
    if not _KEY_ID.fullmatch(text):
        raise KeyNotFoundError
    return text


def parse_status(text: str | None) -> JobStatus | None:
    """Return a job's state, if one is given.

    Raises:
        InvalidParameterError: Listing the states.
    """
    if text is None:
        return None
    try:
        return JobStatus(text)
    except ValueError:
        raise InvalidParameterError(f"status must be one of {', '.join(JobStatus)}") from None


def parse_after() -> int:
    """Return the number after which events are asked for: ``?after=`` beats ``Last-Event-ID``.

    Raises:
        InvalidParameterError: When it is no number of an event.
        InvalidHeaderError: Likewise.
    """
    text = request.args.get("after")
    if text is None:
        return parse_last_event_id(request.headers.get("Last-Event-ID"))
    return parse_count("after", text, default=0, low=0, high=MAX_SEQ)


def parse_flag(name: str) -> bool:
    """Return a switch of the query; absent is off.

    Raises:
        InvalidParameterError: When it is neither 0 nor 1.
    """
    text = request.args.get(name, "0")
    if text not in {"0", "1"}:
        raise InvalidParameterError(f"{name} must be 0 or 1")
    return text == "1"


def refuse_unknown_parameters(*known: str) -> None:
    """Check that the query holds only what the operation knows: a misspelt one would be ignored.

    Raises:
        InvalidParameterError: Naming the known ones.
    """
    unknown = sorted(set(request.args) - set(known))
    if unknown:
        listed = ", ".join(known) or "no parameter"
        raise InvalidParameterError(f"the query holds an unknown parameter; known: {listed}")
