"""Accept the call of a tool: check it against what the workers published, and commit its job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from api.bodies import render_pointer
from api.dependencies import Dependencies
from api.planning import QUEUE_BY_NAME, Terms
from api.refusals import (
    BodyTooLargeError,
    FieldFault,
    InvalidFieldsError,
    ToolUnavailableError,
)
from api.submission import (
    Submission,
    announce,
    find_catalogue,
    find_earlier,
    make_terms,
    name_request,
)
from db.records import Catalogue, NewJob, Submitted
from engine.domain.budget import Budget
from engine.domain.canonical import canonical_bytes, digest
from engine.domain.errors import UnknownToolError
from engine.domain.event import EventDraft, EventType
from engine.domain.job_type import JobType

MAX_FAULTS = 20


def submit_call(dependencies: Dependencies, name: str, submission: Submission) -> Submitted:
    """Accept the call of a tool. Once this returns the job is committed.

    Args:
        dependencies: The application's.
        name: The tool.
        submission: The request; its value holds the arguments.

    Raises:
        UnknownToolError: Listing the tools.
        ToolUnavailableError: With the reason that the catalogue gives.
        InvalidFieldsError: When the arguments do not fit the tool's schema, with every fault.
        BodyTooLargeError: When they are larger than a tool takes.
        NoWorkerYetError: When it is not known what can be run.
        IdempotencyMismatchError: When the key came with another request before.
        DependencyUnavailableError: When Postgres cannot be reached.
    """
    request = name_request(submission, {"tool": name, "arguments": submission.value})
    submitted = find_earlier(dependencies, submission, request)
    if submitted is None:
        tool = find_tool(name, find_catalogue(dependencies))
        job = plan_call(tool, submission.value, make_terms(dependencies, submission))
        submitted = dependencies.jobs.submit(job, request)
    announce(dependencies, submitted)
    return submitted


def find_tool(name: str, catalogue: Catalogue) -> Mapping[str, Any]:
    """Return a tool that can be called.

    Raises:
        UnknownToolError: Listing the tools.
        ToolUnavailableError: With the reason that the catalogue gives.
    """
    known = {tool["name"]: tool for tool in catalogue.tools}
    if name not in known:
        listed = ", ".join(sorted(known)) or "none"
        raise UnknownToolError(f"no tool has this name; there are {listed}")
    tool = known[name]
    if not tool["is_available"]:
        raise ToolUnavailableError(f"{name} is unavailable: {tool['reason']}")
    return tool


def plan_call(tool: Mapping[str, Any], arguments: Any, terms: Terms) -> NewJob:
    """Return the job of a call.

    Raises:
        InvalidFieldsError: When the arguments do not fit the tool's schema, with every fault.
        BodyTooLargeError: When they are larger than a tool takes.
    """
    check_arguments(tool, arguments)
    encoded = canonical_bytes(arguments)
    most = tool["limits"]["argument_bytes"]
    if len(encoded) > most:
        raise BodyTooLargeError(
            f"the arguments have {len(encoded):,} bytes; a tool takes {most:,} at most"
        )
    text, budget = encoded.decode(), Budget()
    first = EventDraft(
        type=EventType.JOB_SUBMITTED,
        data={
            "problem": {"ref": digest(encoded), "n_chars": len(text)},
            "budget": budget.to_data(),
            "tool": {"name": tool["name"], "version": tool["version"]},
            "request_id": terms.request_id,
        },
    )
    return NewJob(
        job_id=terms.job_id,
        tenant_id=terms.tenant_id,
        type=JobType.TOOL,
        problem_text=text,
        strategy=tool["name"],
        budget=budget,
        first=first,
        queue=QUEUE_BY_NAME["interactive"],
        max_attempts=terms.max_attempts,
        retention_days=terms.retention_days,
    )


def check_arguments(tool: Mapping[str, Any], arguments: Any) -> None:
    """Check arguments against the schema that the tool publishes.

    What only the tool itself can find is found by it: its refusal is the call's result.

    Raises:
        InvalidFieldsError: With every fault.
    """
    validator: Any = Draft202012Validator({"type": "object", **tool["input_schema"]})
    found = sorted(validator.iter_errors(arguments), key=lambda fault: list(map(str, fault.path)))
    if found:
        raise InvalidFieldsError(tuple(_fault(fault) for fault in found[:MAX_FAULTS]))


def _fault(found: Any) -> FieldFault:
    path = [str(part) for part in found.absolute_path]
    schema: Mapping[str, Any] = found.schema
    pointer, rule = render_pointer(*path), str(found.validator)
    known = ", ".join(schema.get("properties", {}))
    match rule:
        case "additionalProperties":
            detail = f"holds an argument that the tool does not know; it knows {known}"
            return FieldFault(pointer=pointer, code="unknown-field", detail=detail)
        case "required":
            missing = [name for name in schema["required"] if name not in found.instance]
            detail = f"lacks {', '.join(missing)}; the tool knows {known}"
            return FieldFault(pointer=pointer, code="required", detail=detail)
        case "anyOf":
            detail = "fits none of the forms that the tool's schema allows here"
        case _:
            detail = f"does not fit the tool's schema: {rule} {found.validator_value}"
    return FieldFault(pointer=pointer, code=rule, detail=detail)
