"""The parser of server-sent events."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.svend import sse
from scripts.svend.errors import ProtocolError
from scripts.svend.sse import ServerEvent, SseParser

STREAM = (
    'retry: 2000\n\n: hb\n\nid: 1\nevent: a\ndata: {"x":"é"}\n\nid: 2\ndata: one\ndata: two\n\n'
)
EVENTS = [
    ServerEvent(event_id="1", name="a", data='{"x":"é"}'),
    ServerEvent(event_id="2", name="message", data="one\ntwo"),
]


def parse(*pieces: bytes) -> list[ServerEvent]:
    parser = SseParser()
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_every_line_ending_is_read(ending):
    assert parse(STREAM.replace("\n", ending).encode()) == EVENTS


@given(st.lists(st.integers(0, 200), max_size=20), st.sampled_from(["\n", "\r\n", "\r"]))
def test_cuts_do_not_matter(cuts, ending):
    whole = STREAM.replace("\n", ending).encode()
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    pieces = [whole[a:b] for a, b in pairwise(places)]

    assert parse(*pieces) == EVENTS


@given(st.lists(st.binary(max_size=40)))
def test_no_bytes_break_the_parser(pieces):
    parse(*pieces)


def test_a_comment_is_no_event():
    assert parse(b": hb\n\n") == []


def test_an_unfinished_event_is_held_back():
    assert parse(b"data: 1\n") == []


def test_an_id_lasts_until_the_next():
    assert [event.event_id for event in parse(b"id: 7\ndata: a\n\ndata: b\n\n")] == ["7", "7"]


def test_an_endless_event_is_refused(monkeypatch):
    monkeypatch.setattr(sse, "MAX_EVENT_CHARS", 10)

    with pytest.raises(ProtocolError):
        parse(b"data: 0123456789")
