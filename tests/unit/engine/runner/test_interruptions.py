"""Interrupted searches: what is cut off is accounted for, and nothing runs twice."""

from __future__ import annotations

import asyncio

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.budget import Budget
from engine.domain.errors import FencedError, ModelUnavailableError, PinMismatchError
from engine.domain.event import EventType
from engine.domain.fold import fold
from engine.domain.outcome import Timing, TokenUse
from engine.domain.standing import StopReason
from engine.domain.trace_digest import trace_digest
from engine.ports import CancelReason, Choice, FinishReason
from engine.search.direct import Direct
from engine.search.self_consistency import SelfConsistency
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.tokens import HeldToken
from tests.unit.engine.runner.harness import (
    Bench,
    says,
    types,
)


def _run(bench: Bench):
    return asyncio.run(bench.run())


class HangingModel:
    """A model that answers as told for some samples and holds the others until recalled."""

    def __init__(self, answers: dict[int, Choice], *, started: asyncio.Event | None = None):
        self.answers = answers
        self.requests = []
        self.started = started or asyncio.Event()

    async def generate(self, request, cancel):
        self.requests.append(request)
        for index in range(request.n):
            if index in self.answers:
                yield self.answers[index]
        self.started.set()
        await cancel.wait()
        for index in range(request.n):
            if index not in self.answers:
                yield Choice(
                    index=index,
                    text="cut o",
                    finish_reason=FinishReason.DROPPED,
                    tokens=TokenUse(tokens_in=3 if index == 0 else 0, tokens_out=2),
                    model_calls=1 if index == 0 else 0,
                )


def _choice(index, text, finish=FinishReason.STOP, **more):
    return Choice(index=index, text=f"Answer: {text}", finish_reason=finish, **more)


def test_a_server_that_is_away_interrupts_the_search_and_costs_no_sample():
    away = Choice(
        index=0,
        text="",
        finish_reason=FinishReason.ERROR,
        error="connection refused",
        is_unavailable=True,
    )
    bench = Bench(model=ScriptedChatModel(lambda *_: away))
    with pytest.raises(ModelUnavailableError, match="connection refused"):
        _run(bench)

    assert "trial.ended" not in types(bench.log.events)
    resumed = Bench(model=says("72"), log=InMemoryEventLog(events=bench.log.events))
    assert _run(resumed).standing.answer.text == "72"


def test_a_search_that_ends_leaves_nothing_open_that_another_worker_had_opened():
    before = Bench(model=says("1", "2", "1", "1"))
    _run(before)
    n_opened = types(before.log.events).index("trial.ended")
    bench = Bench(
        model=says("1"),
        log=InMemoryEventLog(events=before.log.events[:n_opened]),
        cancel=HeldToken(CancelReason.CANCEL),
    )
    _run(bench)

    nodes = fold(bench.log.events).nodes.values()
    assert [node.status for node in nodes] == ["dropped"] * (n_opened - 1)
    assert bench.log.events[-1].type is EventType.SEARCH_DECIDED
    assert bench.model.requests == []


def test_a_sample_lost_while_the_server_served_others_has_failed():
    def script(_request, index):
        if index == 1:
            return Choice(
                index=1,
                text="",
                finish_reason=FinishReason.ERROR,
                error="reset",
                is_unavailable=True,
            )
        return "Answer: 5"

    end = _run(Bench(model=ScriptedChatModel(script), algorithm=SelfConsistency(samples=4)))

    assert end.standing.answer.text == "5"
    assert end.standing.n_abstained >= 1


def test_a_cancelled_search_accounts_for_what_it_cut_off():
    async def scenario():
        model = HangingModel({0: _choice(0, "5")})
        cancel = HeldToken()
        bench = Bench(model=model, cancel=cancel)
        running = asyncio.create_task(bench.run())
        await model.started.wait()
        cancel.set(CancelReason.CANCEL)
        return bench, await running

    bench, end = asyncio.run(scenario())
    statuses = [e.data["status"] for e in bench.log.events if e.type is EventType.TRIAL_ENDED]
    assert end.stop_reason is StopReason.CANCELLED
    assert sorted(statuses) == ["complete", "dropped"]
    assert end.spent.tokens_out == 2


