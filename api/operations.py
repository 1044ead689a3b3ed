"""Every operation over HTTP, in one place: who may call it, what it takes, what it answers.

The gate that asks for keys and the published description both read this table, and a test holds it
against the routes, so neither can forget one.
"""

from __future__ import annotations

from collections.abc import Mapping

from api.bodies import ExtendBody, ForkBody, JobBody, KeyBody
from api.operation import Operation, Reply, Scope, Tag
from api.parameters import (
    AFTER,
    ASK_VERSION,
    ASK_WAIT,
    AT,
    CURSOR,
    DIGEST,
    DRY_RUN,
    IDEMPOTENCY_KEY,
    IF_NONE_MATCH,
    JOB_ID,
    KEY_ID,
    LAST_EVENT_ID,
    LIMIT_EVENTS,
    LIMIT_JOBS,
    PREFER,
    STATUS,
    TOOL_NAME,
    VERIFIER,
)
from api.schemas import Name
from api.tool_arguments import ToolArguments

_NOT_MODIFIED = Reply(description="The caller holds this version already.", media_type="")
_SUBMISSION_REFUSALS = (
    "malformed-json",
    "unsupported-media-type",
    "too-large",
    "validation",
    "unknown-strategy",
    "strategy-unavailable",
    "unknown-verifier",
    "idempotency-mismatch",
    "invalid-header",
    "no-worker-yet",
)

_CONTINUATION_REFUSALS = (
    *_SUBMISSION_REFUSALS,
    "not-found",
    "job-not-finished",
    "pin-mismatch",
    "gone",
)
_DERIVED = {
    200: Reply(
        description="Ended within the wait.",
        schema=Name.JOB,
        headers=("Location", "ETag", "Preference-Applied", "Idempotency-Replayed"),
    ),
    202: Reply(
        description="Accepted.",
        schema=Name.JOB,
        headers=("Location", "ETag", "Retry-After", "Preference-Applied", "Idempotency-Replayed"),
    ),
}

