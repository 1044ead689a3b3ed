import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from db.events import EventStore
from engine.domain.canonical import digest
from engine.domain.event import check_chain
from engine.domain.ids import JobId
from ops.process import wait_until
from tests.integration.api.hand_worker import ANSWER

PROBLEM = {"problem": "What is 6 x 7?"}


def test_submission_answers_with_the_job(client):
    response = client.post("/v1/jobs", json=PROBLEM)
    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/jobs/{response.json['id']}"
    assert response.headers["ETag"] == f'"v{response.json["version"]}"'
    assert int(response.headers["Retry-After"]) >= 1
    assert response.json["status"] == "queued"
    assert response.json["strategy"] == "self_consistency"


def test_first_event_pins_the_search(client, submit, engine, dependencies):
    job_id = submit(seed=5, settings={"samples": 3}, budget={"tokens": 10}, strategy=None)
    job = dependencies.jobs.get(
        dependencies.keys.authenticate(client._key).tenant_id, JobId(job_id)
    )
    events = EventStore(engine).list_events(job.tenant_id, job.job_id)
    check_chain(events)
    pins = events[0].data["pins"]
    assert pins["algorithm"] == "self_consistency"
    assert pins["settings"]["samples"] == 3
    assert pins["settings"]["rule"] == "majority"
    assert pins["root_search_id"] == job_id
    assert pins["seed"] == 5
    assert pins["serving"]["model"] == "tiny@abc"
    assert events[0].data["budget"] == {"tokens": 10}
    text = "What is 48/2 + 48?"
    assert events[0].data["problem"] == {"ref": digest(text.encode()), "n_chars": len(text)}
    shown = client.get(f"/v1/jobs/{job_id}/bodies/{digest(text.encode())}")
    assert shown.text == text


def test_first_event_names_the_request_that_brought_the_job(client):
    headers = {"X-Request-Id": "mine-7"}
    job_id = client.post("/v1/jobs", json=PROBLEM, headers=headers).json["id"]
    page = client.get(f"/v1/jobs/{job_id}/events").json
    assert page["events"][0]["data"]["request_id"] == "mine-7"


def test_log_of_a_submission_names_request_and_job(client):
    headers = {"X-Request-Id": "mine-8"}
    with capture_logs([merge_contextvars]) as lines:
        job_id = client.post("/v1/jobs", json=PROBLEM, headers=headers).json["id"]
    assert ("mine-8", job_id) in {(line.get("request_id"), line.get("job_id")) for line in lines}


def test_seed_is_drawn_when_none_is_given(client, submit):
    seeds = {
        client.get(f"/v1/jobs/{submit()}/trace").json["pins"]["seed"] for _attempt in range(3)
    }
    assert len(seeds) == 3
    assert all(0 <= seed < 2**52 for seed in seeds)


@pytest.mark.parametrize(
    ("body", "estimate"),
    [
        ({"strategy": "direct"}, {"samples_at_most": 1, "tokens_at_most": 512}),
        ({"effort": "deep"}, {"samples_at_most": None, "tokens_at_most": None}),
        (
            {"effort": "deep", "budget": {"nodes": 9, "tokens": 80}},
            {"samples_at_most": 9, "tokens_at_most": 80},
        ),
    ],
    ids=["one sample", "no bound", "bounded by the budget"],
)
def test_an_estimate_promises_no_more_than_is_known(client, body, estimate):
    response = client.post("/v1/jobs?dry_run=1", json={**PROBLEM, **body})

    assert response.json["estimate"] == estimate


def test_an_effort_is_short_for_the_strategy_that_chooses(client):
    short = {**PROBLEM, "effort": "deep"}
    long = {**PROBLEM, "strategy": "auto", "settings": {"effort": "deep", "route": "none"}}
    shown = [
        client.post("/v1/jobs?dry_run=1", json=body).json
        for body in ({**short, "settings": {"route": "none"}}, long)
    ]
    assert shown[0] == shown[1]
    assert client.post("/v1/jobs", json=short).json["strategy"] == "auto"


