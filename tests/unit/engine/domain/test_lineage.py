"""What a job takes over from another's log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.domain.budget import Spent
from engine.domain.errors import InvalidInputError
from engine.domain.event import EventDraft, EventType, Position, check_chain, seal_events
from engine.domain.fold import fold
from engine.domain.job_status import JobStatus
from engine.domain.lineage import (
    VERIFIER_FALLBACK,
    cut_at,
    drop_judgements,
    inherit,
    keep_path,
    list_refs,
)

TS = "2026-01-01T00:00:00Z"


def opened(name):
    return EventDraft(type=EventType.TRIAL_OPENED, trial_id=name, node_id=name, at_ms=5)


def ended(name, status="complete"):
    data = {
        "status": status,
        "reason": "stop",
        "tokens": {"in": 3, "out": 5, "cached": 0},
        "timing": {},
        "model_calls": 1,
        "findings": {"parts": ["c" * 64], "program_ref": "b" * 64},
    }
    return EventDraft(
        type=EventType.TRIAL_ENDED,
        trial_id=name,
        node_id=name,
        at_ms=9,
        body_ref="a" * 64,
        data=data,
    )


def submitted(**data):
    return EventDraft(type=EventType.JOB_SUBMITTED, data=data)


SEARCH = (
    opened("n1"),
    opened("n2"),
    EventDraft(type=EventType.TOOL_ENDED, trial_id="n1", node_id="n1"),
    ended("n1"),
    EventDraft(type=EventType.TOOL_ENDED, trial_id="n2", node_id="n2"),
    ended("n2", "dropped"),
)
WHOLE = (
    submitted(),
    EventDraft(type=EventType.JOB_CLAIMED),
    *SEARCH,
    EventDraft(type=EventType.SEARCH_DECIDED),
    EventDraft(type=EventType.JOB_SUCCEEDED),
)


def seal(drafts, job_id="old"):
    return seal_events(Position(job_id=job_id), drafts, TS)[1]


def names(drafts):
    return [(draft.type, draft.node_id) for draft in drafts]


def test_only_what_happened_in_the_search_is_taken_over():
    assert names(inherit(seal(WHOLE))) == [
        (EventType.TRIAL_OPENED, "n1"),
        (EventType.TRIAL_OPENED, "n2"),
        (EventType.TOOL_ENDED, "n1"),
        (EventType.TRIAL_ENDED, "n1"),
    ]


def test_a_sample_that_was_cut_off_is_open_again():
    view = fold(seal([submitted(), *inherit(seal(WHOLE))], "new"))

    assert {name: node.status for name, node in view.nodes.items()} == {
        "n1": "complete",
        "n2": "open",
    }
    assert view.status is JobStatus.QUEUED


def test_what_is_inherited_is_shown_and_not_billed():
    view = fold(seal([submitted(), *inherit(seal(WHOLE))], "new"))

    assert view.spent == Spent()
    assert view.inherited == Spent(tokens_in=3, tokens_out=5, model_calls=1, nodes=2)


def test_each_event_names_the_one_that_it_repeats():
    log = seal(WHOLE)
    events = seal([submitted(), *inherit(log)], "new")

    check_chain(events)
    for event in events[1:]:
        origin = log[event.draft.inherited["seq"] - 1]
        assert event.draft.inherited == {
            "job_id": "old",
            "seq": origin.seq,
            "hash": origin.hash,
        }
        assert (event.type, event.draft.data) == (origin.type, origin.draft.data)


def test_a_grandchild_names_the_event_that_happened():
    log = seal(WHOLE)
    child = seal([submitted(), *inherit(log)], "child")
    grandchild = seal([submitted(), *inherit(child)], "grandchild")

    assert [e.draft.inherited for e in grandchild[1:]] == [e.draft.inherited for e in child[1:]]


def test_a_log_is_cut_after_the_outcome_of_a_node():
    cut = cut_at(seal(WHOLE), "n1")

    assert cut[-1].type is EventType.TRIAL_ENDED
    assert len(cut) == 6


def test_a_node_without_an_outcome_cannot_be_cut_at():
    with pytest.raises(InvalidInputError, match="no node"):
        cut_at(seal(WHOLE), "n9")


def test_every_body_that_an_event_names_is_listed():
    assert list_refs([ended("n1"), opened("n2")]) == {"a" * 64, "b" * 64, "c" * 64}


def test_a_path_is_kept_without_what_was_tried_beside_it():
    below = EventDraft(type=EventType.TRIAL_OPENED, trial_id="n3", node_id="n3", parent_id="n1")
    log = seal((submitted(), *SEARCH, below, ended("n3")))

    assert names(event.draft for event in keep_path(log, "n3")) == [
        (EventType.TRIAL_OPENED, "n1"),
        (EventType.TOOL_ENDED, "n1"),
        (EventType.TRIAL_ENDED, "n1"),
        (EventType.TRIAL_OPENED, "n3"),
        (EventType.TRIAL_ENDED, "n3"),
    ]


def test_without_its_judgements_a_log_has_them_open_and_all_that_was_drawn():
    judging = replace(opened("s1"), parent_id="n1", data={"work": "score"})
    log = seal((submitted(), opened("n1"), ended("n1"), judging, ended("s1")))

    view = fold(seal([submitted(), *inherit(drop_judgements(log))], "new"))

    assert {name: node.status for name, node in view.nodes.items()} == {
        "n1": "complete",
        "s1": "open",
    }


def test_what_took_a_verifier_s_place_is_not_told_of_another():
    notes = [
        EventDraft(type=EventType.SEARCH_NOTED, data={"note": note})
        for note in (VERIFIER_FALLBACK, "other")
    ]
    kept = drop_judgements(seal((submitted(), *notes)))

    assert [event.data.get("note") for event in kept] == [None, "other"]