def test_harvest_returns_the_best_answer_so_far():
    async def scenario():
        model = HangingModel({0: _choice(0, "5")})
        cancel = HeldToken()
        running = asyncio.create_task(Bench(model=model, cancel=cancel).run())
        await model.started.wait()
        cancel.set(CancelReason.HARVEST)
        return await running

    end = asyncio.run(scenario())
    assert end.stop_reason is StopReason.HARVESTED
    assert end.standing.answer.text == "5"


def test_a_drained_search_leaves_its_trials_open_and_is_taken_up_by_another():
    async def scenario():
        model = HangingModel({1: _choice(1, "5", model_calls=1)})
        cancel = HeldToken()
        bench = Bench(model=model, cancel=cancel)
        running = asyncio.create_task(bench.run())
        await model.started.wait()
        cancel.set(CancelReason.DRAIN)
        return bench, await running

    bench, end = asyncio.run(scenario())
    assert end.is_interrupted
    assert end.spent.tokens_out == 2
    open_trials = [n for n in fold(bench.log.events).nodes.values() if n.ended_seq is None]
    assert len(open_trials) == 1

    heir = Bench(model=says("5"), log=InMemoryEventLog(events=bench.log.events))
    assert _run(heir).standing.answer.text == "5"
    assert heir.model.requests[0].n == 1
    assert heir.model.requests[0].seed == bench.model.requests[0].seed


def test_a_fenced_search_writes_nothing_more():
    async def scenario():
        model = HangingModel({})
        cancel = HeldToken()
        bench = Bench(model=model, cancel=cancel)
        running = asyncio.create_task(bench.run())
        await model.started.wait()
        n_events = len(bench.log.events)
        cancel.set(CancelReason.FENCED)
        return bench, await running, n_events

    bench, end, n_events = asyncio.run(scenario())
    assert end.is_interrupted
    assert len(bench.log.events) == n_events


def test_a_log_that_refuses_ends_the_run_and_its_requests():
    class FencedLog(InMemoryEventLog):
        async def append(self, drafts, bodies):
            if any(draft.type is EventType.TRIAL_ENDED for draft in drafts):
                raise FencedError
            return await super().append(drafts, bodies)

    with pytest.raises(FencedError):
        _run(Bench(model=says("72"), log=FencedLog()))


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"deadline_ms": 5000}, StopReason.DEADLINE),
        ({"budget": Budget(seconds=5)}, StopReason.BUDGET),
    ],
    ids=["deadline", "seconds"],
)
def test_time_ends_a_search_with_the_best_answer_so_far(limits, reason):
    async def scenario():
        model = HangingModel({0: _choice(0, "5")})
        bench = Bench(model=model, **limits)
        running = asyncio.create_task(bench.run())
        await model.started.wait()
        bench.clock.advance(6)
        return await running

    end = asyncio.run(scenario())
    assert end.stop_reason is reason
    assert end.standing.answer.text == "5"


def test_a_deadline_that_has_passed_asks_for_nothing():
    bench = Bench(model=says("72"), deadline_ms=0)
    end = _run(bench)

    assert end.stop_reason is StopReason.DEADLINE
    assert not bench.model.requests


def test_another_fingerprint_is_refused_visibly():
    first = Bench(model=says("72"))
    _run(first)
    second = Bench(
        model=says("72"),
        log=InMemoryEventLog(events=first.log.events[:3]),
        fingerprint="weights-2",
    )
    with pytest.raises(PinMismatchError, match="weights-2"):
        _run(second)

    assert types(second.log.events)[-1] == "search.refused"
    assert not second.model.requests


def test_a_decided_log_is_answered_without_a_model_call():
    first = Bench(model=says("72"))
    end = _run(first)
    again = Bench(model=says("9"), log=InMemoryEventLog(events=first.log.events))

    assert _run(again).standing == end.standing
    assert not again.model.requests


