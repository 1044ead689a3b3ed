"""The fold: every view of a search is a pure function of a prefix of its log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.answer import Answer
from engine.domain.budget import Spent
from engine.domain.errors import CorruptLogError, StaleTransitionError
from engine.domain.event import (
    EventDraft,
    EventType,
    Position,
    check_chain,
    decode_event,
    seal_events,
)
from engine.domain.fold import Folding, fold
from engine.domain.ids import GroupId, NodeId, TrialId
from engine.domain.job_status import JobStatus
from engine.domain.outcome import (
    Certainty,
    Likelihood,
    Opened,
    Outcome,
    OutcomeStatus,
    Timing,
    TokenUse,
)
from engine.domain.record import draft_ended, draft_opened, read_outcome, read_told, read_trial
from engine.domain.trial import NodeKind, PathEnd, Sampling, Trial, Work
from engine.domain.verdict import Verdict

TS = "2026-01-02T03:04:05.678901Z"
LOGS = Path(__file__).parents[3] / "fixtures" / "logs"
SMALL = st.integers(0, 1000)
TEXT = st.text(max_size=10)
TRIALS = st.builds(
    Trial,
    trial_id=TEXT.map(TrialId),
    node_id=TEXT.map(NodeId),
    parent_id=st.none() | TEXT.map(NodeId),
    depth=SMALL,
    rank=SMALL,
    kind=st.sampled_from(NodeKind),
    group_id=TEXT.map(GroupId),
    index=SMALL,
    group_seed=st.integers(0, 2**52),
    prompt=TEXT,
    sampling=st.builds(
        Sampling,
        temperature=st.floats(0, 2),
        top_p=st.floats(0.1, 1),
        max_tokens=st.integers(1, 99),
    ),
    work=st.sampled_from(Work),
    parent_part=st.none() | SMALL,
    branch=TEXT,
    subjects=st.lists(
        st.builds(PathEnd, node_id=TEXT.map(NodeId), part=st.none() | SMALL), max_size=3
    ).map(tuple),
)
POSITIVE = st.floats(0, 99)
OUTCOMES = st.builds(
    Outcome,
    trial_id=TEXT.map(TrialId),
    status=st.sampled_from(OutcomeStatus),
    reason=TEXT,
    answer=st.none()
    | st.builds(Answer, text=TEXT, key=st.none() | TEXT, class_id=TEXT, canonicaliser=TEXT),
    likelihood=st.none() | st.builds(Likelihood, mean_logprob=st.floats(-9, 0), n_tokens=SMALL),
    tokens=st.builds(TokenUse, tokens_in=SMALL, tokens_out=SMALL, tokens_cached=SMALL),
    timing=st.builds(Timing, ttft_ms=st.none() | SMALL, total_ms=SMALL),
    error=st.none() | TEXT,
    body_ref=st.none() | TEXT,
    parts=st.lists(TEXT, max_size=3).map(tuple),
    final_parts=st.lists(st.integers(0, 2), max_size=3).map(tuple),
    is_final=st.booleans(),
    score=st.none() | st.floats(0, 1),
    verdict=st.none() | st.sampled_from(Verdict),
    pick=st.none() | SMALL,
    certainty=st.none()
    | st.builds(Certainty, mean=POSITIVE, tail=POSITIVE, lowest=POSITIVE, bottom_tenth=POSITIVE),
    call=st.none() | TEXT,
    program_ref=st.none() | TEXT,
)


def _seal(drafts, *, attempt=1):
    position = Position(job_id="job_1", attempt=attempt, epoch=attempt)
    return seal_events(position, drafts, TS)[1]


def _draft(kind, **data):
    return EventDraft(type=kind, data=data)


def _sample(rank):
    name = f"n{rank}"
    trial = Trial(
        trial_id=TrialId(name),
        node_id=NodeId(name),
        parent_id=None,
        depth=1,
        rank=rank,
        kind=NodeKind.ANSWER,
        group_id=GroupId("g"),
        index=rank,
        group_seed=0,
        prompt="solve",
        sampling=Sampling(),
    )
    outcome = Outcome(
        trial_id=trial.trial_id,
        status=OutcomeStatus.COMPLETE,
        reason="stop",
        tokens=TokenUse(tokens_in=2, tokens_out=3, tokens_cached=1),
    )
    return trial, outcome


@given(TRIALS)
def test_a_trial_is_read_back_from_its_event_exactly(trial):
    (event,) = _seal([draft_opened(trial, at_ms=1, prompt_id="p@1", prompt_ref="d")])

    assert read_trial(decode_event(event.encoded)) == trial
    assert read_told(event) == Opened(trial=trial)


@given(TRIALS, OUTCOMES)
def test_an_outcome_is_read_back_from_its_event_exactly(trial, outcome):
    (event,) = _seal([draft_ended(trial, outcome, at_ms=1)])

    assert read_outcome(decode_event(event.encoded)) == outcome
    assert read_told(event) == outcome


def test_other_events_tell_an_algorithm_nothing():
    (event,) = _seal([_draft(EventType.SEARCH_NOTED, note="x")])

    assert read_told(event) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=14))
def test_spending_never_falls_and_counts_each_sample_once(moves):
    drafts = []
    for rank, is_end in moves:
        trial, outcome = _sample(rank)
        drafts.append(
            draft_ended(trial, outcome, at_ms=1, model_calls=1)
            if is_end
            else draft_opened(trial, at_ms=1, prompt_id="p", prompt_ref="d")
        )
    folding, last = Folding(), Spent()
    for event in _seal(drafts):
        folding.add(event)
        spent = folding.spent
        assert all(spent.to_data()[name] >= count for name, count in last.to_data().items())
        last = spent

    view = folding.view()
    n_ended = sum(node.ended_seq is not None for node in view.nodes.values())
    assert view.spent.nodes == len(view.nodes) == len({r for r, is_end in moves if not is_end})
    assert view.spent.tokens_out == 3 * n_ended
    assert view.spent.model_calls == n_ended


def test_a_view_does_not_change_when_the_fold_goes_on():
    trial, outcome = _sample(0)
    events = _seal(
        [
            draft_opened(trial, at_ms=1, prompt_id="p", prompt_ref="d"),
            draft_ended(trial, outcome, at_ms=2),
        ]
    )
    folding = Folding()
    folding.add(events[0])
    early = folding.view()
    folding.add(events[1])

    assert early.nodes["n0"].status == "open"
    assert folding.view().nodes["n0"].status == "complete"


def test_a_gap_is_refused():
    events = _seal([_draft(EventType.SEARCH_NOTED, note="x") for _ in range(3)])

    with pytest.raises(CorruptLogError, match="event 3 does not follow event 1"):
        fold([events[0], events[2]])


def test_the_life_of_a_job_is_followed():
    drafts = [
        _draft(EventType.JOB_SUBMITTED, problem={"text": "?"}, pins={}),
        _draft(EventType.JOB_CLAIMED, owner="w"),
        _draft(EventType.JOB_REQUEUED, reason="lease-lost"),
        _draft(EventType.JOB_CLAIMED, owner="v"),
        _draft(EventType.JOB_CANCEL_REQUESTED),
        _draft(EventType.JOB_CANCELLED, reason="caller"),
    ]
    events = _seal(drafts)
    statuses = [fold(events[:n]).status for n in range(1, len(events) + 1)]

    assert statuses == [
        JobStatus.QUEUED,
        JobStatus.RUNNING,
        JobStatus.QUEUED,
        JobStatus.RUNNING,
        JobStatus.RUNNING,
        JobStatus.CANCELLED,
    ]
    assert fold(events).is_cancel_requested
    assert fold(events).ending == {"reason": "caller"}


def test_a_claim_takes_over_an_expired_lease():
    events = _seal(
        [_draft(EventType.JOB_SUBMITTED), *[_draft(EventType.JOB_CLAIMED, owner="w")] * 2]
    )

    assert fold(events).status is JobStatus.RUNNING


def test_nothing_follows_a_terminal_state():
    events = _seal(
        [
            _draft(EventType.JOB_SUBMITTED),
            _draft(EventType.JOB_CANCELLED, reason="caller"),
            _draft(EventType.JOB_CLAIMED, owner="w"),
        ]
    )
    with pytest.raises(StaleTransitionError):
        fold(events)


def test_running_time_sums_over_attempts():
    first = [EventDraft(type=EventType.SEARCH_NOTED, at_ms=ms) for ms in (0, 500)]
    position, events = seal_events(Position(job_id="j", attempt=1), first, TS)
    later = Position(job_id="j", seq=position.seq, head=position.head, attempt=2)
    _, more = seal_events(later, [EventDraft(type=EventType.SEARCH_NOTED, at_ms=200)], TS)

    assert fold([*events, *more]).spent.running_ms == 700


def test_what_an_interruption_cut_off_is_spent():
    (event,) = _seal(
        [_draft(EventType.SEARCH_NOTED, note="drained", tokens={"in": 4, "out": 5}, model_calls=2)]
    )

    assert fold([event]).spent == Spent(tokens_in=4, tokens_out=5, model_calls=2)


def _golden_logs():
    return sorted(LOGS.glob("*.jsonl"))


@pytest.mark.parametrize("path", _golden_logs(), ids=lambda path: path.stem)
def test_the_log_of_every_release_still_folds_to_the_same_search(path):
    events = [decode_event(line) for line in path.read_bytes().splitlines()]
    expected = json.loads(path.with_suffix(".view.json").read_text())

    check_chain(events)
    assert json.loads(json.dumps(fold(events).to_data())) == expected


def test_there_is_a_golden_log():
    assert _golden_logs()
