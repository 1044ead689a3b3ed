"""Every decision of a router stands in the log once, before what it led to."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.event import EventType, Position, seal_events
from engine.domain.fold import fold
from engine.domain.lineage import inherit
from engine.domain.standing import StopReason
from engine.route.policy import AgreementPolicy
from engine.search.composite.router import Router
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop
from tests.unit.engine.runner.harness import Bench, says

ROUTER = Router(
    pilot=SelfConsistency(samples=4, stop=Stop.FULL),
    parts={"adaptive": SelfConsistency(samples=8)},
    policy=AgreementPolicy(),
)


def _search(log: InMemoryEventLog, algorithm: Router = ROUTER):
    bench = Bench(model=says("1", "2", "1", "1", "1"), algorithm=algorithm, log=log)
    return asyncio.run(bench.run())


def _go_on(before: InMemoryEventLog, algorithm: Router) -> list[str | None]:
    """Return the decisions in a log that begins with another's, the inherited ones first."""
    drafts = [before.events[0].draft, *inherit(before.events)]
    sealed = seal_events(Position(job_id="child"), drafts, "2026-01-01T00:00:00Z")[1]
    log = InMemoryEventLog("child", events=sealed)
    log.bodies = dict(before.bodies)
    _search(log, algorithm)
    return [route["choice"] for route in fold(log.events).routes]


def test_a_decision_stands_between_the_parts_that_it_links():
    log = InMemoryEventLog()
    end = _search(log)
    view = fold(log.events)
    at = [event.seq for event in log.events if event.type is EventType.SEARCH_ROUTED]
    opened = {node.branch: node.opened_seq for node in view.nodes.values()}

    assert end.stop_reason is StopReason.SOLVED
    assert [route["choice"] for route in view.routes] == ["adaptive", None]
    assert opened["pilot"] < at[0] < opened["adaptive"] < at[1]
    assert view.routes[0]["facts"]["vote_share"] == 0.75


def test_a_search_that_goes_on_repeats_no_decision():
    whole = InMemoryEventLog()
    _search(whole)
    for cut in range(1, len(whole.events)):
        log = InMemoryEventLog(events=whole.events[:cut])
        log.bodies = dict(whole.bodies)
        _search(log)

        assert [route["choice"] for route in fold(log.events).routes] == ["adaptive", None]


def test_a_search_that_decides_otherwise_than_the_one_before_it_says_so():
    before = InMemoryEventLog()
    _search(before)
    other = replace(ROUTER, parts={"guided": SelfConsistency(samples=6)})

    assert _go_on(before, ROUTER) == ["adaptive", None]
    assert _go_on(before, other) == ["adaptive", None, "guided", None]