# By endpoint: the blueprint's name, a dot, the function's name.
OPERATIONS: Mapping[str, Operation] = {
    "jobs.submit_job": Operation(
        summary="Submit a problem",
        tag=Tag.JOBS,
        scope=Scope.WRITE,
        description=(
            "The job is committed before the answer is sent. With an Idempotency-Key the same "
            "request may be sent again safely: it leads to the same job. With `Prefer: wait=N` "
            "the answer waits up to N seconds for the job's end."
        ),
        body=JobBody,
        parameters=(IDEMPOTENCY_KEY, PREFER, DRY_RUN),
        replies={
            200: Reply(
                description="Ended within the wait, or answered by an earlier result; or the "
                "estimate of a dry run.",
                schema=Name.SUBMITTED,
                headers=("Location", "ETag", "Preference-Applied", "Idempotency-Replayed"),
            ),
            202: Reply(
                description="Accepted.",
                schema=Name.JOB,
                headers=(
                    "Location",
                    "ETag",
                    "Retry-After",
                    "Preference-Applied",
                    "Idempotency-Replayed",
                ),
            ),
        },
        refusals=_SUBMISSION_REFUSALS,
    ),
    "solve.solve_problem": Operation(
        summary="Submit a problem and wait for its answer",
        tag=Tag.ANSWERS,
        scope=Scope.WRITE,
        description=(
            "The convenience form of a submission. When the job has not ended in time, the answer "
            "is 202 with the job, which goes on. A job that failed is shown with its error and no "
            "answer."
        ),
        body=JobBody,
        parameters=(IDEMPOTENCY_KEY, PREFER),
        replies={
            200: Reply(description="The job has ended.", schema=Name.SOLVED),
            202: Reply(
                description="The job goes on.",
                schema=Name.JOB,
                headers=("Location", "Retry-After"),
            ),
        },
        refusals=_SUBMISSION_REFUSALS,
    ),
    "jobs.show_job": Operation(
        summary="Show a job",
        tag=Tag.JOBS,
        scope=Scope.READ,
        description=(
            "With `wait` the answer is held back until the job has another version than "
            "`version` (or than `If-None-Match` names); without a version, until it has ended."
        ),
        parameters=(JOB_ID, ASK_WAIT, ASK_VERSION, IF_NONE_MATCH),
        replies={
            200: Reply(description="The job.", schema=Name.JOB, headers=("ETag", "Retry-After")),
            304: _NOT_MODIFIED,
        },
        refusals=("not-found", "invalid-parameter"),
    ),
    "jobs.list_jobs": Operation(
        summary="List jobs, newest first",
        tag=Tag.JOBS,
        scope=Scope.READ,
        parameters=(LIMIT_JOBS, CURSOR, STATUS),
        replies={
            200: Reply(description="One page.", schema=Name.JOB_PAGE, headers=("Link",)),
        },
        refusals=("invalid-parameter",),
    ),
    "jobs.cancel_job": Operation(
        summary="Cancel a job",
        tag=Tag.JOBS,
        scope=Scope.WRITE,
        description=(
            "A queued job ends at once; a running one is asked to stop and ends between two "
            "steps. Asking again, or asking of a job that has ended, changes nothing."
        ),
        parameters=(JOB_ID,),
        replies={200: Reply(description="The job.", schema=Name.JOB, headers=("ETag",))},
        refusals=("not-found",),
    ),
    "jobs.finish_job": Operation(
        summary="Take the best answer so far",
        tag=Tag.JOBS,
        scope=Scope.WRITE,
        description=(
            "A running job stops between two steps and succeeds with the best answer it has, "
            "`stop_reason` harvested. A queued one that never ran succeeds at once, without an "
            "answer. Asking again, or asking of a job that has ended, changes nothing."
        ),
        parameters=(JOB_ID,),
        replies={200: Reply(description="The job.", schema=Name.JOB, headers=("ETag",))},
        refusals=("not-found",),
    ),
    "lineage.extend_job": Operation(
        summary="Go on with a search that has ended",
        tag=Tag.JOBS,
        scope=Scope.WRITE,
        description=(
            "Makes a new job that begins with the whole search of this one and goes on with its "
            "settings, changed where the body says so, and a budget of its own: what is inherited "
            "is shown, not billed. The model, the strategy and the verifier must still be served "
            "as they were."
        ),
        body=ExtendBody,
        parameters=(JOB_ID, IDEMPOTENCY_KEY, PREFER),
        replies=_DERIVED,
        refusals=_CONTINUATION_REFUSALS,
    ),
    "lineage.fork_job": Operation(
        summary="Go on from a node in another way",
        tag=Tag.JOBS,
        scope=Scope.WRITE,
        description=(
            "Makes a new job that begins with this one's search up to the outcome of a node, then "
            "goes on with another seed, strategy, settings or verifier, or as if the node held "
            "another thought or tool result. Another kind of strategy begins with the path to the "
            "node alone, or at `root` with the problem. Under another verifier samples are judged "
            "anew, and a search that scores have led begins with the path likewise. What is "
            "inherited is shown, not billed."
        ),
        body=ForkBody,
        parameters=(JOB_ID, IDEMPOTENCY_KEY, PREFER),
        replies=_DERIVED,
        refusals=_CONTINUATION_REFUSALS,
    ),
    "jobs.show_result": Operation(
        summary="Fetch the result",
        tag=Tag.ANSWERS,
        scope=Scope.READ,
        description="A result never changes; its ETag is its digest.",
        parameters=(JOB_ID, IF_NONE_MATCH),
        replies={
            200: Reply(description="The result.", schema=Name.RESULT, headers=("ETag",)),
            304: _NOT_MODIFIED,
        },
        refusals=("not-found", "job-not-finished", "no-result", "gone"),
    ),
    "events.list_events": Operation(
        summary="Read or follow the events",
        tag=Tag.ANSWERS,
        scope=Scope.READ,
        description=(
            "Asked for `text/event-stream`, the answer is a stream of server-sent events that "
            "closes after the last one; `id` is the event's number. A client that comes back with "
            "`Last-Event-ID` (or `after`, which wins) misses none and gets none twice. 204 means "
            "that nothing will follow."
        ),
        parameters=(JOB_ID, AFTER, LIMIT_EVENTS, LAST_EVENT_ID),
        replies={
            200: Reply(
                description="One page of events, or the stream.",
                schema=Name.EVENT_PAGE,
                headers=("Link",),
            ),
            204: Reply(description="The job has ended and was read to its end.", media_type=""),
        },
        refusals=("not-found", "invalid-parameter", "invalid-header"),
    ),
    "events.show_trace": Operation(
        summary="Show the search tree",
        tag=Tag.ANSWERS,
        scope=Scope.READ,
        parameters=(JOB_ID, AT, IF_NONE_MATCH),
        replies={
            200: Reply(description="The tree.", schema=Name.TRACE, headers=("ETag",)),
            304: _NOT_MODIFIED,
        },
        refusals=("not-found", "invalid-parameter"),
    ),
    "events.show_body": Operation(
        summary="Fetch a prompt, an output or a tool's result",
        tag=Tag.ANSWERS,
        scope=Scope.READ,
        description="A picture that a tool has drawn comes under its own media type.",
        parameters=(JOB_ID, DIGEST),
        replies={200: Reply(description="The text.", media_type="text/plain", headers=("ETag",))},
        refusals=("not-found", "gone"),
    ),
    "catalogue.list_strategies": Operation(
        summary="List the strategies and the verifiers",
        tag=Tag.CATALOGUE,
        scope=Scope.READ,
        description=(
            "Strategies also where they cannot run here, with the reason. Which can, and with "
            "which defaults, depends on what judges: `verifier` shows them under another one."
        ),
        parameters=(VERIFIER,),
        replies={200: Reply(description="The catalogue.", schema=Name.CATALOGUE)},
        refusals=("no-worker-yet", "unknown-verifier", "invalid-parameter"),
    ),
    "tools.list_tools": Operation(
        summary="List the tools",
        tag=Tag.TOOLS,
        scope=Scope.TOOLS,
        description="Also those that cannot be called here, with the reason.",
        parameters=(IF_NONE_MATCH,),
        replies={
            200: Reply(description="The tools.", schema=Name.TOOLS, headers=("ETag",)),
            304: _NOT_MODIFIED,
        },
        refusals=("no-worker-yet",),
    ),
    "tools.call_tool": Operation(
        summary="Call a tool",
        tag=Tag.TOOLS,
        scope=Scope.TOOLS,
        description=(
            "The call is a job of type `tool`, committed before the answer is sent; a worker runs "
            "it behind the sandbox. With `Prefer: wait=N` the answer waits up to N seconds for "
            "the result. What the tool itself refuses is a result with the status `invalid` and "
            "an `error` that says what to mend."
        ),
        body=ToolArguments,
        parameters=(TOOL_NAME, IDEMPOTENCY_KEY, PREFER),
        replies={
            200: Reply(
                description="Ended within the wait.",
                schema=Name.CALLED,
                headers=("Location", "Preference-Applied", "Idempotency-Replayed"),
            ),
            202: _DERIVED[202],
        },
        refusals=(
            "malformed-json",
            "unsupported-media-type",
            "too-large",
            "validation",
            "unknown-tool",
            "tool-unavailable",
            "idempotency-mismatch",
            "invalid-header",
            "no-worker-yet",
        ),
    ),
    "keys.create_key": Operation(
        summary="Make an API key",
        tag=Tag.KEYS,
        scope=Scope.ADMIN,
        description="The key's text is shown this once.",
        body=KeyBody,
        replies={201: Reply(description="The key.", schema=Name.NEW_KEY)},
        refusals=("malformed-json", "validation"),
    ),
    "keys.list_keys": Operation(
        summary="List API keys",
        tag=Tag.KEYS,
        scope=Scope.ADMIN,
        replies={200: Reply(description="The keys.", schema=Name.KEYS)},
    ),
    "keys.revoke_key": Operation(
        summary="Revoke an API key",
        tag=Tag.KEYS,
        scope=Scope.ADMIN,
        parameters=(KEY_ID,),
        replies={204: Reply(description="It opens nothing any more.", media_type="")},
        refusals=("key-not-found",),
    ),
    "server.show_metrics": Operation(
        summary="Figures for Prometheus",
        tag=Tag.SERVER,
        scope=Scope.ADMIN,
        replies={200: Reply(description="The figures.", media_type="text/plain")},
    ),
    "server.show_liveness": Operation(
        summary="Is the process alive",
        tag=Tag.SERVER,
        scope=None,
        replies={200: Reply(description="It is.", schema=Name.LIVENESS)},
    ),
    "server.show_readiness": Operation(
        summary="Can the process serve, and what is degraded",
        tag=Tag.SERVER,
        scope=None,
        description="Only Postgres is needed: without Redis or workers jobs are still accepted.",
        replies={
            200: Reply(description="It can.", schema=Name.READINESS),
            503: Reply(description="It cannot.", schema=Name.READINESS),
        },
    ),
    "reference.show_openapi": Operation(
        summary="This description",
        tag=Tag.SERVER,
        scope=None,
        replies={200: Reply(description="OpenAPI 3.1.", schema=Name.ANY_OBJECT)},
    ),
    "reference.show_reference": Operation(
        summary="This description, for reading",
        tag=Tag.SERVER,
        scope=None,
        replies={200: Reply(description="One page, nothing loaded.", media_type="text/html")},
    ),
}
