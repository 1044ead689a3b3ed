from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.domain.budget import Spent
from engine.domain.event import EventDraft, EventType, Position, seal_events
from engine.domain.fold import Folding
from workers.spending import Tally

TS = "2026-01-01T00:00:00Z"


def draft_trial(number: int, at_ms: int, counts: tuple[int, int, int, int]) -> list[EventDraft]:
    names: dict[str, Any] = {
        "trial_id": f"t{number}",
        "node_id": f"n{number}",
        "depth": 1,
        "rank": number,
        "kind": "answer",
        "at_ms": at_ms,
    }
    tokens = {"in": counts[0], "out": counts[1], "cached": counts[2]}
    ended = {
        "status": "complete",
        "reason": "stop",
        "tokens": tokens,
        "timing": {},
        "model_calls": counts[3],
    }
    return [
        EventDraft(type=EventType.TRIAL_OPENED, **names),
        EventDraft(type=EventType.TRIAL_ENDED, data=ended, **names),
        EventDraft(
            type=EventType.SEARCH_NOTED,
            at_ms=at_ms,
            data={"note": "drained", "tokens": tokens, "model_calls": 1},
        ),
    ]


counts = st.tuples(*[st.integers(0, 1000)] * 4)
batches = st.lists(st.tuples(st.integers(0, 10_000), counts), max_size=6)


@given(earlier=batches, later=st.lists(batches, max_size=3))
def test_the_tally_counts_as_the_fold_does(
    earlier: list[tuple[int, tuple[int, int, int, int]]],
    later: list[list[tuple[int, tuple[int, int, int, int]]]],
) -> None:
    folding, numbers = Folding(), iter(range(1000))
    position = Position(job_id="j")
    submitted = EventDraft(type=EventType.JOB_SUBMITTED, data={"problem": {"text": "?"}})
    claimed = EventDraft(type=EventType.JOB_CLAIMED, data={"owner": "w"})

    def write(drafts: list[EventDraft], attempt: int) -> None:
        nonlocal position
        at = Position(
            job_id="j", seq=position.seq, head=position.head, attempt=attempt, epoch=attempt
        )
        position, events = seal_events(at, drafts, TS)
        for event in events:
            folding.add(event)

    write([submitted], 0)
    write([claimed, *(d for b in earlier for d in draft_trial(next(numbers), *b))], 1)
    write([EventDraft(type=EventType.JOB_REQUEUED), claimed], 2)
    tally = Tally(folding.spent)
    for batch in later:
        drafts = [d for b in batch for d in draft_trial(next(numbers), *b)]
        preview = tally.preview(drafts)
        tally.count(drafts)
        write(drafts, 2)

        assert preview == tally.spent == folding.spent


def test_a_preview_counts_nothing() -> None:
    tally = Tally(Spent(tokens_out=3))

    tally.preview([EventDraft(type=EventType.TRIAL_OPENED, at_ms=5)])

    assert tally.spent == Spent(tokens_out=3)
