"""Go on from a node of a search that has ended, in another way: plan the job, and accept it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from api.bodies import ChangeBody, ForkBody, check_body, render_pointer
from api.continuation import Source, change_settings, plan_child, read_source
from api.dependencies import Dependencies
from api.planning import complete_settings, find_strategy
from api.refusals import FieldFault, InvalidFieldsError
from api.submission import (
    Submission,
    announce,
    find_catalogue,
    find_earlier,
    make_terms,
    name_request,
)
from db.derivation import Derivation
from db.records import Catalogue, Submitted
from engine.domain.canonical import digest, text_body
from engine.domain.event import EventDraft, EventType
from engine.domain.ids import JobId
from engine.domain.lineage import Relation, Replaced
from engine.domain.pins import Pins


def fork_job(dependencies: Dependencies, job_id: JobId, submission: Submission) -> Submitted:
    """Accept a job that goes on from a node in another way.

    Raises:
        JobNotFoundError: When the tenant has no such job.
        JobNotFinishedError: When it has not ended.
        JobPurgedError: When its texts were deleted.
        PinMismatchError: When it ran on what is no longer served.
        InvalidInputError: Or one of its kind, saying what to mend.
        NoWorkerYetError: When it is not known what can be run.
        IdempotencyMismatchError: When the key came with another request before.
        DependencyUnavailableError: When Postgres cannot be reached.
    """
    name = name_request(submission, {"fork": job_id, "body": submission.value})
    submitted = find_earlier(dependencies, submission, name)
    if submitted is None:
        source = read_source(dependencies, submission.tenant_id, job_id)
        body = check_body(ForkBody, submission.value)
        pins = change_pins(source.pins, body.change, find_catalogue(dependencies))
        terms = make_terms(dependencies, submission)
        new = plan_child(body, source, pins, Relation.FORKED, terms)
        submitted = dependencies.jobs.derive(new, plan_fork(body, source, pins), name)
    announce(dependencies, submitted)
    return submitted


def change_pins(pins: Pins, change: ChangeBody, catalogue: Catalogue) -> Pins:
    """Return what the fork runs with.

    Raises:
        PinMismatchError: When the search ran on what is no longer served.
        InvalidFieldsError: When the settings do not fit the strategy, or the strategy the search.
    """
    if change.strategy is None or change.strategy == pins.algorithm:
        pins = change_settings(pins, change.settings, catalogue, at=("change", "settings"))
    else:
        pins = _change_strategy(pins, change.strategy, change.settings, catalogue)
    return pins if change.seed is None else replace(pins, seed=change.seed)


def plan_fork(body: ForkBody, source: Source, pins: Pins) -> Derivation:
    """Return what the fork takes over, and the event that tells where it leaves the source."""
    change, contents = body.change, dict[str, bytes]()
    told: dict[str, Any] = {}
    if change.seed is not None:
        told["seed"] = change.seed
    if pins.algorithm != source.pins.algorithm:
        told["strategy"] = pins.algorithm
    if change.settings:
        told["settings"] = change.settings
    texts = {Replaced.THOUGHT: change.thought, Replaced.TOOL_RESULT: change.tool_result}
    replaced = next((kind for kind, text in texts.items() if text is not None), None)
    if replaced is not None:
        text = texts[replaced] or ""
        ref = digest(text_body(text))
        contents[ref] = text_body(text)
        told[replaced.value] = {"ref": ref, "n_chars": len(text)}
    forked = EventDraft(
        type=EventType.SEARCH_FORKED,
        node_id=body.node,
        data={"node": body.node, "change": told},
    )
    return Derivation(
        source_id=source.job.job_id,
        relation=Relation.FORKED,
        node_id=body.node,
        replaced=replaced,
        following=(forked,),
        contents=contents,
    )


def _change_strategy(
    pins: Pins, name: str, given: Mapping[str, Any], catalogue: Catalogue
) -> Pins:
    """Return the pins with another strategy, which must be able to read what was drawn."""
    before, after = find_strategy(pins.algorithm, catalogue), find_strategy(name, catalogue)
    pins.check_runnable(before["version"], catalogue.serving)
    if not (before.get("draws_samples") and after.get("draws_samples")):
        known = [s["name"] for s in catalogue.strategies if s.get("draws_samples")]
        detail = (
            f"{name} cannot go on from what {pins.algorithm} drew; only these can from each "
            f"other's: {', '.join(sorted(known)) or 'none'}"
        )
        pointer = render_pointer("change", "strategy")
        raise InvalidFieldsError((FieldFault(pointer=pointer, code="invalid", detail=detail),))
    settings = complete_settings(after, given, at=("change", "settings"))
    return replace(pins, algorithm=name, algorithm_version=after["version"], settings=settings)
