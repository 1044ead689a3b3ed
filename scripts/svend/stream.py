"""A job's events as they happen: each once and in order, over as many connections as it takes."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from engine.domain.event import TERMINAL_EVENTS, Event
from scripts.svend.errors import ProtocolError
from scripts.svend.sse import SseParser
from scripts.svend.transport import (
    BUSY_STATUSES,
    CONNECT_TIMEOUT_S,
    Patience,
    Retry,
    Transport,
    check_response,
    read_retry_after_s,
)
from scripts.svend.wire_event import parse_event

# The server sends a comment every 15 s, so a longer silence is a dead connection.
SILENCE_S = 45.0
# The server ends a connection of its own accord after some minutes. That is no fault.
PAUSE_AFTER_END_S = 0.5


def follow_events(
    transport: Transport, path: str, *, after: int, patience: Patience
) -> Iterator[Event]:
    """Yield the events of a log from ``after`` on, up to and with the terminal one.

    A connection that breaks is opened again from the last event seen, and an event that comes
    twice is dropped. Patience begins anew with every event and every proper end of a connection.

    Raises:
        UnreachableError: When patience is over.
        RefusedError: When the server refuses the stream.
        ProtocolError: When what it sends is no event.
    """
    last_seq, retry = after, Retry(patience)
    while True:
        try:
            for event in _read_connection(transport, path, after=last_seq):
                if event.seq <= last_seq:
                    continue
                _check_follows(event, last_seq)
                last_seq, retry = event.seq, Retry(patience)
                yield event
                if event.type in TERMINAL_EVENTS:
                    return
            retry = Retry(patience)
            retry.wait(PAUSE_AFTER_END_S)
        except _NothingMoreError:
            return
        except (httpx.TransportError, _BrokenError) as error:
            if not retry.wait(getattr(error, "retry_after_s", 0.0)):
                raise transport.unreachable(error) from error


class _BrokenError(Exception):
    """The connection is of no more use; a new one may be."""

    def __init__(self, reason: str, retry_after_s: float = 0.0) -> None:
        super().__init__(reason, retry_after_s)
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        return str(self.args[0])


class _NothingMoreError(Exception):
    """The log has ended, and nothing in it follows what was seen."""


def _check_follows(event: Event, last_seq: int) -> None:
    if event.seq != last_seq + 1:
        raise _BrokenError(f"the stream jumped from event {last_seq} to {event.seq}")


def _read_connection(transport: Transport, path: str, *, after: int) -> Iterator[Event]:
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
    timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_TIMEOUT_S)
    parser = SseParser()
    with transport.http.stream("GET", path, headers=headers, timeout=timeout) as response:
        status = response.status_code
        if status in BUSY_STATUSES:
            raise _BrokenError(f"HTTP {status}", read_retry_after_s(response))
        if status == httpx.codes.NO_CONTENT:
            raise _NothingMoreError
        if status != httpx.codes.OK:
            response.read()
            check_response(response)
        # Another kind of page would end properly at once, and be asked for again for ever.
        if not response.headers.get("Content-Type", "").startswith("text/event-stream"):
            raise ProtocolError
        for piece in response.iter_bytes():
            for sent in parser.feed(piece):
                yield parse_event(sent.data)
