from engine.domain.canonical import canonical_bytes, digest
from engine.domain.event import check_chain, decode_event
from tests.integration.api.hand_worker import ANSWER, OUTPUT


def test_pages_hold_the_whole_log_in_order(client, submit, worker):
    job_id = submit()
    last_seq = worker.solve(job_id).last_seq
    events, path, n_pages = [], f"/v1/jobs/{job_id}/events?limit=2", 0
    while path:
        response = client.get(path)
        events += response.json["events"]
        path = response.headers.get("Link", "").partition(">")[0].removeprefix("<")
        n_pages += 1
    assert [event["seq"] for event in events] == list(range(1, last_seq + 1))
    assert n_pages == (last_seq + 1) // 2
    assert response.json["is_complete"] is True


def test_chain_can_be_checked_by_the_caller(client, submit, worker):
    job_id = submit()
    worker.solve(job_id)
    shown = client.get(f"/v1/jobs/{job_id}/events").json["events"]
    bare = [{name: event[name] for name in event if name != "hash"} for event in shown]
    events = [decode_event(canonical_bytes(event)) for event in bare]
    check_chain(events)
    assert [event.hash for event in events] == [event["hash"] for event in shown]


def test_page_of_a_live_job_is_not_complete(client, submit):
    page = client.get(f"/v1/jobs/{submit()}/events").json
    assert page["is_complete"] is False
    assert page["next_after"] == 1


def test_page_continues_after_the_last_event_id(client, submit, worker):
    job_id = submit()
    worker.solve(job_id)
    page = client.get(f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": "3"}).json
    assert page["events"][0]["seq"] == 4


def test_trace_is_the_fold_of_the_log(client, submit, worker):
    job_id = submit()
    last_seq = worker.solve(job_id).last_seq
    trace = client.get(f"/v1/jobs/{job_id}/trace").json
    assert trace["status"] == "succeeded"
    assert trace["last_seq"] == last_seq
    assert [node["answer"] for node in trace["nodes"]] == [ANSWER]
    assert trace["spent"]["tokens_out"] == 7


def test_trace_can_be_had_as_it_was(client, submit, worker):
    job_id = submit()
    worker.solve(job_id)
    earlier = client.get(f"/v1/jobs/{job_id}/trace?at=3").json
    assert (earlier["last_seq"], earlier["status"]) == (3, "running")
    assert earlier["nodes"][0]["status"] == "open"


def test_unchanged_trace_is_not_sent_again(client, submit, worker):
    job_id = submit()
    worker.solve(job_id)
    tag = client.get(f"/v1/jobs/{job_id}/trace").headers["ETag"]
    same = client.get(f"/v1/jobs/{job_id}/trace", headers={"If-None-Match": tag})
    assert same.status_code == 304


def test_trace_beyond_the_log_is_refused(client, submit):
    response = client.get(f"/v1/jobs/{submit()}/trace?at=9")
    assert (response.status_code, response.json["code"]) == (400, "invalid-parameter")


def test_body_is_text_that_no_browser_runs(client, submit, worker):
    job_id = submit()
    worker.solve(job_id)
    response = client.get(f"/v1/jobs/{job_id}/bodies/{digest(OUTPUT)}")
    assert response.data == OUTPUT
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_unknown_body_is_not_found(client, submit):
    for name in ("0" * 64, "short", "%00"):
        response = client.get(f"/v1/jobs/{submit()}/bodies/{name}")
        assert (response.status_code, response.json["code"]) == (404, "not-found")


def test_body_past_its_retention_is_gone(client, submit, worker, expire):
    job_id = submit()
    worker.solve(job_id)
    expire(job_id)
    response = client.get(f"/v1/jobs/{job_id}/bodies/{digest(OUTPUT)}")
    assert (response.status_code, response.json["code"]) == (410, "gone")