def test_every_field_of_a_submission_is_kept(client, submit):
    body = {
        "type": "solve",
        "strategy": "direct",
        "budget": {"tokens": 5, "seconds": 1.5, "model_calls": 2, "nodes": 3},
        "deadline": "2099-01-01T00:00:00Z",
        "start_by": "2098-12-31T23:00:00+01:00",
        "priority": -7,
        "queue": "batch",
        "metadata": {"run": "a", "nul": "\0"},
        "retention_days": 3,
    }
    shown = client.get(f"/v1/jobs/{submit(**body)}").json
    kept = ("strategy", "budget", "deadline", "priority", "queue")
    assert {name: shown[name] for name in kept} == {name: body[name] for name in kept}
    assert shown["start_by"] == "2098-12-31T22:00:00Z"
    assert shown["metadata"]["run"] == "a"


def test_same_key_and_body_lead_to_the_same_job(client):
    headers = {"Idempotency-Key": "once"}
    first = client.post("/v1/jobs", json=PROBLEM, headers=headers)
    body = '{ "problem" : "What is 6 x 7?" }'
    again = client.post(
        "/v1/jobs", data=body, headers={**headers, "Content-Type": "application/json"}
    )
    assert again.json["id"] == first.json["id"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


def test_repeated_request_leads_to_its_job_whatever_is_offered_by_now(client, catalogue):
    headers, body = {"Idempotency-Key": "kept"}, {**PROBLEM, "strategy": "direct"}
    first = client.post("/v1/jobs", json=body, headers=headers)
    offered = catalogue.find()
    catalogue.publish(offered.serving, [s for s in offered.strategies if s["name"] != "direct"])
    try:
        assert wait_until(lambda: client.post("/v1/jobs", json=body).status_code == 422, 10.0)
        again = client.post("/v1/jobs", json=body, headers=headers)
    finally:
        catalogue.publish(offered.serving, offered.strategies, offered.tools)
    assert again.json["id"] == first.json["id"]
    assert wait_until(lambda: client.post("/v1/jobs", json=body).status_code == 202, 10.0)


def test_same_key_with_another_body_is_refused(client):
    headers = {"Idempotency-Key": "twice"}
    client.post("/v1/jobs", json=PROBLEM, headers=headers)
    refused = client.post("/v1/jobs", json={"problem": "another"}, headers=headers)
    assert refused.status_code == 422
    assert refused.json["code"] == "idempotency-mismatch"


def test_keys_of_two_tenants_do_not_meet(client, other_client):
    headers = {"Idempotency-Key": "shared"}
    mine = client.post("/v1/jobs", json=PROBLEM, headers=headers)
    theirs = other_client.post("/v1/jobs", json={"problem": "another"}, headers=headers)
    assert theirs.status_code == 202
    assert theirs.json["id"] != mine.json["id"]


def test_parallel_submissions_with_one_key_make_one_job(client):
    headers = {"Idempotency-Key": "parallel"}
    start = threading.Barrier(64)

    def send(_number):
        start.wait()
        return client.post("/v1/jobs", json=PROBLEM, headers=headers)

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(send, range(64)))
    accepted = [answer for answer in answers if answer.status_code == 202]
    assert len(accepted) == 64
    assert len({answer.json["id"] for answer in accepted}) == 1
    replays = [answer for answer in accepted if "Idempotency-Replayed" in answer.headers]
    assert len(replays) == 63


def test_dry_run_estimates_and_stores_nothing(client):
    before = len(client.get("/v1/jobs?limit=200").json["jobs"])
    body = {**PROBLEM, "settings": {"samples": 4, "max_tokens": 10}, "budget": {"tokens": 25}}
    response = client.post("/v1/jobs?dry_run=1", json=body)
    assert response.status_code == 200
    assert response.json["estimate"] == {"samples_at_most": 4, "tokens_at_most": 25}
    assert len(client.get("/v1/jobs?limit=200").json["jobs"]) == before


