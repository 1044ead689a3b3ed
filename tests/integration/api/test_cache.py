"""Requests that an earlier result may answer."""

import re
import uuid

import pytest

CACHE = {"cache": {"max_age_s": 600}}


@pytest.fixture
def problem():
    return f"What is 6 x 7? ({uuid.uuid4().hex})"


@pytest.fixture
def solved(submit, worker, problem):
    job_id = submit(problem=problem, seed=5)
    worker.solve(job_id)
    return job_id


def ask(client, text, **body):
    return client.post("/v1/jobs", json={**CACHE, "problem": text, **body})


def count(client, name):
    text = client.get("/metrics").text
    return float(re.search(rf"^svend_cache_{name}_total (\S+)$", text, re.MULTILINE)[1])


def test_equal_request_is_answered_at_once(client, solved, problem):
    response = ask(client, problem)
    assert response.status_code == 200
    assert (response.json["status"], response.json["answer"]) == ("succeeded", "72")
    assert response.json["source"] == {"job_id": solved, "relation": "cached"}
    result = client.get(response.json["links"]["result"]).json
    assert result["source"]["job_id"] == solved
    trace = client.get(response.json["links"]["trace"]).json
    assert trace["source"]["relation"] == "cached"


def test_solve_is_answered_too(client, solved, problem):
    response = client.post("/solve", json={"problem": problem, **CACHE})
    assert (response.status_code, response.json["answer"]) == (200, "72")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"settings": {"samples": 3}}, id="settings"),
        pytest.param({"strategy": "direct"}, id="strategy"),
        pytest.param({"budget": {"tokens": 999}}, id="budget"),
        pytest.param({"seed": 6}, id="seed"),
        pytest.param({"problem": "What is 6 x 8?"}, id="problem"),
    ],
)
def test_other_request_is_run(client, solved, problem, change):
    response = ask(client, problem, **change)
    assert (response.status_code, response.json["source"]) == (202, None)


@pytest.mark.parametrize(
    "same",
    [{"seed": 5}, {"settings": {"samples": 8}}, {"priority": 3}, {"metadata": {"a": "b"}}],
    ids=["seed", "default-written-out", "priority", "metadata"],
)
def test_what_changes_no_search_is_no_difference(client, solved, problem, same):
    assert ask(client, problem, **same).status_code == 200


def test_other_tenant_gets_nothing(other_client, solved, problem):
    assert ask(other_client, problem).status_code == 202


def test_hits_and_misses_are_counted(client, solved, problem):
    hits, misses = count(client, "hits"), count(client, "misses")
    ask(client, problem)
    ask(client, problem, settings={"samples": 5})
    client.post("/v1/jobs", json={"problem": problem})
    assert (count(client, "hits"), count(client, "misses")) == (hits + 1, misses + 1)


@pytest.mark.parametrize("age", [0, -1, 1e12, "600"], ids=str)
def test_age_out_of_bounds_is_refused(client, problem, age):
    response = ask(client, problem, cache={"max_age_s": age})
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (
        422,
        "/cache/max_age_s",
    )
