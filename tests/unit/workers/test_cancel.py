from __future__ import annotations

import asyncio
import threading

import pytest

from engine.ports import CancelReason
from workers.cancel import JobCancel


async def test_waiting_ends_when_another_thread_gives_a_reason() -> None:
    cancel = JobCancel(asyncio.get_running_loop())
    thread = threading.Thread(target=cancel.set, args=(CancelReason.CANCEL,))

    thread.start()
    await asyncio.wait_for(cancel.wait(), 10)

    thread.join()
    assert cancel.reason() is CancelReason.CANCEL


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (CancelReason.DRAIN, CancelReason.CANCEL, CancelReason.CANCEL),
        (CancelReason.CANCEL, CancelReason.DRAIN, CancelReason.CANCEL),
        (CancelReason.CANCEL, CancelReason.FENCED, CancelReason.FENCED),
        (CancelReason.FENCED, CancelReason.CANCEL, CancelReason.FENCED),
        (CancelReason.DRAIN, CancelReason.HARVEST, CancelReason.HARVEST),
    ],
    ids=["drain-cancel", "cancel-drain", "cancel-fenced", "fenced-cancel", "drain-harvest"],
)
async def test_the_stronger_reason_holds(
    first: CancelReason, second: CancelReason, expected: CancelReason
) -> None:
    cancel = JobCancel(asyncio.get_running_loop())

    cancel.set(first)
    is_news = cancel.set(second)

    assert cancel.reason() is expected
    assert is_news == (expected is second)


def test_a_reason_after_the_loop_has_closed_is_kept() -> None:
    loop = asyncio.new_event_loop()
    cancel = JobCancel(loop)
    loop.close()

    cancel.set(CancelReason.FENCED)

    assert cancel.is_fenced
