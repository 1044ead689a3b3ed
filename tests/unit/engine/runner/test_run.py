"""The runner: what is sent, what is concluded, what is committed, and when it stops."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from engine.domain.budget import Budget
from engine.domain.event import EventType, check_chain
from engine.domain.fold import fold
from engine.domain.price import Prices
from engine.domain.standing import SolveOutcome, StopReason
from engine.domain.tool import ToolResult, ToolStatus
from engine.ports import Choice, FinishReason
from engine.search.direct import Direct
from engine.search.self_consistency import SelfConsistency
from tests.fakes.scripted_model import ScriptedChatModel
from tests.unit.engine.runner.harness import (
    PROGRAM_PROFILE,
    Bench,
    ScriptedTools,
    computed,
    says,
    types,
)


def _run(bench: Bench):
    return asyncio.run(bench.run())


def test_agreement_ends_a_search_after_half_its_samples():
    bench = Bench(model=says("72"))
    end = _run(bench)

    assert end.standing.answer.text == "72"
    assert end.stop_reason is StopReason.SOLVED
    assert end.outcome is SolveOutcome.UNVERIFIED
    assert end.spent.nodes == 2


def test_the_log_of_a_search_is_a_chain_that_begins_with_its_pins():
    bench = Bench(model=says("72"))
    _run(bench)

    check_chain(bench.log.events)
    assert types(bench.log.events) == [
        "search.started",
        "trial.opened",
        "trial.opened",
        "trial.ended",
        "trial.ended",
        "search.decided",
    ]
    assert bench.log.events[0].data["pins"]["serving"]["model_fingerprint"] == "weights-1"


def test_a_group_goes_out_as_one_request_with_the_seed_of_its_first_sample():
    bench = Bench(model=says("1", "2", "3", "4"))
    _run(bench)

    first, *rest = bench.model.requests
    seeds = {
        event.data["index"]: event.data["group_seed"] + event.data["index"]
        for event in bench.log.events
        if event.type is EventType.TRIAL_OPENED
    }
    assert first.n == 2
    assert first.seed == seeds[0]
    assert sum(request.n for request in rest) == 2


def test_answers_that_mean_the_same_vote_together():
    bench = Bench(
        model=says("$72.00", "72 clips", "9", "9.0"), algorithm=SelfConsistency(samples=4)
    )
    end = _run(bench)

    assert end.standing.answer.text == "$72.00"
    assert end.standing.votes[0].n_votes == 2


def test_every_body_that_the_log_refers_to_is_stored():
    bench = Bench(model=says("72"))
    _run(bench)

    refs = {event.draft.body_ref for event in bench.log.events if event.draft.body_ref}
    refs.add(bench.log.events[0].data["problem"]["ref"])
    assert refs == set(bench.log.bodies)


def test_what_has_no_answer_abstains():
    bench = Bench(model=says("", "5", "", "5"))
    end = _run(bench)

    assert end.standing.answer.text == "5"
    assert end.standing.n_abstained == 2


def test_a_truncated_sample_never_votes():
    cut = Choice(index=0, text="Answer: 9", finish_reason=FinishReason.LENGTH)
    bench = Bench(model=ScriptedChatModel(lambda *_: cut), algorithm=SelfConsistency(samples=2))
    end = _run(bench)

    assert end.standing.answer is None
    assert end.outcome is SolveOutcome.NO_ANSWER


def test_a_program_is_run_and_its_value_is_the_answer():
    bench = Bench(
        model=ScriptedChatModel(["v=48/2;a=48+v<ans>a"]),
        tools=ScriptedTools({"v=48/2;a=48+v": computed("72")}),
        profile=PROGRAM_PROFILE,
        algorithm=Direct(),
    )
    end = _run(bench)

    assert end.standing.answer.text == "72"
    assert bench.tools.calls[0].arguments["answer"] == "a"
    assert "tool.ended" in types(bench.log.events)
    node = next(iter(fold(bench.log.events).nodes.values()))
    assert node.tools[0]["output"] == "72"


def test_a_program_that_fails_abstains_and_says_why():
    refused = ToolResult(status=ToolStatus.INVALID, error="divide by something else")
    bench = Bench(
        model=ScriptedChatModel(["a=1/0<ans>a"]),
        tools=ScriptedTools({"a=1/0": refused}),
        profile=PROGRAM_PROFILE,
        algorithm=Direct(),
    )
    end = _run(bench)

    ended = next(e for e in bench.log.events if e.type is EventType.TRIAL_ENDED)
    assert end.standing.answer is None
    assert (ended.data["status"], ended.data["reason"]) == ("failed", "tool-error")
    assert ended.data["error"] == "divide by something else"


@pytest.mark.parametrize("text", ["no program", "v=48/2;a=48+v<ans>a"], ids=["none", "no-tools"])
def test_a_program_that_cannot_be_run_abstains(text):
    bench = Bench(
        model=ScriptedChatModel([text]), profile=PROGRAM_PROFILE, algorithm=Direct(), tools=None
    )

    assert _run(bench).standing.answer is None


def test_one_refused_sample_of_many_does_not_lose_the_answer():
    def script(_request, index):
        if index == 0:
            return Choice(index=0, text="", finish_reason=FinishReason.ERROR, error="refused")
        return "Answer: 5"

    end = _run(Bench(model=ScriptedChatModel(script), algorithm=SelfConsistency(samples=6)))

    assert end.standing.answer.text == "5"


@pytest.mark.parametrize(
    ("budget", "n_nodes"),
    [(Budget(nodes=3), 3), (Budget(model_calls=1), 2), (Budget(tokens=2), 2)],
    ids=["nodes", "model-calls", "tokens"],
)
def test_a_budget_stops_the_search_with_the_best_answer_so_far(budget, n_nodes):
    bench = Bench(
        model=says("1", "2", "3", "4", "5", "6"),
        algorithm=SelfConsistency(samples=4),
        budget=budget,
    )
    end = _run(bench)

    assert end.stop_reason is StopReason.BUDGET
    assert end.standing.answer.text == "1"
    assert end.spent.nodes == n_nodes


def test_what_the_search_spent_is_the_fold_of_its_log():
    bench = Bench(model=says("1", "1", "2"))
    end = _run(bench)

    assert fold(bench.log.events).spent == end.spent
    assert end.spent.model_calls == len(bench.model.requests)


def test_money_that_is_spent_ends_a_search_without_a_job():
    bench = Bench(
        model=says(*(str(number) for number in range(64))),
        algorithm=SelfConsistency(samples=64),
        budget=Budget(money=0.00002),
    )
    request = bench.request()
    bench.request = lambda: replace(request, prices=Prices(per_mtok_out=1.0))
    end = _run(bench)

    assert end.stop_reason is StopReason.BUDGET
    assert end.spent.cost >= 0.00002
