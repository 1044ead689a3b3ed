"""Tools over HTTP: listing, calling, refusing. The worker is led by hand."""

from __future__ import annotations

import json
import threading

import pytest

from engine.domain.canonical import digest

PROGRAM = {"program": "v=48/2;a=48+v"}
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def call(client):
    def call(arguments=None, **headers):
        response = client.post("/v1/tools/calculator", json=arguments or PROGRAM, headers=headers)
        assert response.status_code == 202, response.text
        return response

    return call


def test_every_tool_is_listed_with_its_schemas(client):
    listed = {tool["name"]: tool for tool in client.get("/v1/tools").json["tools"]}

    assert listed["calculator"]["is_available"]
    assert listed["calculator"]["input_schema"]["required"] == ["program"]
    assert "bindings" in listed["calculator"]["output_schema"]["properties"]
    assert listed["calculator"]["examples"][0]["arguments"] == PROGRAM


def test_a_tool_that_cannot_be_called_is_listed_with_the_reason(client):
    listed = {tool["name"]: tool for tool in client.get("/v1/tools").json["tools"]}

    assert not listed["plot"]["is_available"]
    assert listed["plot"]["reason"] == "no sandbox here"


def test_an_unchanged_list_is_not_sent_again(client):
    tag = client.get("/v1/tools").headers["ETag"]

    assert client.get("/v1/tools", headers={"If-None-Match": tag}).status_code == 304


def test_a_call_is_a_job_of_type_tool(call, client):
    response = call()

    assert response.json["type"] == "tool"
    assert response.json["strategy"] == "calculator"
    assert json.loads(response.json["problem"]) == PROGRAM
    assert client.get(response.headers["Location"]).json["id"] == response.json["id"]


def test_a_repeated_call_under_its_key_is_one_job(call):
    first = call(**{"Idempotency-Key": "tool-1"})
    second = call(**{"Idempotency-Key": "tool-1"})

    assert second.json["id"] == first.json["id"]
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_key_of_another_call_is_refused(call, client):
    call(**{"Idempotency-Key": "tool-2"})
    other = client.post(
        "/v1/tools/calculator", json={"program": "a=1"}, headers={"Idempotency-Key": "tool-2"}
    )

    assert (other.status_code, other.json["code"]) == (422, "idempotency-mismatch")


def test_arguments_that_do_not_fit_are_refused_at_their_place(client):
    refused = client.post("/v1/tools/calculator", json={"program": 7, "sum": 1})

    assert refused.status_code == 422
    faults = {(fault["pointer"], fault["code"]) for fault in refused.json["errors"]}
    assert faults == {("", "unknown-field"), ("/program", "type")}


def test_a_missing_argument_is_named(client):
    refused = client.post("/v1/tools/calculator", json={})

    assert refused.json["errors"][0]["code"] == "required"
    assert "lacks program" in refused.json["errors"][0]["detail"]


@pytest.mark.parametrize("body", [[], "x", None, 3], ids=["list", "text", "null", "number"])
def test_arguments_that_are_no_object_are_refused(client, body):
    refused = client.post(
        "/v1/tools/calculator", data=json.dumps(body), content_type="application/json"
    )

    assert (refused.status_code, refused.json["code"]) == (422, "validation")


def test_an_unknown_tool_is_not_found_and_the_known_are_named(client):
    refused = client.post("/v1/tools/abacus", json={})

    assert (refused.status_code, refused.json["code"]) == (404, "unknown-tool")
    assert "calculator" in refused.json["detail"]


def test_a_tool_that_is_unavailable_says_why(client):
    refused = client.post("/v1/tools/plot", json={"kind": "bar"})

    assert (refused.status_code, refused.json["code"]) == (503, "tool-unavailable")
    assert "no sandbox here" in refused.json["detail"]
    assert not refused.json["retryable"]


def test_arguments_that_are_too_large_are_refused(client):
    refused = client.post("/v1/tools/calculator", json={"program": "a" * 100_000})

    assert (refused.status_code, refused.json["code"]) == (413, "too-large")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_key_without_the_scope_calls_no_tool(client, make_key, method):
    key = make_key("first", scopes=("jobs:read", "jobs:write")).text
    path = "/v1/tools" if method == "GET" else "/v1/tools/calculator"
    refused = client.open(method, path, key=key, json=PROGRAM if method == "POST" else None)

    assert (refused.status_code, refused.json["code"]) == (403, "scope")


def test_another_tenant_sees_nothing_of_a_call(call, other_client):
    path = call().headers["Location"]

    assert other_client.get(path).status_code == 404
    assert other_client.get(f"{path}/result").status_code == 404


def test_a_call_is_no_search_to_go_on_with(call, client, worker):
    job_id = call().json["id"]
    worker.solve(job_id)
    extended = client.post(f"/v1/jobs/{job_id}/extend", json={})
    forked = client.post(f"/v1/jobs/{job_id}/fork", json={"node": "n", "change": {"seed": 1}})

    assert (extended.status_code, forked.status_code) == (409, 409)
    assert "the call of a tool" in extended.json["detail"]


def test_a_call_that_was_told_to_finish_before_it_ran_has_no_result_to_show(call, client):
    job_id = call().json["id"]
    client.post(f"/v1/jobs/{job_id}/finish")

    assert client.get(f"/v1/jobs/{job_id}/result").json["outcome"] == "no_answer"


def test_a_preferred_wait_answers_with_the_result(client, worker):
    answers = []

    def ask():
        headers = {"Prefer": "wait=5", "Idempotency-Key": "tool-wait"}
        answers.append(client.post("/v1/tools/calculator", json=PROGRAM, headers=headers))

    asking = threading.Thread(target=ask)
    asking.start()
    # The same key leads to the same job, whichever of the two requests comes first.
    job = client.post(
        "/v1/tools/calculator", json=PROGRAM, headers={"Idempotency-Key": "tool-wait"}
    )
    worker.end_call(worker.claim(job.json["id"]), PROGRAM, "72")
    asking.join()

    assert answers[0].status_code == 200
    assert answers[0].json["result"]["output"] == "72"
    assert answers[0].json["job"]["status"] == "succeeded"


def test_a_picture_is_fetched_under_its_type_and_runs_nothing(call, client, worker):
    job_id = call().json["id"]
    worker.end_call(worker.claim(job_id), PROGRAM, "drawn", {digest(SVG): SVG})
    picture = client.get(f"/v1/jobs/{job_id}/bodies/{digest(SVG)}")

    assert picture.data == SVG
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Content-Security-Policy"].startswith("sandbox;")
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
