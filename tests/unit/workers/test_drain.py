from __future__ import annotations

import threading

from workers.drain import EXIT_HURRIED, Drain


class Stage:
    """What a drain acts on, with every step recorded."""

    def __init__(self, *, is_empty: bool, drain_s: float = 30.0) -> None:
        self.n_begun = 0
        self.empty = threading.Event()
        self.left: list[int] = []
        self.has_left = threading.Event()
        if is_empty:
            self.empty.set()
        self.drain = Drain(
            begin=self.begin, is_empty=self.empty.is_set, drain_s=drain_s, leave=self.leave
        )
        self.drain.start()

    def begin(self) -> None:
        self.n_begun += 1

    def leave(self, code: int) -> None:
        self.left.append(code)
        self.has_left.set()


def test_a_request_asks_the_searches_to_end_and_waits_for_them() -> None:
    stage = Stage(is_empty=False)

    stage.drain.request()
    threading.Timer(0.05, stage.empty.set).start()
    stage.drain.finish()
    stage.drain.end()

    assert stage.n_begun == 1
    assert stage.empty.is_set()
    assert stage.left == []


def test_a_second_request_leaves_at_once() -> None:
    stage = Stage(is_empty=False)

    stage.drain.request()
    stage.drain.request()

    assert stage.left == [EXIT_HURRIED]
    stage.drain.end()


def test_a_search_that_does_not_end_in_time_is_left_behind() -> None:
    stage = Stage(is_empty=False, drain_s=0.1)

    stage.drain.request()

    assert stage.has_left.wait(10)
    assert stage.left == [EXIT_HURRIED]


def test_closing_without_a_request_drains_too() -> None:
    stage = Stage(is_empty=True)

    stage.drain.finish()
    stage.drain.end()

    assert stage.n_begun == 1
    assert stage.left == []
