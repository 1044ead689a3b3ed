"""Searches that go on from the log of another."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from db.derivation import Derivation
from db.records import NewJob
from engine.domain.budget import Budget
from engine.domain.canonical import digest, text_body
from engine.domain.event import EventDraft, EventType, check_chain
from engine.domain.fold import fold
from engine.domain.footing import Kept
from engine.domain.ids import JobId
from engine.domain.lineage import Relation, Replaced
from engine.domain.standing import StopReason
from tests.fakes.scripted_model import ScriptedChatModel
from tests.invariants import check_invariants

ANSWERS = [f"Answer: {number}" for number in (1, 2, 1, 3, 1, 1, 4, 1, 5, 2, 1, 1, 6, 1, 1, 1)]


def by_seed(first_seed: int) -> Any:
    """Return a script in which a sample's text depends on its seed alone."""
    return lambda request, index: ANSWERS[(request.seed + index - first_seed) % len(ANSWERS)]


async def run(bench: Any, job_id: JobId, script: Any) -> ScriptedChatModel:
    model = ScriptedChatModel(script)
    await bench.make_solver(model).solve(bench.claim(job_id), time.monotonic())
    check_invariants(bench.engine)
    return model


def make_child(bench: Any, source: JobId, name: str, samples: int) -> NewJob:
    first = bench.list_events(source)[0]
    pins = {**first.data["pins"], "settings": {"samples": samples}}
    data = {**first.data, "pins": pins}
    return NewJob(
        job_id=JobId(name),
        tenant_id=bench.tenant_id,
        problem_text=bench.get(source).problem_text,
        strategy="self_consistency",
        budget=Budget(),
        first=EventDraft(type=EventType.JOB_SUBMITTED, data=data),
        queue="solve.interactive",
    )


def extend(bench: Any, source: JobId, name: str, samples: int) -> JobId:
    derivation = Derivation(source_id=source, relation=Relation.EXTENDED)
    return bench.jobs.derive(make_child(bench, source, name, samples), derivation).job.job_id


def seeds_of(model: ScriptedChatModel) -> set[int]:
    return {request.seed + index for request in model.requests for index in range(request.n)}


async def test_an_extension_draws_only_what_the_larger_search_still_lacks(bench: Any) -> None:
    small = bench.submit("small", pins={"settings": {"samples": 4}})
    seed = (await run(bench, bench.submit("probe"), ANSWERS)).requests[0].seed
    script = by_seed(seed)
    first = await run(bench, small, script)
    grown = extend(bench, small, "grown", samples=16)

    second = await run(bench, grown, script)

    assert seeds_of(first).isdisjoint(seeds_of(second))
    assert bench.get(grown).stop_reason is StopReason.SOLVED
    assert bench.get(grown).spent.nodes == len(seeds_of(second))
    check_chain(bench.list_events(grown))


async def test_an_extension_ends_as_the_larger_search_would_have(bench: Any) -> None:
    small = bench.submit("small", pins={"settings": {"samples": 4}})
    large = bench.submit(
        "large", pins={"settings": {"samples": 16}, "root_search_id": JobId("small")}
    )
    model = await run(bench, bench.submit("probe", pins={"root_search_id": "small"}), ANSWERS)
    script = by_seed(model.requests[0].seed)
    await run(bench, small, script)
    grown = extend(bench, small, "grown", samples=16)

    await run(bench, grown, script)
    await run(bench, large, script)

    views = [fold(bench.list_events(job_id)) for job_id in (grown, large)]
    assert views[0].decision["standing"] == views[1].decision["standing"]
    assert set(views[0].nodes) == set(views[1].nodes)
    assert views[0].inherited.plus(views[0].spent).nodes == views[1].spent.nodes


async def test_a_result_tells_what_was_inherited(bench: Any) -> None:
    small = bench.submit("small", pins={"settings": {"samples": 2}})
    await run(bench, small, ANSWERS)
    grown = extend(bench, small, "grown", samples=3)
    await run(bench, grown, ANSWERS)

    body = bench.jobs.get_result(bench.tenant_id, grown).body
    assert body["inherited"]["nodes"] == bench.get(small).spent.nodes > 0
    assert body["spent"]["nodes"] == bench.get(grown).spent.nodes


async def test_a_fork_takes_a_given_answer_for_the_models_own(bench: Any) -> None:
    small = bench.submit("small", pins={"settings": {"samples": 4}})
    await run(bench, small, ["Answer: 1", "Answer: 2", "Answer: 1"])
    node_id = next(iter(fold(bench.list_events(small)).nodes))
    text = text_body("I was wrong.\nAnswer: 2")
    told = {"node": node_id, "change": {"thought": {"ref": digest(text), "n_chars": len(text)}}}
    derivation = Derivation(
        source_id=small,
        relation=Relation.FORKED,
        node_id=node_id,
        replaced=Replaced.THOUGHT,
        following=(EventDraft(type=EventType.SEARCH_FORKED, data=told),),
        contents={digest(text): text},
    )
    child = bench.jobs.derive(make_child(bench, small, "child", samples=4), derivation).job.job_id
    await run(bench, child, ["Answer: 2"])

    view = fold(bench.list_events(child))
    assert bench.get(child).answer_text == "2"
    assert view.nodes[node_id].body_ref == digest(text)
    assert view.nodes[node_id].tokens == {"in": 0, "out": 0, "cached": 0}


async def test_a_fork_with_another_strategy_completes_the_path_that_it_was_given(
    bench: Any,
) -> None:
    steps = bench.submit("steps", pins={"algorithm": "step_best_of_n", "settings": {"width": 2}})
    await run(bench, steps, ["Halve it.\n\n", "So 24.\nAnswer: 24"])
    view = fold(bench.list_events(steps))
    node = next(one for one in view.nodes.values() if not one.findings.get("is_final", True))
    pins = {
        **bench.list_events(steps)[0].data["pins"],
        "algorithm": "self_consistency",
        "settings": {"samples": 2},
        "start": {"node_id": node.node_id, "part": None},
    }
    new = make_child(bench, steps, "child", samples=2)
    new = replace(new, first=replace(new.first, data={**new.first.data, "pins": pins}))
    derivation = Derivation(
        source_id=steps, relation=Relation.FORKED, node_id=node.node_id, kept=Kept.PATH
    )
    child = bench.jobs.derive(new, derivation).job.job_id
    model = await run(bench, child, ["Answer: 7"])

    assert all("Halve it." in str(request.prompt) for request in model.requests)
    assert bench.get(child).answer_text == "7"
    n_own = bench.get(child).spent.nodes
    assert len(fold(bench.list_events(child)).nodes) == node.depth + n_own
