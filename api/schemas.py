"""JSON schemas of what is answered. A test holds real answers against them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from api.problems import STATUS_BY_CODE
from engine.domain.event import EventType
from engine.domain.job_status import JobStatus
from engine.domain.job_type import JobType
from engine.domain.lineage import Relation
from engine.domain.standing import SolveOutcome, StopReason


class Name(StrEnum):
    """Names under which the description holds the schemas."""

    ANY_OBJECT = "AnyObject"
    BUDGET = "Budget"
    CALLED = "Called"
    CATALOGUE = "Catalogue"
    ESTIMATE = "Estimate"
    EVENT = "Event"
    EVENT_PAGE = "EventPage"
    JOB = "Job"
    JOB_PAGE = "JobPage"
    KEY = "Key"
    KEYS = "Keys"
    LIVENESS = "Liveness"
    NEW_KEY = "NewKey"
    PROBLEM = "Problem"
    READINESS = "Readiness"
    RESULT = "Result"
    SOLVED = "Solved"
    SPENT = "Spent"
    STRATEGY = "Strategy"
    SUBMITTED = "Submitted"
    TOOL = "Tool"
    TOOLS = "Tools"
    TRACE = "Trace"
    VERIFIER = "Verifier"


Schema = dict[str, Any]


def refer(name: Name) -> Schema:
    """Return a reference to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name.value}"}


def _object(properties: Mapping[str, Any], *, is_open: bool = False) -> Schema:
    """Return the schema of an object whose properties are all there."""
    schema: Schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
    }
    return schema if is_open else {**schema, "additionalProperties": False}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer"}
