"""Events from the wire."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.event import EventType
from scripts.svend.errors import ProtocolError
from scripts.svend.wire_event import parse_event, parse_json
from tests.unit.scripts.wire_samples import drafted, seal, whole_log

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def as_text(event) -> str:
    return json.dumps(event.to_data())


def test_an_event_is_read_back_exactly():
    for event in seal(whole_log()):
        assert parse_event(as_text(event)) == event


@given(FINITE)
def test_any_float_keeps_the_hash(value):
    (event,) = seal([drafted(EventType.SEARCH_NOTED, note=value)])
    text = event.encoded[:-1].decode() + f',"hash":"{event.hash}"}}'

    assert parse_event(text).hash == event.hash


def test_a_changed_event_is_noticed():
    (event,) = seal([drafted(EventType.SEARCH_NOTED, note="was")])

    with pytest.raises(ProtocolError, match="does not match its hash"):
        parse_event(as_text(event).replace("was", "now"))


def test_a_later_version_asks_for_an_upgrade():
    (event,) = seal([drafted(EventType.SEARCH_NOTED)])

    with pytest.raises(ProtocolError, match="upgrade svend"):
        parse_event(json.dumps({**event.to_data(), "v": 99}))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"hash":1}'], ids=lambda text: text or "empty"
)
def test_what_is_no_event_is_refused(text):
    with pytest.raises(ProtocolError):
        parse_event(text)


def test_integers_stay_exact_as_far_as_json_has_them():
    assert parse_json("[9007199254740991, -3]") == [2**53 - 1, -3]


def test_a_huge_integer_becomes_a_float():
    assert parse_json("1" + "0" * 400) == float("inf")
