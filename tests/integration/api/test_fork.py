"""Going on from a node of a search in another way."""

import pytest

from db.catalogue import CatalogueStore
from engine.domain.canonical import digest
from engine.domain.pins import Serving
from engine.prompts.prompt_set import load_prompt_set
from engine.route.policy import AgreementPolicy
from engine.search.registry import publish_strategies
from engine.search.strategy import Offered
from tests.integration.api.hand_worker import SERVING

NODE = "n1"
# Without it no program can be asked for midway.
OFFERED = Offered(
    prompts=frozenset(load_prompt_set("chat").prompts) - {"program_rest"},
    tools=frozenset({"execute_python"}),
    policy=AgreementPolicy(),
)


@pytest.fixture(scope="module")
def catalogue(engine):
    store = CatalogueStore(engine)
    store.publish(Serving(**SERVING), list(publish_strategies(OFFERED)), [])
    return store


@pytest.fixture
def solved(submit, worker):
    job_id = submit(settings={"samples": 4}, seed=9)
    claim = worker.claim(job_id)
    worker.open_and_end(claim, 1)
    worker.open_and_end(claim, 2)
    worker.succeed(claim)
    return job_id


@pytest.fixture
def climbed(submit, worker):
    """A search by steps: two lead on from each other, beside them one of another path."""
    job_id = submit(strategy="beam", seed=9)
    claim = worker.claim(job_id)
    worker.write_step(claim, "first")
    worker.write_step(claim, "aside")
    worker.write_step(claim, "second", parent="first")
    worker.write_step(claim, "calling", call="execute_python")
    worker.write_step(claim, "last", is_final=True)
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


def test_another_strategy_begins_with_the_path_alone(client, climbed):
    trace = trace_of(client, fork(client, climbed, {"strategy": "mcts"}, node="second"))
    assert [node["node_id"] for node in trace["nodes"]] == ["first", "second"]
    assert trace["pins"]["algorithm"] == "mcts"
    assert trace["pins"]["start"] == {"node_id": "second", "part": None}
    assert (trace["spent"]["tokens_out"], trace["inherited"]["tokens_out"]) == (0, 14)


def test_sampling_completes_a_path(client, climbed):
    trace = trace_of(client, fork(client, climbed, {"strategy": "direct"}, node="first"))
    assert [node["node_id"] for node in trace["nodes"]] == ["first"]


def test_the_source_is_not_touched(client, climbed):
    before = client.get(f"/v1/jobs/{climbed}/events").json["events"]
    fork(client, climbed, {"strategy": "mcts"}, node="second")
    assert client.get(f"/v1/jobs/{climbed}/events").json["events"] == before


@pytest.mark.parametrize("strategy", ["direct", "rstar", "pal", "auto"])
def test_at_the_root_every_strategy_begins_with_the_problem(client, climbed, strategy):
    trace = trace_of(client, fork(client, climbed, {"strategy": strategy}, node="root"))
    assert trace["nodes"] == []
    assert (trace["pins"]["algorithm"], trace["pins"]["root_search_id"]) == (strategy, climbed)
    assert "start" not in trace["pins"]


def test_another_thought_on_the_way_leaves_the_rest_of_the_path(client, climbed):
    change = {"strategy": "tot_bfs", "thought": "Start with 24."}
    trace = trace_of(client, fork(client, climbed, change, node="second"))
    assert [(n["node_id"], n["status"]) for n in trace["nodes"]] == [
        ("first", "complete"),
        ("second", "open"),
    ]


@pytest.mark.parametrize(
    ("node", "strategy", "why"),
    [
        pytest.param("last", "mcts", "nothing left to write", id="finished"),
        pytest.param("calling", "mcts", "call of a tool", id="call"),
        pytest.param("first", "pal", "tot_bfs", id="program"),
    ],
)
def test_what_cannot_go_on_is_refused_with_what_can(client, climbed, node, strategy, why):
    response = fork(client, climbed, {"strategy": strategy}, node=node)
    assert (response.status_code, response.json["code"]) == (422, "validation")
    fault = response.json["errors"][0]
    assert (fault["pointer"], fault["code"]) == ("/change/strategy", "cannot-go-on")
    assert why in fault["detail"]
    assert "from the node 'root' every strategy can" in fault["detail"]


@pytest.fixture
def grafted(client, worker, climbed):
    """A fork with another strategy, which has written a step of its own."""
    response = fork(client, climbed, {"strategy": "mcts"}, node="second")
    claim = worker.claim(response.json["id"])
    worker.write_step(claim, "third", parent="second")
    worker.succeed(claim)
    return response.json["id"]


@pytest.mark.parametrize(
    ("node", "kept", "start"),
    [
        pytest.param("third", ["first", "second", "third"], "second", id="own"),
        pytest.param("second", ["first", "second"], "second", id="its-start"),
        pytest.param("first", ["first"], "first", id="above"),
    ],
)
def test_a_fork_of_a_fork_knows_where_its_search_begins(client, grafted, node, kept, start):
    trace = trace_of(client, fork(client, grafted, {"seed": 3}, node=node))
    assert [one["node_id"] for one in trace["nodes"]] == kept
    assert trace["pins"]["start"]["node_id"] == start


def test_a_fork_of_a_fork_can_change_the_strategy_again(client, grafted):
    trace = trace_of(client, fork(client, grafted, {"strategy": "tora"}, node="third"))
    assert [one["node_id"] for one in trace["nodes"]] == ["first", "second", "third"]
    assert trace["pins"]["start"]["node_id"] == "third"


@pytest.mark.parametrize(
    ("node", "body", "pointer"),
    [
        pytest.param("root", {"change": {"thought": "24"}}, "/change/thought", id="root-text"),
        pytest.param("root", {"change": {"seed": 1}, "part": 0}, "/part", id="root-part"),
        pytest.param("first", {"change": {"seed": 1}, "part": 0}, "/part", id="same-strategy"),
        pytest.param(
            "first", {"change": {"strategy": "mcts"}, "part": 0}, "/change/strategy", id="one-text"
        ),
    ],
)
def test_a_part_or_a_text_that_is_not_there_is_refused(client, climbed, node, body, pointer):
    response = client.post(f"/v1/jobs/{climbed}/fork", json={"node": node, **body})
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == pointer


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
