"""The log is a gap-free hash chain of canonical bytes."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.canonical import canonical_bytes, digest, portable, text_body
from engine.domain.errors import (
    CorruptLogError,
    EventEncodingError,
    UnknownEventVersionError,
)
from engine.domain.event import (
    EVENT_VERSION,
    GENESIS_HASH,
    MAX_LABEL_CHARS,
    UPCASTS,
    EventDraft,
    EventType,
    Position,
    check_chain,
    decode_event,
    seal_events,
    upcast,
)

TS = "2026-01-02T03:04:05.678901Z"
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=40)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
DRAFTS = st.builds(
    EventDraft,
    type=st.sampled_from(list(EventType)),
    at_ms=st.integers(0, 10**9),
    node_id=st.none() | st.just("n1"),
    label=st.none() | ANY_TEXT,
    data=st.dictionaries(st.text(min_size=1, max_size=5), ANY_JSON, max_size=3),
)


def _seal(drafts: list[EventDraft]):
    return seal_events(Position(job_id="job_1", attempt=1, epoch=2), drafts, TS)


@given(st.lists(DRAFTS, max_size=6))
def test_sealed_events_form_a_chain(drafts):
    position, events = _seal(drafts)

    check_chain(events)
    assert [event.seq for event in events] == list(range(1, len(drafts) + 1))
    assert position.seq == len(drafts)
    assert position.head == (events[-1].hash if events else GENESIS_HASH)


@given(DRAFTS)
def test_decoding_gives_back_the_same_bytes_and_fields(draft):
    _, (event,) = _seal([draft])

    decoded = decode_event(event.encoded)
    assert decoded.encoded == event.encoded
    assert decoded.hash == event.hash
    assert (decoded.seq, decoded.type, decoded.epoch) == (1, draft.type, 2)


@given(DRAFTS)
def test_what_is_told_at_once_is_what_a_replay_reads(draft):
    _, (event,) = _seal([draft])

    assert event == decode_event(event.encoded)


@given(DRAFTS)
def test_reencoding_a_decoded_event_changes_nothing(draft):
    _, (event,) = _seal([draft])

    again = seal_events(
        Position(job_id="job_1", attempt=1, epoch=2), [decode_event(event.encoded).draft], TS
    )[1][0]
    assert again.encoded == event.encoded


def test_a_changed_byte_breaks_the_chain():
    _, events = _seal([EventDraft(type=EventType.SEARCH_NOTED) for _ in range(3)])
    forged = dataclasses.replace(events[1], encoded=events[1].encoded.replace(b"job_1", b"job_2"))

    with pytest.raises(CorruptLogError, match="event 2 does not match its hash"):
        check_chain([events[0], forged, events[2]])


def test_a_missing_event_breaks_the_chain():
    _, events = _seal([EventDraft(type=EventType.SEARCH_NOTED) for _ in range(3)])

    with pytest.raises(CorruptLogError, match="event 3 does not follow event 1"):
        check_chain([events[0], events[2]])


def test_text_that_json_cannot_hold_is_made_portable():
    draft = EventDraft(
        type=EventType.SEARCH_NOTED,
        data={"nul": "a\x00b", "surrogate": "\ud800!", "inf": math.inf, "nan": math.nan},
    )
    _, (event,) = _seal([draft])

    data = json.loads(event.encoded)["data"]
    assert data == {"nul": "a\x00b", "surrogate": "\\ud800!", "inf": "Infinity", "nan": "NaN"}


def test_an_integer_that_readers_would_round_is_refused():
    draft = EventDraft(type=EventType.SEARCH_NOTED, data={"seed": 2**60})

    with pytest.raises(EventEncodingError):
        _seal([draft])


def test_labels_are_cut_to_their_bound():
    draft = EventDraft(type=EventType.SEARCH_NOTED, label="x" * 500)

    assert draft.label is not None
    assert len(draft.label) == MAX_LABEL_CHARS


def test_a_later_version_is_refused():
    _, (event,) = _seal([EventDraft(type=EventType.SEARCH_NOTED)])
    wire = {**json.loads(event.encoded), "v": EVENT_VERSION + 1}

    with pytest.raises(UnknownEventVersionError):
        decode_event(canonical_bytes(wire))


def test_an_older_version_is_upcast_step_by_step(monkeypatch):
    monkeypatch.setitem(UPCASTS, 0, lambda wire: {**wire, "v": 1, "type": wire["name"]})

    assert upcast({"v": 0, "name": "search.noted"})["type"] == "search.noted"


@given(st.binary(max_size=60))
def test_bytes_that_are_no_event_are_a_corrupt_log(encoded):
    with pytest.raises(CorruptLogError):
        decode_event(encoded)


@given(ANY_JSON)
def test_the_fast_way_writes_the_bytes_of_rfc_8785(value):
    assert canonical_bytes(value) == rfc8785.dumps(portable(value))


def test_canonical_bytes_sort_keys_and_drop_spaces():
    assert (
        canonical_bytes({"b": 1.0, "a": [True, None, "é"]})
        == '{"a":[true,null,"é"],"b":1}'.encode()
    )


def test_digest_is_sha256_in_hex():
    assert digest(text_body("abc")) == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