_NUMBER: Schema = {"type": "number"}
_FLAG: Schema = {"type": "boolean"}
_ANY: Schema = {"type": "object"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _enum(kind: type[StrEnum]) -> Schema:
    return {"type": "string", "enum": [item.value for item in kind]}


_JOB = _object(
    {
        "id": _TEXT,
        "type": _enum(JobType),
        "status": _enum(JobStatus),
        "outcome": _maybe(_enum(SolveOutcome)),
        "stop_reason": _maybe(_enum(StopReason)),
        "is_cancel_requested": _FLAG,
        "is_finish_requested": _FLAG,
        "source": {
            **_maybe(_object({"job_id": _TEXT, "relation": _enum(Relation)})),
            "description": "The job whose log or result this one begins with.",
        },
        "problem": {
            **_TEXT,
            "description": "The question, or the arguments of a tool as JSON; empty once past "
            "its retention.",
        },
        "strategy": {**_TEXT, "description": "Name of the strategy, or of the tool."},
        "answer": _maybe(_TEXT),
        "confidence": {
            **_maybe(_NUMBER),
            "description": "Calibrated probability that the answer is right; "
            "null without a calibrator.",
        },
        "error": {**_maybe(_ANY), "description": "Why a failed job failed."},
        "budget": refer(Name.BUDGET),
        "spent": refer(Name.SPENT),
        "progress": _object({"last_seq": _WHOLE, "budget_used_ratio": _maybe(_NUMBER)}),
        "queue": _TEXT,
        "priority": _WHOLE,
        "attempts": _WHOLE,
        "max_attempts": _WHOLE,
        "version": {**_WHOLE, "description": "Grows with each change; the ETag."},
        "created_at": _TIME,
        "started_at": _maybe(_TIME),
        "finished_at": _maybe(_TIME),
        "deadline": _maybe(_TIME),
        "start_by": _maybe(_TIME),
        "retain_until": _TIME,
        "metadata": {"type": "object", "additionalProperties": _TEXT},
        "links": {"type": "object", "additionalProperties": _TEXT},
    }
)

_KEY = {
    "id": _TEXT,
    "name": _TEXT,
    "scopes": _list(_TEXT),
    "created_at": _TIME,
    "expires_at": _maybe(_TIME),
    "last_used_at": _maybe(_TIME),
    "revoked_at": _maybe(_TIME),
}

_TRACE = _object(
    {
        "last_seq": _WHOLE,
        "head": _DIGEST,
        "status": _maybe(_enum(JobStatus)),
        "attempt": _WHOLE,
        "problem": _maybe(_ANY),
        "budget": _maybe(_ANY),
        "pins": _maybe(_ANY),
        "prices": _maybe(_ANY),
        "source": _maybe(_ANY),
        "decision": _maybe(_ANY),
        "ending": _maybe(_ANY),
        "notes": _list(_ANY),
        "is_cancel_requested": _FLAG,
        "is_finish_requested": _FLAG,
        "spent": refer(Name.SPENT),
        "inherited": {
            **refer(Name.SPENT),
            "description": "Spent by the job that this one begins with.",
        },
        "nodes": _list(_ANY),
    },
    is_open=True,
)

_STRATEGY = _object(
    {
        "name": _TEXT,
        "version": _WHOLE,
        "summary": _TEXT,
        "is_available": _FLAG,
        "reason": {**_maybe(_TEXT), "description": "Why it is not available."},
        "defaults": _ANY,
        "schema": {**_ANY, "description": "JSON schema of the settings."},
    },
    is_open=True,
)

_VERIFIER = _object(
    {
        "name": _TEXT,
        "version": {**_TEXT, "description": "As a job's first event pins it."},
        "is_default": {**_FLAG, "description": "Whether it judges where none is named."},
        "is_trained": {**_FLAG, "description": "Whether its word can verify an answer."},
    }
)

_TOOL = _object(
    {
        "name": _TEXT,
        "version": _TEXT,
        "summary": _TEXT,
        "is_available": _FLAG,
        "reason": {**_maybe(_TEXT), "description": "Why it cannot be called here."},
        "input_schema": {**_ANY, "description": "JSON schema of the arguments."},
        "output_schema": {**_ANY, "description": "JSON schema of what it returns."},
        "examples": _list(_object({"purpose": _TEXT, "arguments": _ANY})),
        "limits": {"type": "object", "additionalProperties": _NUMBER},
    }
)

SCHEMAS: Mapping[Name, Schema] = {
    Name.ANY_OBJECT: _ANY,
    Name.BUDGET: {
        "type": "object",
        "properties": {
            "tokens": _WHOLE,
            "seconds": _NUMBER,
            "model_calls": _WHOLE,
            "nodes": _WHOLE,
            "money": _NUMBER,
        },
        "additionalProperties": False,
    },
    Name.SPENT: _object(
        {
            "tokens_in": _WHOLE,
            "tokens_out": _WHOLE,
            "tokens_cached": _WHOLE,
            "model_calls": _WHOLE,
            "nodes": _WHOLE,
            "running_ms": _WHOLE,
            "cost": {**_NUMBER, "description": "In the units of the server's prices."},
        }
    ),
    Name.JOB: _JOB,
    Name.JOB_PAGE: _object({"jobs": _list(refer(Name.JOB)), "next_cursor": _maybe(_TEXT)}),
    Name.ESTIMATE: _object(
        {
            "is_valid": {"const": True},
            "strategy": _TEXT,
            "settings": _ANY,
            "estimate": _object(
                {"samples_at_most": _maybe(_WHOLE), "tokens_at_most": _maybe(_WHOLE)}
            ),
        }
    ),
    Name.SUBMITTED: {"anyOf": [refer(Name.JOB), refer(Name.ESTIMATE)]},
    Name.RESULT: _object(
        {
            "job_id": _TEXT,
            "outcome": _enum(SolveOutcome),
            "stop_reason": _enum(StopReason),
            "digest": _DIGEST,
            "created_at": _TIME,
        },
        is_open=True,
    ),
    Name.SOLVED: _object(
        {
            "answer": {**_maybe(_TEXT), "description": "Null when there is none."},
            "trace": refer(Name.TRACE),
            "job": refer(Name.JOB),
        }
    ),
    Name.EVENT: _object(
        {
            "v": _WHOLE,
            "type": _enum(EventType),
            "seq": _WHOLE,
            "ts": _TIME,
            "job_id": _TEXT,
            "attempt": _WHOLE,
            "epoch": _WHOLE,
            "at_ms": _WHOLE,
            "data": _ANY,
            "prev_hash": _DIGEST,
            "hash": {**_DIGEST, "description": "Of the stored bytes, which hold no hash."},
        },
        is_open=True,
    ),
    Name.EVENT_PAGE: _object(
        {
            "events": _list(refer(Name.EVENT)),
            "next_after": {**_WHOLE, "description": "Ask with this `after` for what follows."},
            "is_complete": {**_FLAG, "description": "Whether nothing will follow this page."},
        }
    ),
    Name.TRACE: _TRACE,
    Name.STRATEGY: _STRATEGY,
    Name.VERIFIER: _VERIFIER,
    Name.CATALOGUE: _object(
        {
            "strategies": _list(refer(Name.STRATEGY)),
            "verifiers": _list(refer(Name.VERIFIER)),
            "serving": _ANY,
            "published_at": _TIME,
        }
    ),
    Name.TOOL: _TOOL,
    Name.TOOLS: _object({"tools": _list(refer(Name.TOOL)), "published_at": _TIME}),
    Name.CALLED: _object(
        {
            "result": {
                **_maybe(refer(Name.RESULT)),
                "description": "With the tool's `status`, `output`, `detail`, `error`, "
                "`artefacts` and `evidence`; null when the job did not succeed.",
            },
            "job": refer(Name.JOB),
        }
    ),
    Name.KEY: _object(_KEY),
    Name.KEYS: _object({"keys": _list(refer(Name.KEY))}),
    Name.NEW_KEY: _object({**_KEY, "key": {**_TEXT, "description": "Shown this once."}}),
    Name.LIVENESS: _object({"status": {"const": "ok"}}),
    Name.READINESS: _object(
        {
            "status": {"enum": ["ok", "degraded", "failed"]},
            "checks": _list(_object({"part": _TEXT, "health": _TEXT, "detail": _TEXT})),
        }
    ),
    Name.PROBLEM: _object(
        {
            "type": {"type": "string", "format": "uri-reference"},
            "title": _TEXT,
            "status": _WHOLE,
            "detail": _TEXT,
            "instance": _TEXT,
            "code": {"type": "string", "enum": sorted(STATUS_BY_CODE)},
            "request_id": _TEXT,
            "retryable": _FLAG,
            "errors": _list(_object({"pointer": _TEXT, "code": _TEXT, "detail": _TEXT})),
        }
    ),
}
