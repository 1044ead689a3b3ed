"""Go on from a node of a search that has ended, in another way: plan the job, and accept it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from api.bodies import ChangeBody, ForkBody, check_body
from api.continuation import Source, change_settings, plan_child, read_source
from api.dependencies import Dependencies
from api.footing import find_footing, find_replaced
from api.planning import complete_settings, find_strategy
from api.submission import (
    Submission,
    announce,
    find_catalogue,
    find_earlier,
    make_terms,
    name_request,
)
from api.traces import read_trace
from api.verifier_choice import choose_verifier, keep_verifier
from db.derivation import Derivation
from db.records import Catalogue, Submitted
from engine.domain.canonical import digest, text_body
from engine.domain.event import EventDraft, EventType
from engine.domain.fold import NodeView
from engine.domain.footing import Footing, Kept
from engine.domain.ids import JobId, TenantId
from engine.domain.lineage import Relation
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
        catalogue = _follow(body.change, source.pins, find_catalogue(dependencies))
        read = partial(_read_nodes, dependencies, submission.tenant_id, job_id)
        footing = find_footing(body, source.pins, catalogue, read)
        pins = change_pins(source.pins, body.change, catalogue, footing)
        terms = make_terms(dependencies, submission)
        new = plan_child(body, source, pins, Relation.FORKED, terms)
        submitted = dependencies.jobs.derive(new, plan_fork(body, source, pins, footing), name)
    announce(dependencies, submitted)
    return submitted


def change_pins(pins: Pins, change: ChangeBody, catalogue: Catalogue, footing: Footing) -> Pins:
    """Return what the fork runs with.

    What judged before need not be served any more where another is to judge: of its word nothing
    is taken over.

    Args:
        pins: What the search ran with.
        change: What is to be another.
        catalogue: What the workers offer, under the verifier that is to judge.
        footing: Where the fork stands.

    Raises:
        PinMismatchError: When the search ran on what is no longer served.
        InvalidFieldsError: When the settings do not fit the strategy.
    """
    if change.verifier is not None:
        serving = replace(pins.serving, verifier=catalogue.serving.verifier)
        pins = replace(pins, serving=serving)
    if change.strategy is None or change.strategy == pins.algorithm:
        pins = change_settings(pins, change.settings, catalogue, at=("change", "settings"))
    else:
        pins = _change_strategy(pins, change.strategy, change.settings, catalogue)
    seed = pins.seed if change.seed is None else change.seed
    return replace(pins, seed=seed, start=footing.start)


def plan_fork(body: ForkBody, source: Source, pins: Pins, footing: Footing) -> Derivation:
    """Return what the fork takes over, and the event that tells where it leaves the source."""
    change, contents = body.change, dict[str, bytes]()
    told: dict[str, Any] = {}
    if change.seed is not None:
        told["seed"] = change.seed
    if pins.algorithm != source.pins.algorithm:
        told["strategy"] = pins.algorithm
    if change.verifier is not None:
        told["verifier"] = change.verifier
    if change.settings:
        told["settings"] = change.settings
    if body.part is not None:
        told["part"] = body.part
    replaced = find_replaced(body)
    if replaced is not None:
        text = change.thought or change.tool_result or ""
        ref = digest(text_body(text))
        contents[ref] = text_body(text)
        told[replaced.value] = {"ref": ref, "n_chars": len(text)}
    node_id = None if footing.kept is Kept.NOTHING else body.node
    forked = EventDraft(
        type=EventType.SEARCH_FORKED,
        node_id=node_id,
        data={"node": body.node, "change": told},
    )
    return Derivation(
        source_id=source.job.job_id,
        relation=Relation.FORKED,
        node_id=node_id,
        replaced=replaced,
        kept=footing.kept,
        is_judged_anew=pins.serving.verifier != source.pins.serving.verifier,
        following=(forked,),
        contents=contents,
    )


def _follow(change: ChangeBody, pins: Pins, catalogue: Catalogue) -> Catalogue:
    """Return the catalogue under the verifier that is to judge: what judged, if none is named."""
    if change.verifier is None:
        return keep_verifier(catalogue, pins.serving.verifier)
    return choose_verifier(catalogue, change.verifier)


def _change_strategy(
    pins: Pins, name: str, given: Mapping[str, Any], catalogue: Catalogue
) -> Pins:
    """Return the pins with another strategy, and the settings that were given for it."""
    before, after = find_strategy(pins.algorithm, catalogue), find_strategy(name, catalogue)
    pins.check_runnable(before["version"], catalogue.serving)
    settings = complete_settings(after, given, catalogue, at=("change", "settings"))
    return replace(pins, algorithm=name, algorithm_version=after["version"], settings=settings)


def _read_nodes(
    dependencies: Dependencies, tenant_id: TenantId, job_id: JobId
) -> Mapping[str, NodeView]:
    return read_trace(dependencies.events, tenant_id, job_id).nodes