@pytest.mark.parametrize(
    "budget",
    [Budget(), Budget(nodes=5), Budget(model_calls=2), Budget(nodes=1), Budget(tokens=6)],
    ids=["none", "nodes", "model-calls", "one-node", "tokens"],
)
def test_a_search_resumes_from_every_prefix_with_the_same_answer_and_no_repeated_sample(budget):
    def script(request, index):
        return f"Answer: {(request.seed + index) % 3}"

    def bench(**more):
        model, algorithm = ScriptedChatModel(script), SelfConsistency(samples=9)
        return Bench(model=model, algorithm=algorithm, budget=budget, **more)

    whole = bench()
    end = _run(whole)
    for cut in range(1, len(whole.log.events)):
        prefix = whole.log.events[:cut]
        heir = bench(log=InMemoryEventLog(events=prefix))
        again = _run(heir)

        assert again.standing.answer == end.standing.answer
        assert again.stop_reason == end.stop_reason
        if budget == Budget():
            # A budget may cut samples off at another place; the vote is of the same ones.
            assert _digest(heir) == _digest(whole)
        ended = {e.draft.trial_id for e in prefix if e.type is EventType.TRIAL_ENDED}
        fresh = [
            e.draft.trial_id for e in heir.log.events[cut:] if e.type is EventType.TRIAL_ENDED
        ]
        assert not ended & set(fresh)
        assert len(set(fresh)) == len(fresh)


def _digest(bench):
    return trace_digest(fold(bench.log.events))


def _away(index, **more):
    return Choice(
        index=index,
        text="",
        finish_reason=FinishReason.ERROR,
        error="refused",
        is_unavailable=True,
        **more,
    )


def test_samples_of_a_paid_call_are_waited_for_when_no_call_is_left():
    class OneByOne:
        async def generate(self, request, cancel):
            for index in range(request.n):
                yield _choice(index, "5", model_calls=int(index == 0))
                await asyncio.sleep(0)

    bench = Bench(
        model=OneByOne(),
        algorithm=SelfConsistency(samples=8, haste=1.0),
        budget=Budget(model_calls=1),
    )
    end = _run(bench)

    assert end.standing.is_decided
    assert end.spent.model_calls == 1


def test_what_an_outage_cost_is_spent():
    tokens = TokenUse(tokens_in=5, tokens_out=11)
    bench = Bench(
        model=ScriptedChatModel(lambda _request, index: _away(index, tokens=tokens)),
        algorithm=Direct(),
    )
    with pytest.raises(ModelUnavailableError):
        _run(bench)

    spent = fold(bench.log.events).spent
    assert (spent.tokens_out, spent.model_calls) == (11, 1)


def test_an_outage_met_while_the_search_ends_leaves_no_trial_open():
    class AwayWhenRecalled(HangingModel):
        async def generate(self, request, cancel):
            yield _choice(0, "5")
            self.started.set()
            await cancel.wait()
            yield _away(1)

    async def scenario():
        model, cancel = AwayWhenRecalled({}), HeldToken()
        bench = Bench(model=model, cancel=cancel)
        running = asyncio.create_task(bench.run())
        await model.started.wait()
        cancel.set(CancelReason.HARVEST)
        return bench, await running

    bench, end = asyncio.run(scenario())
    assert all(node.ended_seq for node in fold(bench.log.events).nodes.values())
    assert end.standing.answer.text == "5"


def test_time_spent_on_a_server_that_is_away_is_not_the_searchs():
    timing = Timing(total_ms=40_000)

    async def scenario():
        bench = Bench(
            model=ScriptedChatModel(lambda _request, index: _away(index, timing=timing)),
            algorithm=Direct(),
        )
        bench.model = _Slow(bench.model, bench.clock)
        with pytest.raises(ModelUnavailableError):
            await bench.run()
        return bench

    assert fold(asyncio.run(scenario()).log.events).spent.running_ms == 0


class _Slow:
    """Passes forty seconds before each choice."""

    def __init__(self, model, clock):
        self.model = model
        self.clock = clock

    async def generate(self, request, cancel):
        self.clock.advance(40)
        async for choice in self.model.generate(request, cancel):
            yield choice


def test_a_broken_adapter_is_not_mistaken_for_an_answer():
    class Broken:
        async def generate(self, request, cancel):
            raise RuntimeError("a fault of the adapter")
            yield

    with pytest.raises(RuntimeError, match="a fault of the adapter"):
        _run(Bench(model=Broken()))
