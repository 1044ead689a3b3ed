"""A run fills its quotas within its means, whatever order the replies come in."""

from __future__ import annotations

import asyncio
import json
from random import Random

import pytest

from engine.domain.errors import ModelUnavailableError
from engine.training.example import Category
from engine.training.generation.ask import RequestRefusedError
from engine.training.generation.budget import Budget, Prices
from engine.training.generation.journal import Entry, Sample, open_journal
from engine.training.generation.judge import Standard
from engine.training.generation.kept import Making
from engine.training.generation.outcome import BLUEPRINTS_FILE, EXAMPLES_FILE, LABELS_FILE, Outcome
from engine.training.generation.plan import Kind, Lane, Request
from engine.training.generation.progress import (
    render_money,
    render_refused,
    render_tallies,
    watching,
)
from engine.training.generation.reply import Reason
from engine.training.generation.run import MAX_REFUSED_AT_FIRST, End, Run, Work
from engine.training.generation.sketch import Sketch

MATH, LOGIC = Category.MATH, Category.LOGIC
STANDARD = Standard(making=Making(n_instances=2))
WORDS = ("red", "blue", "green", "white", "black", "pink", "grey", "brown", "gold", "lime")


def lane(category, n_requests, quota):
    subject = Sketch(question="shop", category=category, family="shop")
    requests = tuple(
        Request(
            request_id=f"{category.value}-{index}",
            kind=Kind.BLUEPRINTS,
            subject=subject,
            prompt=(),
            n_samples=1,
            n_items=1,
            seed=index,
        )
        for index in range(n_requests)
    )
    return Lane(quota=quota, requests=requests)


def reply(request):
    blueprint = {
        # Two requests in a row write the same.
        "question": f"A {WORDS[request.seed // 2]} box holds {{n}} pens. How many do 3 hold?",
        "variables": {"n": "2..40"},
        "values": {"n": str(request.seed + 2)},
        "program": "all=n*3",
        "answer": str(3 * request.seed + 6),
    }
    text = json.dumps({"blueprints": [blueprint]})
    return Entry(
        request_id=request.request_id, samples=(Sample(text=text),), tokens_in=10, tokens_out=10
    )


async def run(folder, lanes, ask, *, cap=None, concurrency=3, watch=lambda *_: None):
    budget = Budget(prices=Prices(prompt=100_000, completion=100_000), cap=cap)
    outcome = Outcome(lanes, STANDARD)
    work = Work(lanes=lanes, ask=ask, cost=lambda _: 4.0, concurrency=concurrency)
    with open_journal(folder / "journal.jsonl", {}) as journal:
        ending = await Run(work, journal, outcome, budget, watch).go()
    outcome.write(folder)
    return ending, outcome, budget


async def answer(request):
    return reply(request)


async def test_files_do_not_depend_on_the_order_of_replies(tmp_path):
    lanes = {MATH: lane(MATH, 20, 8), LOGIC: lane(LOGIC, 20, 4)}
    found = set()
    for seed in range(4):
        rng = Random(seed)

        async def shuffled(request, rng=rng):
            for _ in range(rng.randrange(5)):
                await asyncio.sleep(0)
            return reply(request)

        folder = tmp_path / str(seed)
        # All that is planned is answered, so that each journal holds the same in another order.
        everything = {
            category: Lane(quota=99, requests=lanes[category].requests) for category in lanes
        }
        await run(folder, everything, shuffled, concurrency=5)
        await run(folder, lanes, shuffled)
        names = (EXAMPLES_FILE, BLUEPRINTS_FILE, LABELS_FILE)
        found.add(tuple((folder / name).read_bytes() for name in names))
    assert len(found) == 1


async def test_no_more_is_asked_than_quotas_need(tmp_path):
    asked = []

    async def counting(request):
        asked.append(request.request_id)
        return reply(request)

    lanes = {MATH: lane(MATH, 20, 3), LOGIC: lane(LOGIC, 20, 1)}
    ending, outcome, _ = await run(tmp_path, lanes, counting)
    assert ending.end is End.FULL
    assert [len(tally.kept) for tally in outcome.tallies.values()] == [3, 1]
    assert asked.count("logic-0") == 1
    assert len(asked) <= 7
    assert outcome.tallies[MATH].rejected[Reason.DUPLICATE] >= 2
    assert "math: 3 of 3 kept" in render_tallies(outcome.tallies)[0]


async def test_spent_attempts_end_the_run(tmp_path):
    ending, _, _ = await run(tmp_path, {MATH: lane(MATH, 4, 9)}, answer)
    assert ending.end is End.SPENT
    assert ending.n_asked == 4


