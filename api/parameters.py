"""The parameters of path, query and headers, as the description publishes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.domain.job_status import JobStatus

MAX_PAGE_JOBS = 200
DEFAULT_PAGE_JOBS = 50
MAX_PAGE_EVENTS = 1000
DEFAULT_PAGE_EVENTS = 500
MAX_SEQ = (1 << 53) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter.

    Attributes:
        name: As it is written.
        place: Where it stands.
        description: What it does.
        schema: JSON schema of its value.
    """

    name: str
    place: Literal["path", "query", "header"]
    description: str
    schema: Mapping[str, Any]

    def to_data(self) -> dict[str, Any]:
        """Return the parameter as OpenAPI writes it."""
        return {
            "name": self.name,
            "in": self.place,
            "required": self.place == "path",
            "description": self.description,
            "schema": dict(self.schema),
        }


def _count(low: int, high: int | None = None, default: int | None = None) -> dict[str, Any]:
    bounds = {"minimum": low, "maximum": high, "default": default}
    given = {name: value for name, value in bounds.items() if value is not None}
    return {"type": "integer", **given}


JOB_ID = Parameter(name="job_id", place="path", description="The job.", schema={"type": "string"})
KEY_ID = Parameter(name="key_id", place="path", description="The key.", schema={"type": "string"})
TOOL_NAME = Parameter(
    name="name", place="path", description="The tool.", schema={"type": "string"}
)
DIGEST = Parameter(
    name="digest",
    place="path",
    description="SHA-256 of the text, as the events name it.",
    schema={"type": "string", "pattern": "^[0-9a-f]{64}$"},
)
IDEMPOTENCY_KEY = Parameter(
    name="Idempotency-Key",
    place="header",
    description="A name of your own for this request; the same key with another body is refused.",
    schema={"type": "string", "minLength": 1, "maxLength": 255},
)
PREFER = Parameter(
    name="Prefer",
    place="header",
    description="`wait=N` waits up to N seconds for the job's end; `respond-async` does not wait.",
    schema={"type": "string"},
)
IF_NONE_MATCH = Parameter(
    name="If-None-Match",
    place="header",
    description="ETags that the caller holds.",
    schema={"type": "string"},
)
LAST_EVENT_ID = Parameter(
    name="Last-Event-ID",
    place="header",
    description="Number of the last event received; the stream continues after it.",
    schema=_count(0),
)
DRY_RUN = Parameter(
    name="dry_run",
    place="query",
    description="1 checks the request and estimates its cost, and stores nothing.",
    schema={"type": "string", "enum": ["0", "1"]},
)
ASK_WAIT = Parameter(
    name="wait",
    place="query",
    description="Seconds to hold the answer back at most; the server has a limit too.",
    schema=_count(0),
)
ASK_VERSION = Parameter(
    name="version",
    place="query",
    description="The version that the caller has.",
    schema=_count(0),
)
LIMIT_JOBS = Parameter(
    name="limit",
    place="query",
    description="Jobs per page.",
    schema=_count(1, MAX_PAGE_JOBS, DEFAULT_PAGE_JOBS),
)
CURSOR = Parameter(
    name="cursor",
    place="query",
    description="Where the page begins, from the page before.",
    schema={"type": "string"},
)
STATUS = Parameter(
    name="status",
    place="query",
    description="Only jobs in this state.",
    schema={"type": "string", "enum": [status.value for status in JobStatus]},
)
AFTER = Parameter(
    name="after",
    place="query",
    description="Number of the last event that the caller has.",
    schema=_count(0),
)
LIMIT_EVENTS = Parameter(
    name="limit",
    place="query",
    description="Events per page.",
    schema=_count(1, MAX_PAGE_EVENTS, DEFAULT_PAGE_EVENTS),
)
VERIFIER = Parameter(
    name="verifier",
    place="query",
    description="Show the strategies as they are under this verifier.",
    schema={"type": "string"},
)
AT = Parameter(
    name="at",
    place="query",
    description="Show the search as it was after this event.",
    schema=_count(1),
)
