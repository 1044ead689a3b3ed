"""What every implementation of the port ``EventLog`` must do."""

from __future__ import annotations

import math

import pytest

from engine.domain.canonical import digest, text_body
from engine.domain.errors import EventEncodingError
from engine.domain.event import EventDraft, EventType, check_chain, decode_event

HOSTILE = "nul \0 lone \ud800 end"


def note(text: str) -> EventDraft:
    return EventDraft(type=EventType.SEARCH_NOTED, at_ms=3, data={"note": text})


async def test_reading_returns_the_whole_chain(subject):
    events = await subject.log.read()

    assert events
    check_chain(events)


async def test_an_append_after_reading_returns_the_new_events(subject):
    before = await subject.log.read()
    new = await subject.log.append([note("a"), note("b")], {})

    assert [event.draft for event in new] == [note("a"), note("b")]
    check_chain([*before, *new])


async def test_each_event_is_returned_once(subject):
    await subject.log.read()
    first = await subject.log.append([note("a")], {})
    second = await subject.log.append([note("b")], {})

    assert [event.seq for event in second] == [first[-1].seq + 1]


async def test_an_append_without_reading_returns_what_came_before(subject):
    view = subject.reopen()
    before = await subject.log.read()
    await view.read()
    new = await view.append([note("a")], {})

    assert [event.seq for event in new] == [before[-1].seq + 1]


async def test_appended_events_are_read_back_byte_for_byte(subject):
    before = await subject.log.read()
    new = await subject.log.append([note(HOSTILE)], {})
    written = [event.encoded for event in [*before, *new]]

    assert [event.encoded for event in await subject.log.read()] == written
    assert [event.encoded for event in await subject.reopen().read()] == written


async def test_hostile_values_are_made_portable(subject):
    await subject.log.read()
    draft = EventDraft(
        type=EventType.SEARCH_NOTED, data={"note": HOSTILE, "bounds": [math.inf, math.nan]}
    )
    await subject.log.append([draft], {})

    stored = decode_event((await subject.reopen().read())[-1].encoded)
    assert stored.data == {"note": "nul \0 lone \\ud800 end", "bounds": ["Infinity", "NaN"]}


async def test_bodies_are_kept_with_the_events(subject):
    await subject.log.read()
    body = text_body(HOSTILE)
    await subject.log.append([note("a")], {digest(body): body})

    assert await subject.find_body(digest(body)) == body
    assert await subject.find_body(digest(b"other")) is None


async def test_appending_nothing_changes_nothing(subject):
    before = list(await subject.log.read())

    assert list(await subject.log.append([], {})) == []
    assert list(await subject.log.read()) == before


async def test_a_batch_is_written_whole_or_not_at_all(subject):
    before = list(await subject.log.read())
    body = b"orphan"
    bad = EventDraft(type=EventType.SEARCH_NOTED, data={"note": object()})

    with pytest.raises(EventEncodingError):
        await subject.log.append([note("good"), bad], {digest(body): body})
    assert list(await subject.reopen().read()) == before
    assert await subject.find_body(digest(body)) is None
    new = await subject.log.append([note("after")], {})
    assert [event.seq for event in new] == [before[-1].seq + 1]
