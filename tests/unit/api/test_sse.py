import json
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.hub import MAX_QUEUED, Subscription
from api.sse import HEARTBEAT, EventStream, StreamTerms, render_event, take_run
from db.records import JobKey
from engine.domain.errors import DependencyUnavailableError
from tests.unit.api.logs import JOB, make_log

KEY = JobKey(tenant_id="t", job_id=JOB)
LOG = make_log(40, ends=True)


class ScriptedHub:
    """A hub whose subscription is told one script entry at each wait."""

    def __init__(self, script=()):
        self.script = list(script)
        self.is_stopping = False
        self.n_left = 0

    @contextmanager
    def subscribe(self, key, head):
        subscription = ScriptedSubscription(key=key, head=head)
        subscription.hub = self
        try:
            yield subscription
        finally:
            self.n_left += 1


class ScriptedSubscription(Subscription):
    hub: ScriptedHub

    def wait(self, timeout_s):
        if not self.hub.script:
            return False
        head, events = self.hub.script.pop(0)
        self.tell(head, events)
        return True


class Clock:
    """A clock that moves on by a second each time it is read."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1
        return self.now


def make_stream(hub, *, after=0, last_seq=0, terms=None, list_events=None):
    return EventStream(
        hub=hub,
        list_events=list_events or (lambda cursor: list(LOG[cursor : cursor + 7])),
        key=KEY,
        after=after,
        last_seq=last_seq,
        terms=terms or StreamTerms(),
        now_s=Clock(),
    )


def read_ids(chunks):
    return [
        int(line[4:])
        for chunk in chunks
        for line in chunk.decode().splitlines()
        if line.startswith("id: ")
    ]


def test_stream_of_an_ended_job_is_its_whole_log():
    chunks = list(make_stream(ScriptedHub(), last_seq=40).run())
    assert read_ids(chunks) == list(range(1, 41))
    assert chunks[0] == b"retry: 2000\n\n"


@given(
    after=st.integers(0, 39),
    script=st.lists(st.tuples(st.integers(1, 40), st.sets(st.integers(1, 40)))),
)
def test_whatever_the_mirror_delivers_the_stream_is_gap_free(after, script):
    told = [(head, [LOG[seq - 1] for seq in sorted(seqs)]) for head, seqs in script]
    hub = ScriptedHub([*told, (40, [])])
    chunks = list(make_stream(hub, after=after, last_seq=after).run())
    assert read_ids(chunks) == list(range(after + 1, 41))


def test_events_of_the_mirror_are_not_read_again():
    asked = []

    def list_events(cursor):
        asked.append(cursor)
        return []

    hub = ScriptedHub([(40, list(LOG))])
    chunks = list(make_stream(hub, list_events=list_events).run())
    assert read_ids(chunks) == list(range(1, 41))
    assert not asked


def test_silence_is_broken_by_heartbeats():
    stream = make_stream(ScriptedHub(), terms=StreamTerms(max_age_s=20)).run()
    assert [next(stream) for _number in range(3)][1:] == [HEARTBEAT, HEARTBEAT]


def test_old_stream_is_closed():
    chunks = list(make_stream(ScriptedHub(), terms=StreamTerms(max_age_s=20)).run())
    assert set(chunks[1:]) == {HEARTBEAT}


def test_stream_ends_with_the_process():
    hub = ScriptedHub()
    hub.is_stopping = True
    assert len(list(make_stream(hub).run())) == 1


def test_closed_stream_leaves_the_hub():
    hub = ScriptedHub()
    stream = make_stream(hub, last_seq=40).run()
    next(stream)
    next(stream)
    stream.close()
    assert hub.n_left == 1


def test_blip_of_the_database_does_not_end_a_stream():
    failures = [DependencyUnavailableError(), DependencyUnavailableError()]

    def list_events(cursor):
        if failures:
            raise failures.pop()
        return list(LOG[cursor:])

    chunks = list(make_stream(ScriptedHub(), last_seq=40, list_events=list_events).run())
    assert read_ids(chunks) == list(range(1, 41))


def test_frame_holds_the_event_as_one_line():
    head, kind, data, empty, end = render_event(LOG[1]).decode().split("\n")
    assert (head, kind, empty, end) == ("id: 2", "event: search.noted", "", "")
    assert json.loads(data.removeprefix("data: ")) == LOG[1].to_data()


@given(st.sets(st.integers(1, 40)), st.integers(0, 40))
def test_run_follows_the_cursor_without_a_gap(seqs, cursor):
    run = take_run([LOG[seq - 1] for seq in sorted(seqs)], cursor)
    assert [event.seq for event in run] == list(range(cursor + 1, cursor + 1 + len(run)))
    assert cursor + len(run) + 1 not in seqs


@pytest.mark.parametrize("n_events", [MAX_QUEUED, MAX_QUEUED + 1, 3 * MAX_QUEUED])
def test_slow_reader_holds_a_bounded_queue(n_events):
    log = make_log(n_events)
    subscription = Subscription(key=KEY, head=0)
    for event in log:
        subscription.tell(event.seq, [event])
    assert len(subscription.events) == min(n_events, MAX_QUEUED)
    assert subscription.head == n_events
