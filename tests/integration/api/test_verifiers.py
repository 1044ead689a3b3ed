"""Choosing who judges: at submission, from a node on, and what follows from the choice."""

from __future__ import annotations

import uuid

import pytest

from db.catalogue import CatalogueStore
from engine.adapters.caching_verifier import JudgementCache
from engine.domain.profile import CHAT_PROFILE
from engine.domain.verifier_kind import VerifierKind
from engine.prompts.prompt_set import load_prompt_set
from ops.process import wait_until
from tests.fakes.scripted_verifier import ScriptedVerifier
from workers.offer import make_offer
from workers.verifier import FoundVerifier

JUDGED = {"strategy": "best_of_n", "settings": {"samples": 4, "scorer": "verifier"}}
OFFERED = "the verifiers on offer are label, none, self"


def find(kind: VerifierKind, version: str) -> FoundVerifier:
    return FoundVerifier(
        verifier=ScriptedVerifier(lambda _claim: 0.5, name=version),
        cache=JudgementCache(),
        kind=kind,
        is_trained=kind is VerifierKind.LABEL,
    )


def publish(store, label="label@1"):
    offer = make_offer(
        model="tiny@abc",
        version="unpinned",
        profile=CHAT_PROFILE,
        prompts=load_prompt_set("chat"),
        canonicaliser="keys@1",
        verifier=find(VerifierKind.LABEL, label),
        others=[find(VerifierKind.SELF, "self@1"), None],
    )
    store.publish(offer.serving, offer.list_strategies(), (), offer.list_verifiers())


@pytest.fixture(scope="module")
def catalogue(engine):
    store = CatalogueStore(engine)
    publish(store)
    return store


@pytest.fixture
def voted(submit, worker):
    """Two samples by vote of scores, the first of them judged before the second was drawn."""
    job_id = submit(**JUDGED)
    claim = worker.claim(job_id)
    worker.open_and_end(claim, 1)
    worker.write_score(claim, "n1", 0.9)
    worker.open_and_end(claim, 2)
    worker.succeed(claim)
    return job_id


@pytest.fixture
def climbed(submit, worker):
    """A search by steps, the first of which was judged before the second was written."""
    job_id = submit(strategy="beam")
    claim = worker.claim(job_id)
    worker.write_step(claim, "first")
    worker.write_score(claim, "first", 0.9)
    worker.write_step(claim, "second", parent="first")
    worker.succeed(claim)
    return job_id


def pins_of(client, job_id):
    return client.get(f"/v1/jobs/{job_id}/trace").json["pins"]


def fork(client, job_id, change, node="n2", **body):
    return client.post(f"/v1/jobs/{job_id}/fork", json={"node": node, "change": change, **body})


def trace_of(client, response):
    assert response.status_code == 202, response.text
    return client.get(f"/v1/jobs/{response.json['id']}/trace").json


def test_the_verifiers_on_offer_are_listed_beside_the_strategies(client):
    shown = client.get("/v1/strategies").json["verifiers"]
    assert shown == [
        {"name": "label", "version": "label@1", "is_default": True, "is_trained": True},
        {"name": "self", "version": "self@1", "is_default": False, "is_trained": False},
        {"name": "none", "version": "none", "is_default": False, "is_trained": False},
    ]


def test_strategies_are_shown_as_they_are_under_a_verifier(client):
    def read_default(query):
        shown = client.get(f"/v1/strategies{query}").json
        found = {one["name"]: one for one in shown["strategies"]}
        return shown["serving"]["verifier"], found["best_of_n"]["defaults"]["scorer"]

    assert read_default("") == ("label@1", "verifier")
    assert read_default("?verifier=none") == ("none", "likelihood")


def test_strategies_under_an_unknown_verifier_are_refused(client):
    refused = client.get("/v1/strategies?verifier=magic")
    assert (refused.status_code, refused.json["code"]) == (422, "unknown-verifier")


@pytest.mark.parametrize(
    ("body", "version"),
    [
        pytest.param({}, "label@1", id="default"),
        pytest.param({"verifier": "label"}, "label@1", id="default-by-name"),
        pytest.param({"verifier": "self"}, "self@1", id="other"),
        pytest.param({"verifier": "none"}, "none", id="nothing"),
    ],
)
def test_a_job_pins_the_verifier_that_it_asks_for(client, submit, body, version):
    assert pins_of(client, submit(**body))["serving"]["verifier"] == version


def test_defaults_follow_the_chosen_verifier(client, submit):
    pins = pins_of(client, submit(strategy="best_of_n", verifier="none"))
    assert pins["settings"]["scorer"] == "likelihood"


@pytest.mark.parametrize("name", ["classify", "magic", "", "LABEL"])
def test_a_verifier_that_is_not_offered_is_refused_with_those_that_are(client, voted, name):
    submitted = client.post("/v1/jobs", json={"problem": "1 + 1?", "verifier": name})
    forked = fork(client, voted, {"verifier": name})
    for refused in (submitted, forked):
        assert (refused.status_code, refused.json["code"]) == (422, "unknown-verifier")
        assert OFFERED in refused.json["detail"]


def test_a_search_by_scores_is_refused_where_nothing_judges(client, voted):
    submitted = client.post("/v1/jobs", json={"problem": "1 + 1?", "verifier": "none", **JUDGED})
    forked = fork(client, voted, {"verifier": "none"})
    for refused in (submitted, forked):
        assert (refused.status_code, refused.json["code"]) == (422, "strategy-unavailable")
        assert "scorer=verifier" in refused.json["detail"]