def test_unchanged_job_is_not_sent_again(client, submit):
    job_id = submit()
    tag = client.get(f"/v1/jobs/{job_id}").headers["ETag"]
    same = client.get(f"/v1/jobs/{job_id}", headers={"If-None-Match": tag})
    assert same.status_code == 304
    assert same.data == b""
    assert same.headers["ETag"] == tag


def test_long_poll_returns_with_the_change(client, submit, worker):
    job_id = submit()
    version = client.get(f"/v1/jobs/{job_id}").json["version"]
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.get, f"/v1/jobs/{job_id}?wait=5&version={version}")
        worker.claim(job_id)
        response = answer.result()
    assert response.json["status"] == "running"
    assert response.json["version"] > version


def test_long_poll_of_a_changed_job_returns_at_once(client, submit):
    response = client.get(f"/v1/jobs/{submit()}?wait=5&version=0")
    assert response.status_code == 200


def test_long_poll_with_a_tag_ends_unmodified(client, submit):
    job_id = submit()
    tag = client.get(f"/v1/jobs/{job_id}").headers["ETag"]
    response = client.get(f"/v1/jobs/{job_id}?wait=1", headers={"If-None-Match": tag})
    assert response.status_code == 304


def test_pages_hold_every_job_once(client, submit):
    made = {submit() for _number in range(5)}
    seen, path = [], "/v1/jobs?limit=2"
    while path:
        response = client.get(path)
        seen += [job["id"] for job in response.json["jobs"]]
        link = response.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("<")
    assert len(seen) == len(set(seen))
    assert made <= set(seen)
    assert seen == sorted(seen, reverse=True)


def test_list_can_be_narrowed_to_a_state(client, submit, worker):
    job_id = submit()
    worker.solve(job_id)
    jobs = client.get("/v1/jobs?status=succeeded").json["jobs"]
    assert job_id in {job["id"] for job in jobs}
    assert {job["status"] for job in jobs} == {"succeeded"}


def test_queued_job_is_cancelled_at_once(client, submit):
    job_id = submit()
    response = client.post(f"/v1/jobs/{job_id}/cancel")
    assert response.json["status"] == "cancelled"
    again = client.post(f"/v1/jobs/{job_id}/cancel")
    assert again.json == response.json


def test_running_job_is_asked_to_stop(client, submit, worker):
    job_id = submit()
    worker.claim(job_id)
    response = client.post(f"/v1/jobs/{job_id}/cancel")
    assert response.status_code == 200
    assert response.json["status"] == "running"
    assert response.json["is_cancel_requested"] is True


def test_result_names_itself_by_its_digest(client, submit, worker):
    job_id = submit()
    worker.solve(job_id)
    response = client.get(f"/v1/jobs/{job_id}/result")
    assert response.json["answer"] == ANSWER
    assert response.json["certificate"]["job_id"] == job_id
    tag = response.headers["ETag"]
    assert tag == f'"{response.json["digest"]}"'
    assert (
        client.get(f"/v1/jobs/{job_id}/result", headers={"If-None-Match": tag}).status_code == 304
    )


def test_result_of_an_unfinished_job_is_a_conflict(client, submit):
    response = client.get(f"/v1/jobs/{submit()}/result")
    assert response.status_code == 409
    assert response.json["code"] == "job-not-finished"
    assert response.json["retryable"] is True
    assert int(response.headers["Retry-After"]) >= 1


def test_failed_job_has_no_result_and_shows_its_error(client, submit, worker):
    job_id = submit()
    worker.fail(worker.claim(job_id))
    assert client.get(f"/v1/jobs/{job_id}").json["error"]["code"] == "model"
    response = client.get(f"/v1/jobs/{job_id}/result")
    assert (response.status_code, response.json["code"]) == (404, "no-result")


def test_result_past_its_retention_is_gone(client, submit, worker, engine, expire):
    job_id = submit()
    worker.solve(job_id)
    expire(job_id)
    response = client.get(f"/v1/jobs/{job_id}/result")
    assert (response.status_code, response.json["code"]) == (410, "gone")
    assert client.get(f"/v1/jobs/{job_id}/events").status_code == 200