@pytest.mark.parametrize("cap", [4.0, 7.0, 11.0, 20.0])
async def test_spent_and_in_flight_never_pass_the_cap(tmp_path, cap):
    seen = []

    def watch(_outcome, budget, _n_in_flight):
        seen.append(budget.spent + budget.reserved)

    lanes = {MATH: lane(MATH, 20, 10)}
    ending, _, budget = await run(tmp_path, lanes, answer, cap=cap, watch=watch)
    assert ending.end is End.CAPPED
    assert max(seen) <= cap
    # Another request would have fitted beside no less than this.
    assert budget.spent > cap - 4.0
    assert f"of at most {cap:.4g}" in render_money(budget)


async def test_failed_request_ends_the_run_and_what_was_out_is_kept(tmp_path):
    async def failing(request):
        if request.seed == 1:
            raise ModelUnavailableError("away")
        await asyncio.sleep(0)
        return reply(request)

    lanes = {MATH: lane(MATH, 20, 10)}
    ending, _, _ = await run(tmp_path, lanes, failing)
    assert (ending.end, ending.error) == (End.FAILED, "away")
    with open_journal(tmp_path / "journal.jsonl", {}) as journal:
        assert set(journal.entries) == {"math-0", "math-2"}
    ending, outcome, _ = await run(tmp_path, lanes, answer)
    assert ending.end is End.FULL
    # The one that failed is asked again, and nothing of what was answered.
    with open_journal(tmp_path / "journal.jsonl", {}) as journal:
        assert "math-1" in journal.entries
        assert len(journal.entries) == ending.n_asked + 2
    assert len(outcome.tallies[MATH].keys) == 10


def refusing(*seeds):
    async def ask(request):
        if request.seed in seeds:
            raise RequestRefusedError(f"{request.seed} is too long")
        return reply(request)

    return ask


async def test_refused_request_is_set_aside_and_asked_again_by_the_next_run(tmp_path):
    lanes = {MATH: lane(MATH, 8, 99)}
    ending, _, _ = await run(tmp_path, lanes, refusing(2, 5))
    assert ending.end is End.SPENT
    assert ending.n_asked == 6
    assert [(one.request.request_id, one.reason) for one in ending.refused] == [
        ("math-2", "2 is too long"),
        ("math-5", "5 is too long"),
    ]
    assert "2 requests set aside" in render_refused(ending.refused)
    assert "math-2: 2 is too long" in render_refused(ending.refused)
    ending, _, _ = await run(tmp_path, lanes, answer)
    assert (ending.n_asked, ending.refused) == (2, ())


async def test_server_that_refuses_the_first_requests_ends_the_run(tmp_path):
    lanes = {MATH: lane(MATH, 90, 80)}
    ending, _, _ = await run(tmp_path, lanes, refusing(*range(90)), concurrency=1)
    assert ending.end is End.FAILED
    assert f"every request, {MAX_REFUSED_AT_FIRST} in all" in ending.error
    assert f"{MAX_REFUSED_AT_FIRST - 1} is too long" in ending.error
    assert ending.refused == ()


async def test_server_that_has_answered_may_refuse_as_many_as_it_likes(tmp_path):
    lanes = {MATH: lane(MATH, 3 * MAX_REFUSED_AT_FIRST, 99)}
    none_but_two = refusing(*range(2, 3 * MAX_REFUSED_AT_FIRST))
    for n_asked in (2, 0):
        # What the journal holds was answered by the same server.
        ending, _, _ = await run(tmp_path, lanes, none_but_two)
        assert ending.end is End.SPENT
        assert ending.n_asked == n_asked
        assert len(ending.refused) == 3 * MAX_REFUSED_AT_FIRST - 2


async def test_few_requests_that_are_all_refused_are_the_servers_fault(tmp_path):
    ending, _, _ = await run(tmp_path, {MATH: lane(MATH, 3, 9)}, refusing(0, 1, 2))
    assert ending.end is End.FAILED
    assert "3 in all" in ending.error


async def test_on_a_terminal_bars_tell_what_it_costs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with watching() as watch:
        await run(tmp_path, {MATH: lane(MATH, 4, 1)}, answer, watch=watch)

    assert "cost " in capsys.readouterr().err


async def test_off_a_terminal_a_line_tells_what_is_kept_and_what_it_cost(tmp_path, capsys):
    with watching() as watch:
        await run(tmp_path, {MATH: lane(MATH, 4, 2)}, answer, watch=watch)
    told = capsys.readouterr()

    assert told.out == ""
    assert "2 of 2 kept, " in told.err.splitlines()[-1]
    assert ", cost " in told.err