def test_a_part_of_an_ensemble_by_scores_is_refused_where_nothing_judges(client):
    body = {"strategy": "ensemble", "settings": {"parts": [JUDGED]}, "verifier": "none"}
    refused = client.post("/v1/jobs", json={"problem": "1 + 1?", **body})
    assert (refused.status_code, refused.json["code"]) == (422, "strategy-unavailable")
    assert "/settings/parts/0: scorer=verifier" in refused.json["detail"]


@pytest.mark.parametrize(("verifier", "scorer"), [("label", "verifier"), ("none", "likelihood")])
def test_the_parts_of_an_ensemble_are_pinned_with_their_defaults(client, submit, verifier, scorer):
    parts = [
        {"strategy": "best_of_n", "settings": {"samples": 3}},
        {"strategy": "self_consistency"},
    ]
    job_id = submit(strategy="ensemble", settings={"parts": parts}, verifier=verifier)
    first, second = pins_of(client, job_id)["settings"]["parts"]
    assert (first["settings"]["samples"], first["settings"]["scorer"]) == (3, scorer)
    assert second["strategy"] == "self_consistency"
    assert second["settings"]["samples"] >= 1


def test_a_dry_run_refuses_what_a_submission_would(client):
    body = {"problem": "1 + 1?", "verifier": "magic"}
    assert client.post("/v1/jobs?dry_run=1", json=body).json["code"] == "unknown-verifier"


def test_an_earlier_result_answers_only_what_was_judged_by_the_same(client, submit, worker):
    problem = f"What is 6 x 7? ({uuid.uuid4().hex})"
    worker.solve(submit(problem=problem, verifier="self"))
    ask = {"problem": problem, "cache": {"max_age_s": 600}}
    assert client.post("/v1/jobs", json={**ask, "verifier": "none"}).status_code == 202
    assert client.post("/v1/jobs", json=ask).status_code == 202
    assert client.post("/v1/jobs", json={**ask, "verifier": "self"}).status_code == 200


def test_another_verifier_alone_is_a_change_and_is_told(client, voted):
    response = fork(client, voted, {"verifier": "self"})
    assert trace_of(client, response)["pins"]["serving"]["verifier"] == "self@1"
    events = client.get(f"/v1/jobs/{response.json['id']}/events").json["events"]
    assert (events[-1]["type"], events[-1]["data"]["change"]) == (
        "search.forked",
        {"verifier": "self"},
    )


def test_samples_stay_and_are_judged_anew(client, voted):
    trace = trace_of(client, fork(client, voted, {"verifier": "self"}))
    assert [(node["node_id"], node["status"]) for node in trace["nodes"]] == [
        ("n1", "complete"),
        ("score-n1", "open"),
        ("n2", "complete"),
    ]


def test_the_same_verifier_s_word_is_taken_over(client, voted):
    trace = trace_of(client, fork(client, voted, {"verifier": "label"}))
    assert {node["status"] for node in trace["nodes"]} == {"complete"}


def test_without_a_verifier_another_scorer_goes_on_from_the_samples(client, voted):
    change = {"verifier": "none", "settings": {"scorer": "likelihood"}}
    pins = trace_of(client, fork(client, voted, change))["pins"]
    assert (pins["serving"]["verifier"], pins["settings"]["scorer"]) == ("none", "likelihood")


def test_a_search_that_scores_have_led_begins_with_the_path(client, climbed):
    trace = trace_of(client, fork(client, climbed, {"verifier": "self"}, node="second"))
    assert [node["node_id"] for node in trace["nodes"]] == ["first", "second"]
    assert trace["pins"]["start"]["node_id"] == "second"


def test_before_anything_was_judged_the_log_is_read_on(client, climbed):
    trace = trace_of(client, fork(client, climbed, {"verifier": "self"}, node="first"))
    assert [node["node_id"] for node in trace["nodes"]] == ["first"]
    assert "start" not in trace["pins"]


def test_a_judgement_of_such_a_search_cannot_be_gone_on_from(client, climbed):
    refused = fork(client, climbed, {"verifier": "self"}, node="score-first")
    fault = refused.json["errors"][0]
    assert (fault["pointer"], fault["code"]) == ("/change/verifier", "cannot-go-on")
    assert "another verifier has led this search" in fault["detail"]


def test_at_the_root_everything_begins_anew_under_another_verifier(client, climbed):
    trace = trace_of(client, fork(client, climbed, {"verifier": "self"}, node="root"))
    assert (trace["nodes"], trace["pins"]["serving"]["verifier"]) == ([], "self@1")


def test_what_goes_on_is_judged_as_before(client, submit, worker):
    job_id = submit(verifier="self")
    worker.solve(job_id)
    for response in (
        client.post(f"/v1/jobs/{job_id}/extend", json={"settings": {"samples": 9}}),
        fork(client, job_id, {"seed": 3}, node="n1"),
    ):
        assert trace_of(client, response)["pins"]["serving"]["verifier"] == "self@1"


def test_a_verifier_that_is_no_longer_served_is_a_conflict_unless_another_judges(
    client, voted, catalogue
):
    publish(catalogue, label="label@2")
    try:
        assert wait_until(lambda: fork(client, voted, {"seed": 1}).status_code == 409, 10.0)
        extended = client.post(f"/v1/jobs/{voted}/extend", json={})
        again = fork(client, voted, {"verifier": "label"})
    finally:
        publish(catalogue)
    assert extended.json["code"] == "pin-mismatch"
    assert "verifier: pinned 'label@1', here 'label@2'" in extended.json["detail"]
    assert trace_of(client, again)["pins"]["serving"]["verifier"] == "label@2"
    assert wait_until(lambda: fork(client, voted, {"seed": 1}).status_code == 202, 10.0)
