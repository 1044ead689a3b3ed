import threading

from api.queue import BackgroundJobQueue
from engine.domain.errors import DependencyUnavailableError

TIMEOUT_S = 10.0


class Marks:
    def __init__(self, n_wanted, error=None):
        self.seen = []
        self.done = threading.Event()
        self._n_wanted = n_wanted
        self._error = error

    def __call__(self, job_ids):
        self.seen += job_ids
        if len(self.seen) >= self._n_wanted:
            self.done.set()
        if self._error is not None:
            raise self._error


def test_sent_hints_are_marked_in_order():
    sent, marks = [], Marks(50)
    hints = BackgroundJobQueue(lambda job_id, queue: sent.append((job_id, queue)), marks)
    for number in range(50):
        hints.announce(f"job_{number}", "q")
    assert marks.done.wait(TIMEOUT_S)
    assert sent == [(f"job_{number}", "q") for number in range(50)]
    assert marks.seen == [f"job_{number}" for number in range(50)]


def test_hint_that_fails_twice_is_not_marked():
    tries, marks = [], Marks(1)

    def send(job_id, queue):
        tries.append(job_id)
        if job_id == "job_1":
            raise ConnectionError

    hints = BackgroundJobQueue(send, marks)
    hints.announce("job_1", "q")
    hints.announce("job_2", "q")
    assert marks.done.wait(TIMEOUT_S)
    assert marks.seen == ["job_2"]
    assert tries == ["job_1", "job_1", "job_2"]


def test_hint_over_a_stale_connection_is_sent_again():
    failures, marks = [ConnectionError()], Marks(1)

    def send(job_id, queue):
        if failures:
            raise failures.pop()

    hints = BackgroundJobQueue(send, marks)
    hints.announce("job_1", "q")
    assert marks.done.wait(TIMEOUT_S)


def test_hints_go_on_after_a_failed_mark():
    marks = Marks(2, error=DependencyUnavailableError())
    hints = BackgroundJobQueue(lambda job_id, queue: None, marks)
    hints.announce("job_1", "q")
    hints.announce("job_2", "q")
    assert marks.done.wait(TIMEOUT_S)


def test_hanging_broker_never_holds_up_the_caller():
    release = threading.Event()
    marks = Marks(1)
    hints = BackgroundJobQueue(lambda job_id, queue: release.wait(TIMEOUT_S), marks)
    # More than there is room for: what does not fit is left to the reconciler.
    for number in range(10_200):
        hints.announce(f"job_{number}", "q")
    assert not marks.seen
    release.set()
    assert marks.done.wait(TIMEOUT_S)


def test_closing_sends_what_waits():
    sent = []
    hints = BackgroundJobQueue(lambda job_id, queue: sent.append(job_id), lambda job_ids: None)
    for number in range(250):
        hints.announce(f"job_{number}", "q")
    hints.close()
    assert len(sent) == 250
