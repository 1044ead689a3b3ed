import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.domain.errors import DependencyUnavailableError
from ops.process import wait_until
from tests.integration.api.hand_worker import ANSWER

PROBLEM = {"problem": "What is 6 x 7?"}
APPEARS_TIMEOUT_S = 30.0


def test_wait_answers_with_the_ended_job(client, worker, wait_for_job_id):
    found = wait_for_job_id()
    with ThreadPoolExecutor(1) as pool:
        headers = {"Prefer": "wait=5", "Idempotency-Key": found.key}
        answer = pool.submit(client.post, "/v1/jobs", json=PROBLEM, headers=headers)
        worker.solve(found.take())
        response = answer.result()
    assert response.status_code == 200
    assert response.json["status"] == "succeeded"
    assert response.json["answer"] == "72"
    assert response.headers["Preference-Applied"] == "wait=5"
    assert "Retry-After" not in response.headers


def test_wait_gives_up_with_the_job_as_it_is(client):
    response = client.post("/v1/jobs", json=PROBLEM, headers={"Prefer": "wait=1"})
    assert response.status_code == 202
    assert response.json["status"] == "queued"


def break_off(n_times, call):
    """The call, out of reach at first."""
    failures = iter(range(n_times))

    def answer(*arguments, **options):
        if next(failures, None) is not None:
            raise DependencyUnavailableError
        return call(*arguments, **options)

    return answer


@pytest.mark.parametrize("path", ["/v1/jobs", "/solve"])
def test_wait_goes_on_while_postgres_is_away(
    client, worker, wait_for_job_id, dependencies, monkeypatch, path
):
    monkeypatch.setattr(dependencies.jobs, "get", break_off(2, dependencies.jobs.get))
    found = wait_for_job_id()
    with ThreadPoolExecutor(1) as pool:
        headers = {"Prefer": "wait=5", "Idempotency-Key": found.key}
        answer = pool.submit(client.post, path, json=PROBLEM, headers=headers)
        worker.solve(found.take())
        response = answer.result()
    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/v1/jobs", "/solve"])
def test_accepted_job_is_told_of_though_postgres_went_away(
    client, worker, wait_for_job_id, dependencies, monkeypatch, path
):
    monkeypatch.setattr(dependencies.jobs, "get", break_off(1000, dependencies.jobs.get))
    found = wait_for_job_id()
    with ThreadPoolExecutor(1) as pool:
        headers = {"Prefer": "wait=2", "Idempotency-Key": found.key}
        answer = pool.submit(client.post, path, json=PROBLEM, headers=headers)
        worker.solve(found.take())
        response = answer.result()
    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/jobs/{response.json['id']}"


def test_solved_job_is_told_of_though_its_log_is_out_of_reach(
    client, worker, wait_for_job_id, dependencies, monkeypatch
):
    away = break_off(1000, dependencies.events.list_events)
    monkeypatch.setattr(dependencies.events, "list_events", away)
    found = wait_for_job_id()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(
            client.post, "/solve", json=PROBLEM, headers={"Idempotency-Key": found.key}
        )
        worker.solve(found.take())
        response = answer.result()
    assert (response.status_code, response.json["answer"]) == (202, "72")


def test_solve_answers_with_answer_trace_and_job(client, worker, wait_for_job_id):
    found = wait_for_job_id()
    with ThreadPoolExecutor(1) as pool:
        headers = {"Idempotency-Key": found.key}
        answer = pool.submit(client.post, "/solve", json=PROBLEM, headers=headers)
        worker.solve(found.take())
        response = answer.result()
    assert response.status_code == 200
    assert response.json["answer"] == "72"
    assert response.json["job"]["status"] == "succeeded"
    assert response.json["trace"]["nodes"][0]["answer"] == ANSWER


def test_solve_hands_over_a_job_that_takes_longer(client):
    response = client.post("/solve", json=PROBLEM, headers={"Prefer": "wait=1"})
    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/jobs/{response.json['id']}"


@pytest.mark.parametrize("preference", ["wait=0", "respond-async"])
def test_solve_does_not_wait_for_a_caller_who_will_not(
    client, dependencies, monkeypatch, preference
):
    looks = []
    monkeypatch.setattr(dependencies.jobs, "get", lambda *ids: looks.append(ids))
    response = client.post("/solve", json=PROBLEM, headers={"Prefer": preference})
    assert (response.status_code, response.json["status"]) == (202, "queued")
    assert response.headers["Preference-Applied"] == preference
    assert looks == []


@pytest.fixture
def wait_for_job_id(client):
    """Names a submission, and waits until its job is there."""

    def list_jobs():
        return {job["id"] for job in client.get("/v1/jobs").json["jobs"]}

    class Found:
        def __init__(self):
            self.key = f"wait-{time.monotonic_ns()}"
            self._before = list_jobs()

        def take(self):
            # Asked for by its key it might be made here, and found ended by the request itself.
            assert wait_until(lambda: list_jobs() - self._before, APPEARS_TIMEOUT_S)
            (found,) = list_jobs() - self._before
            return found

    return Found
