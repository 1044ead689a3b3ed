"""Going on from a node of a search in another way."""

import pytest

from engine.domain.canonical import digest

NODE = "n1"


@pytest.fixture
def solved(submit, worker):
    job_id = submit(settings={"samples": 4}, seed=9)
    claim = worker.claim(job_id)
    worker.open_and_end(claim, 1)
    worker.open_and_end(claim, 2)
    worker.succeed(claim)
    return job_id


def fork(client, job_id, change, node=NODE, **body):
    return client.post(f"/v1/jobs/{job_id}/fork", json={"node": node, "change": change, **body})


def trace_of(client, response):
    assert response.status_code == 202, response.text
    return client.get(f"/v1/jobs/{response.json['id']}/trace").json


def test_fork_begins_with_the_search_up_to_the_node(client, solved):
    response = fork(client, solved, {"seed": 10})
    assert response.json["source"] == {"job_id": solved, "relation": "forked"}
    trace = trace_of(client, response)
    assert [node["node_id"] for node in trace["nodes"]] == ["n1"]
    assert (trace["pins"]["root_search_id"], trace["pins"]["seed"]) == (solved, 10)
    events = client.get(f"/v1/jobs/{response.json['id']}/events").json["events"]
    assert events[-1]["type"] == "search.forked"
    assert events[-1]["data"] == {"node": NODE, "change": {"seed": 10}}


def test_settings_change_from_the_node_on(client, solved):
    trace = trace_of(client, fork(client, solved, {"settings": {"temperature": 0.2}}))
    settings = trace["pins"]["settings"]
    assert (settings["temperature"], settings["samples"]) == (0.2, 4)


def test_another_strategy_goes_on_from_the_same_samples(client, solved):
    change = {"strategy": "adaptive_consistency", "settings": {"samples": 12}}
    trace = trace_of(client, fork(client, solved, change))
    assert trace["pins"]["algorithm"] == "adaptive_consistency"
    assert trace["pins"]["settings"]["samples"] == 12


def test_strategy_that_cannot_read_what_was_drawn_is_refused(client, solved):
    response = fork(client, solved, {"strategy": "direct"})
    assert (response.status_code, response.json["code"]) == (422, "validation")
    fault = response.json["errors"][0]
    assert fault["pointer"] == "/change/strategy"
    assert "adaptive_consistency" in fault["detail"]


def test_another_thought_leaves_the_node_open_and_is_kept_as_a_body(client, solved):
    response = fork(client, solved, {"thought": "No: 7.\nAnswer: 7"})
    trace = trace_of(client, response)
    assert [node["status"] for node in trace["nodes"]] == ["open"]
    ref = digest(b"No: 7.\nAnswer: 7")
    shown = client.get(f"/v1/jobs/{response.json['id']}/bodies/{ref}")
    assert shown.text == "No: 7.\nAnswer: 7"


def test_node_that_is_not_there_is_refused(client, solved):
    response = fork(client, solved, {"seed": 1}, node="nowhere")
    assert (response.status_code, response.json["code"]) == (422, "validation")
    assert "no node" in response.json["detail"]


def test_node_without_such_a_text_is_refused(client, solved):
    response = fork(client, solved, {"tool_result": "7"})
    assert response.status_code == 422
    assert "tool_result" in response.json["detail"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({}, "/change", id="nothing"),
        pytest.param({"thought": "a", "tool_result": "b"}, "/change", id="two-texts"),
        pytest.param({"thought": ""}, "/change/thought", id="empty-text"),
        pytest.param({"seed": -1}, "/change/seed", id="seed"),
        pytest.param({"settings": {"samples": 0}}, "/change/settings/samples", id="setting"),
        pytest.param({"colour": 1}, "/change/colour", id="unknown-field"),
    ],
)
def test_faulty_change_is_named(client, solved, change, pointer):
    response = fork(client, solved, change)
    assert (response.status_code, response.json["code"]) == (422, "validation")
    assert response.json["errors"][0]["pointer"] == pointer


def test_unknown_strategy_is_refused(client, solved):
    response = fork(client, solved, {"strategy": "magic"})
    assert (response.status_code, response.json["code"]) == (422, "unknown-strategy")


def test_job_that_has_not_ended_is_a_conflict(client, submit):
    response = fork(client, submit(), {"seed": 1})
    assert (response.status_code, response.json["code"]) == (409, "job-not-finished")
