"""Going on with a search that has ended."""

import pytest

from engine.domain.canonical import digest
from engine.domain.pins import Serving
from ops.process import wait_until
from tests.integration.api.hand_worker import OUTPUT, SERVING


@pytest.fixture
def solved(submit, worker):
    job_id = submit(settings={"samples": 4}, seed=9, metadata={"run": "a"}, queue="batch")
    worker.solve(job_id)
    return job_id


def extend(client, job_id, body=None, **options):
    return client.post(f"/v1/jobs/{job_id}/extend", json=body or {}, **options)


def test_extension_goes_on_under_the_same_root_and_seed(client, solved):
    response = extend(client, solved, {"settings": {"samples": 16}})
    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/jobs/{response.json['id']}"
    assert response.json["source"] == {"job_id": solved, "relation": "extended"}
    assert (response.json["queue"], response.json["metadata"]) == ("batch", {"run": "a"})
    trace = client.get(f"/v1/jobs/{response.json['id']}/trace").json
    assert trace["source"]["job_id"] == solved
    assert (trace["pins"]["root_search_id"], trace["pins"]["seed"]) == (solved, 9)
    assert trace["pins"]["settings"]["samples"] == 16
    assert len(trace["nodes"]) == 1
    assert (trace["spent"]["tokens_out"], trace["inherited"]["tokens_out"]) == (0, 7)


def test_inherited_texts_are_there(client, solved):
    job_id = extend(client, solved).json["id"]
    shown = client.get(f"/v1/jobs/{job_id}/bodies/{digest(OUTPUT)}")
    assert shown.data == OUTPUT


def test_budget_is_the_same_again_unless_another_is_given(client, submit, worker):
    job_id = submit(budget={"tokens": 10})
    worker.solve(job_id)
    assert extend(client, job_id).json["budget"] == {"tokens": 10}
    assert extend(client, job_id, {"budget": {"nodes": 2}}).json["budget"] == {"nodes": 2}


def test_extension_can_be_extended(client, solved, worker):
    child = extend(client, solved).json["id"]
    worker.claim(child)
    assert client.post(f"/v1/jobs/{child}/extend", json={}).status_code == 409
    client.post(f"/v1/jobs/{child}/cancel")


def test_same_key_leads_to_the_same_extension(client, solved):
    headers = {"Idempotency-Key": f"extend-{solved}"}
    first = extend(client, solved, headers=headers)
    again = extend(client, solved, headers=headers)
    assert again.json["id"] == first.json["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    other = extend(client, solved, {"priority": 1}, headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "idempotency-mismatch")


def test_job_that_has_not_ended_is_a_conflict(client, submit):
    response = extend(client, submit())
    assert (response.status_code, response.json["code"]) == (409, "job-not-finished")
    assert "queued" in response.json["detail"]


def test_job_past_its_retention_is_gone(client, solved, expire):
    expire(solved)
    response = extend(client, solved)
    assert (response.status_code, response.json["code"]) == (410, "gone")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"colour": 1}, "/colour", id="unknown-field"),
        pytest.param({"settings": {"samples": 0}}, "/settings/samples", id="setting"),
        pytest.param({"budget": {"tokens": 0}}, "/budget/tokens", id="budget"),
        pytest.param({"budget": {"money": 1}}, "/budget/money", id="money-without-prices"),
        pytest.param({"retention_days": 31}, "/retention_days", id="retention"),
    ],
)
def test_faulty_field_is_named(client, solved, body, pointer):
    response = extend(client, solved, body)
    assert (response.status_code, response.json["code"]) == (422, "validation")
    assert response.json["errors"][0]["pointer"] == pointer


def test_search_on_what_is_no_longer_served_is_a_conflict(client, solved, catalogue):
    offered = catalogue.find()
    catalogue.publish(
        Serving(**{**SERVING, "model_fingerprint": "other"}), offered.strategies, offered.tools
    )
    try:
        assert wait_until(lambda: extend(client, solved).status_code == 409, 10.0)
        refused = extend(client, solved)
    finally:
        catalogue.publish(offered.serving, offered.strategies, offered.tools)
    assert refused.json["code"] == "pin-mismatch"
    assert "model_fingerprint" in refused.json["detail"]
    assert wait_until(lambda: extend(client, solved).status_code == 202, 10.0)
