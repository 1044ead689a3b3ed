"""A search is judged by the verifier that its job pins, at its first attempt as at any other."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from db.derivation import Derivation
from db.records import NewJob
from engine.adapters.caching_verifier import JudgementCache
from engine.domain.budget import Budget
from engine.domain.event import EventDraft, EventType, check_chain
from engine.domain.fold import fold
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.lineage import Relation
from engine.domain.standing import SolveOutcome
from engine.domain.verifier_kind import VerifierKind
from engine.verify.assessment import Assessment
from engine.verify.verdict import VerdictPolicy
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.scripted_verifier import ScriptedVerifier
from tests.invariants import check_invariants
from tests.unit.engine.verify.builders import share_calibrator
from workers.verifier import FoundVerifier

RIGHT = "I think.\nAnswer: 4"
SETTINGS = {"samples": 2, "scorer": "verifier"}
JUDGED = {"algorithm": "best_of_n", "algorithm_version": 1, "settings": SETTINGS}
TRUSTED = Assessment(policy=VerdictPolicy(min_score=0.9))


def find(name: str, score: float, **changes: Any) -> FoundVerifier:
    verifier = ScriptedVerifier(lambda _claim: score, name=f"{name}@1")
    return FoundVerifier(
        verifier=verifier, cache=JudgementCache(), kind=VerifierKind(name), **changes
    )


@pytest.fixture
def label() -> FoundVerifier:
    return find("label", 0.4)


@pytest.fixture
def itself() -> FoundVerifier:
    return find("self", 0.95, is_trained=False)


async def run(bench: Any, job_id: JobId, offer: Any) -> None:
    solver = bench.make_solver(ScriptedChatModel([RIGHT]))
    solver.offer = offer
    await solver.solve(bench.claim(job_id), time.monotonic())
    check_invariants(bench.engine)


def submit(bench: Any, offer: Any, version: str, **pins: Any) -> JobId:
    serving = replace(offer.serving, verifier=version)
    return bench.submit("j", pins={**JUDGED, "serving": serving, **pins})


def list_scores(bench: Any, job_id: JobId) -> list[float]:
    nodes = fold(bench.list_events(job_id)).nodes.values()
    return [node.findings["score"] for node in nodes if node.work == "score"]


async def test_the_pinned_verifier_judges_and_no_other(bench, label, itself) -> None:
    offer = bench.offer(verifier=label, others=[itself, None], assessment=TRUSTED)
    job_id = submit(bench, offer, "self@1")
    await run(bench, job_id, offer)
    assert list_scores(bench, job_id) == [0.95, 0.95]
    assert label.verifier.calls == []


async def test_a_word_that_is_not_trusted_verifies_nothing_beside_one_that_is(
    bench, label, itself
) -> None:
    offer = bench.offer(verifier=label, others=[itself, None], assessment=TRUSTED)
    job_id = submit(bench, offer, "self@1")
    await run(bench, job_id, offer)
    result = bench.jobs.get_result(bench.tenant_id, job_id)
    assert result.body["outcome"] == SolveOutcome.UNVERIFIED.value


async def test_a_worker_of_another_default_still_judges_as_pinned(bench, label, itself) -> None:
    first = bench.offer(verifier=label, others=[itself, None])
    job_id = submit(bench, first, "label@1")
    await run(bench, job_id, bench.offer(verifier=None, others=[itself, label]))
    assert bench.get(job_id).status is JobStatus.SUCCEEDED
    assert list_scores(bench, job_id) == [0.4, 0.4]


async def test_a_search_that_was_given_back_is_judged_by_the_same_at_its_next_worker(
    bench, label
) -> None:
    def judge_once(_claim: Any) -> float:
        bench.keeper.drain()
        return 0.95

    draining = FoundVerifier(
        verifier=ScriptedVerifier(judge_once, name="self@1"),
        cache=JudgementCache(),
        kind=VerifierKind.SELF,
    )
    first = bench.offer(verifier=label, others=[draining, None])
    job_id = submit(bench, first, "self@1", settings={**SETTINGS, "samples": 8})
    await run(bench, job_id, first)
    assert bench.get(job_id).status is JobStatus.QUEUED

    other = find("self", 0.75)
    # Another worker on the same database: the first one takes nothing any more.
    await run(replace(bench), job_id, bench.offer(verifier=label, others=[other, None]))
    assert bench.get(job_id).status is JobStatus.SUCCEEDED
    assert set(list_scores(bench, job_id)) <= {0.95, 0.75}
    assert other.verifier.calls
    assert label.verifier.calls == []


async def test_a_verifier_that_is_not_served_any_more_fails_the_job_visibly(
    bench, label, itself
) -> None:
    job_id = submit(bench, bench.offer(verifier=label, others=[itself, None]), "label@1")
    await run(bench, job_id, bench.offer(verifier=None, others=[itself]))
    job = bench.get(job_id)
    assert (job.status, job.error["code"]) == (JobStatus.FAILED, "pin-mismatch")
    assert "verifier: pinned 'label@1', here 'none'" in job.error["detail"]
    refused = [e for e in bench.list_events(job_id) if e.type is EventType.SEARCH_REFUSED]
    assert len(refused) == 1


async def test_what_takes_a_verifier_s_place_is_noted_only_where_it_judges(bench, itself) -> None:
    fallback = find("label", 0.4, note="the base model judges")
    offer = bench.offer(verifier=fallback, others=[itself, None])
    job_id = submit(bench, offer, "self@1")
    await run(bench, job_id, offer)
    assert not fold(bench.list_events(job_id)).notes


@pytest.mark.parametrize(
    ("version", "settings", "is_calibrated"),
    [
        pytest.param("label@1", SETTINGS, True, id="default"),
        pytest.param("self@1", SETTINGS, False, id="other"),
        pytest.param("self@1", {"samples": 2, "scorer": "likelihood"}, True, id="unjudged"),
    ],
)
async def test_a_calibrator_speaks_for_the_scores_of_the_default_verifier(
    bench, label, itself, version, settings, is_calibrated
) -> None:
    calibrator = share_calibrator(model_fingerprint="0123456789ab")
    assessment = Assessment(calibrator=calibrator)
    offer = bench.offer(verifier=label, others=[itself, None], assessment=assessment)
    job_id = submit(bench, offer, version, settings=settings)
    await run(bench, job_id, offer)
    confidence = bench.jobs.get_result(bench.tenant_id, job_id).body["confidence"]
    assert (confidence is not None) is is_calibrated


async def test_a_fork_has_the_same_samples_judged_by_another(bench, label, itself) -> None:
    offer = bench.offer(verifier=label, others=[itself, None], assessment=TRUSTED)
    source = submit(bench, offer, "label@1")
    await run(bench, source, offer)
    judged = fold(bench.list_events(source))
    samples = [node for node in judged.nodes.values() if node.work == "sample"]

    child = derive(bench, source, "self@1", last=max(judged.nodes.values(), key=by_end).node_id)
    await run(bench, child, offer)

    view = fold(bench.list_events(child))
    assert set(view.nodes) == set(judged.nodes)
    assert [view.nodes[node.node_id].body_ref for node in samples] == [
        node.body_ref for node in samples
    ]
    assert list_scores(bench, child) == [0.95, 0.95]
    assert (view.spent.tokens_out, view.decision["standing"]["evidence"][0]["mean_score"]) == (
        0,
        0.95,
    )
    check_chain(bench.list_events(child))


async def test_where_nothing_judges_any_more_judgements_end_unscored(bench, label) -> None:
    offer = bench.offer(verifier=label, others=[None])
    source = submit(bench, offer, "label@1")
    await run(bench, source, offer)
    last = max(fold(bench.list_events(source)).nodes.values(), key=by_end).node_id

    child = derive(bench, source, "none", last, samples=9, scorer="likelihood")
    await run(bench, child, offer)

    assert bench.get(child).status is JobStatus.SUCCEEDED
    nodes = fold(bench.list_events(child)).nodes.values()
    assert {node.status for node in nodes if node.work == "score"} == {"failed"}


def by_end(node: Any) -> int:
    return node.ended_seq or 0


def derive(bench: Any, source: JobId, version: str, last: str, **settings: Any) -> JobId:
    first = bench.list_events(source)[0]
    pins = first.data["pins"]
    pins = {
        **pins,
        "serving": {**pins["serving"], "verifier": version},
        "settings": {**pins["settings"], **settings},
    }
    new = NewJob(
        job_id=JobId("child"),
        tenant_id=bench.tenant_id,
        problem_text=bench.get(source).problem_text,
        strategy="best_of_n",
        budget=Budget(),
        first=EventDraft(type=EventType.JOB_SUBMITTED, data={**first.data, "pins": pins}),
        queue="solve.interactive",
    )
    derivation = Derivation(
        source_id=source, relation=Relation.FORKED, node_id=last, is_judged_anew=True
    )
    return bench.jobs.derive(new, derivation).job.job_id
