"""From the end of a search to the end of its job: pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.records import Ending, Lease
from engine.domain.errors import CorruptLogError, InvalidInputError, ModelError, SvendError
from engine.domain.event import EventDraft, EventType
from engine.domain.fold import NodeView, SearchView
from engine.domain.job_status import JobStatus
from engine.domain.outcome import OutcomeStatus
from engine.domain.pins import Pins, Serving
from engine.domain.standing import Standing, StopReason
from engine.domain.trace_digest import trace_digest
from engine.domain.trial import NodeKind
from engine.runner import SearchEnd

# How the runner names a sample that the model server would not draw.
MODEL_ERROR = "model-error"
INTERNAL_DETAIL = "a fault in the program; its log has the details"


def end_job(end: SearchEnd, view: SearchView, lease: Lease) -> Ending:
    """Return how the job of a search that has stopped ends; ``view`` is its log, folded.

    A search stopped by its caller is cancelled and has no result. One that ran out of time with no
    answer at all is expired; with one, it has succeeded with the best answer so far. One whose
    every sample the model server refused has failed: an empty result would hide that.
    """
    if end.stop_reason is None:
        raise ValueError("the search was interrupted: its job goes on elsewhere")
    if end.stop_reason is StopReason.CANCELLED:
        return Ending(status=JobStatus.CANCELLED, stop_reason=end.stop_reason)
    if end.standing.answer is None and end.stop_reason is StopReason.DEADLINE:
        return Ending(status=JobStatus.EXPIRED, stop_reason=end.stop_reason)
    refusal = _find_refusal(view)
    if refusal is not None:
        return fail_job(ModelError(refusal), lease)
    return Ending(
        status=JobStatus.SUCCEEDED,
        outcome=end.outcome,
        stop_reason=end.stop_reason,
        result_body=render_result(end, view),
    )


def fail_job(error: Exception, lease: Lease) -> Ending:
    """Return the visible failure of a job; a fault of the program keeps its details to the log."""
    is_known = isinstance(error, SvendError)
    return Ending(
        status=JobStatus.FAILED,
        stop_reason=StopReason.ERROR,
        drafts=_refuse(error),
        error={
            "code": error.code if is_known else SvendError.code,
            "detail": str(error) if is_known else INTERNAL_DETAIL,
            "attempt": lease.attempt,
            "retryable": is_known and error.retryable,
        },
    )


def render_result(end: SearchEnd, view: SearchView) -> Mapping[str, Any]:
    """Return the body of a succeeded job's result, as JSON.

    The model named is the one that the log pins, whatever this process serves by now.

    Raises:
        CorruptLogError: When the log pins nothing.
    """
    standing, serving = end.standing, _read_serving(view)
    return {
        "answer": None if standing.answer is None else standing.answer.to_data(),
        "outcome": end.outcome.value,
        "stop_reason": None if end.stop_reason is None else end.stop_reason.value,
        "confidence": standing.confidence,
        "calibration": standing.calibration,
        "vote_share": standing.vote_share,
        "standing": standing.to_data(),
        "spent": end.spent.to_data(),
        "inherited": view.inherited.to_data(),
        "evidence": _evidence(standing, view),
        "trace_digest": trace_digest(view),
        "model": {"name": serving.model, "fingerprint": serving.model_fingerprint},
    }


def _read_serving(view: SearchView) -> Serving:
    if view.pins is None:
        raise CorruptLogError("event 1 pins nothing")
    return Pins.from_data(view.pins).serving


def _refuse(error: Exception) -> tuple[EventDraft, ...]:
    # A pin that does not match is written by the runner, which found it.
    if not isinstance(error, InvalidInputError):
        return ()
    return (EventDraft(type=EventType.SEARCH_REFUSED, data={"reason": str(error)}),)


def _evidence(standing: Standing, view: SearchView) -> Mapping[str, Any]:
    """Return the samples behind the answer, and which of them ran a program that gave it."""
    agreeing = [node for node in view.nodes.values() if _agrees(node, standing)]
    return {
        "samples": [
            {"node_id": node.node_id, "rank": node.rank, "body_ref": node.body_ref}
            for node in agreeing
            # A program that was run along a path is no sample, though its value may agree.
            if node.kind != NodeKind.TOOL.value
        ],
        "programs": [
            {
                "node_id": node.node_id,
                "body_ref": node.body_ref,
                "tool": run["version"],
                "output": run["output"],
            }
            for node in agreeing
            for run in node.tools
        ],
    }


def _agrees(node: NodeView, standing: Standing) -> bool:
    if standing.answer is None or node.answer is None:
        return False
    return (
        node.status == OutcomeStatus.COMPLETE.value
        and node.answer["class"] == standing.answer.class_id
    )


def _find_refusal(view: SearchView) -> str | None:
    ended = [node for node in view.nodes.values() if node.ended_seq is not None]
    if not ended or any(node.reason != MODEL_ERROR for node in ended):
        return None
    return ended[0].error or "the model server refused every sample"
