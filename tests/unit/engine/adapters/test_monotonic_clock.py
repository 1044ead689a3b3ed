from __future__ import annotations

from engine.adapters.monotonic_clock import MonotonicClock


async def test_time_passes_in_a_sleep_and_never_falls():
    clock = MonotonicClock()
    before_ms = clock.now_ms()
    await clock.sleep(0.01)
    assert clock.now_ms() >= before_ms + 9
