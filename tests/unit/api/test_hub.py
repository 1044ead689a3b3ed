import threading

import pytest

from api.hub import StreamHub
from db.records import JobHead, JobKey
from engine.domain.errors import DependencyUnavailableError
from tests.unit.api.logs import JOB, make_log

KEY = JobKey(tenant_id="t", job_id=JOB)
LOG = make_log(5)
TIMEOUT_S = 10.0


class Heads:
    def __init__(self, last_seq=0, error=None):
        self.last_seq = last_seq
        self.error = error
        self.n_asked = 0
        self.asked = threading.Event()

    def list_last_seqs(self, keys):
        self.n_asked += 1
        if self.n_asked >= 2:
            self.asked.set()
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return {
            key.job_id: JobHead(last_seq=self.last_seq, version=1, is_terminal=False)
            for key in keys
        }


class ListMirror:
    def __init__(self, events=(), error=None):
        self.events = list(events)
        self.error = error

    def read(self, cursors, *, block_ms):
        if self.error is not None:
            raise self.error
        threading.Event().wait(block_ms / 1000 if not self.events else 0)
        found, self.events = self.events, []
        return {key: found for key in cursors if found}


def hear(hub, head=0):
    with hub.subscribe(KEY, head) as subscription:
        while subscription.head <= head:
            assert subscription.wait(TIMEOUT_S)
        return subscription


@pytest.mark.parametrize(
    "mirror",
    [
        pytest.param(None, id="none"),
        pytest.param(ListMirror(), id="silent"),
        pytest.param(ListMirror(error=DependencyUnavailableError()), id="out-of-reach"),
        pytest.param(ListMirror(error=RuntimeError("odd")), id="broken"),
    ],
)
def test_comparison_tells_of_a_longer_log_whatever_the_mirror(mirror):
    hub = StreamHub(Heads(last_seq=3), mirror)
    assert hear(hub).head == 3


def test_mirror_hands_events_on():
    hub = StreamHub(Heads(), ListMirror(LOG[2:]))
    assert [event.seq for event in hear(hub, head=2).take()] == [3, 4, 5]


def test_known_events_are_not_handed_on():
    hub = StreamHub(Heads(), ListMirror(LOG))
    assert [event.seq for event in hear(hub, head=2).take()] == [3, 4, 5]


def test_hub_outlives_a_failing_database():
    hub = StreamHub(Heads(last_seq=2, error=DependencyUnavailableError()), None)
    assert hear(hub).head == 2


def test_hub_outlives_what_nobody_foresaw():
    hub = StreamHub(Heads(last_seq=2, error=RuntimeError("odd")), None)
    assert hear(hub).head == 2


def test_hub_without_clients_asks_nothing():
    heads = Heads(last_seq=1)
    hub = StreamHub(heads, None)
    hear(hub)
    assert hub.n_waiting == 0
    before = heads.n_asked
    heads.asked.clear()
    # One comparison may be under way; a second would mean that it goes on for nobody.
    heads.n_asked = 0
    assert before >= 1
    assert not heads.asked.wait(2.5)


def test_every_waiting_client_is_told():
    heads = Heads(last_seq=0)
    hub = StreamHub(heads, None)
    other = JobKey(tenant_id="t", job_id="job_2")
    with (
        hub.subscribe(KEY, 0) as first,
        hub.subscribe(KEY, 0) as second,
        hub.subscribe(other, 0) as third,
    ):
        assert hub.n_waiting == 3
        heads.last_seq = 1
        assert all(s.wait(TIMEOUT_S) for s in (first, second, third))


def test_closed_hub_lets_nobody_wait():
    hub = StreamHub(Heads(), None)
    with hub.subscribe(KEY, 0) as subscription:
        hub.close()
        assert subscription.wait(TIMEOUT_S)
        assert hub.is_stopping


def test_stopping_process_wakes_everyone():
    hub = StreamHub(Heads(), None)
    hub.stop_when(lambda: True)
    with hub.subscribe(KEY, 0) as subscription:
        assert subscription.wait(TIMEOUT_S)
    assert hub.is_stopping
