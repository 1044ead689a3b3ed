"""The main job on the whole stack with the project's own model: nothing accepted is lost."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx
import pytest

from ops.process import wait_until
from tests.acceptance.up_process import Up, starter

pytestmark = pytest.mark.timeout(1500)
# Two cores carry the model, the database and this test at once; these only bound a hang.
START_TIMEOUT_S = 600.0
END_TIMEOUT_S = 900.0
N_JOBS = 200
ENDED = ("succeeded", "failed", "cancelled", "expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running stack and an authorised client of it."""

    up: Up
    client: httpx.Client

    def submit(self, number: int) -> str:
        rng = Random(number)
        n_boxes, n_each = rng.randint(2, 9), rng.randint(2, 30)
        problem = f"Mia has {n_boxes} boxes with {n_each} pens each. How many pens has she?"
        answer = self.client.post(
            "/v1/jobs",
            json={"problem": problem, "seed": number},
            headers={"Idempotency-Key": f"job-{number}"},
        )
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def get_status(self, job_id: str) -> str:
        return self.client.get(f"/v1/jobs/{job_id}").json()["status"]

    def count(self, *statuses: str) -> int:
        return sum(job["status"] in statuses for job in self.list_jobs())

    def list_jobs(self) -> list[dict[str, object]]:
        jobs: list[dict[str, object]] = []
        path: str | None = "/v1/jobs?limit=200"
        while path:
            page = self.client.get(path)
            if page.status_code != 200:
                return []
            jobs += page.json()["jobs"]
            path = page.links.get("next", {}).get("url")
        return jobs

    def list_events(self, job_id: str) -> list[dict[str, object]]:
        events: list[dict[str, object]] = []
        while True:
            after = events[-1]["seq"] if events else 0
            page = self.client.get(
                f"/v1/jobs/{job_id}/events", params={"after": after, "limit": 500}
            )
            if not page.json()["events"]:
                return events
            events += page.json()["events"]


@pytest.fixture(scope="module")
def service(server_folder: Path) -> Iterator[Service]:
    with starter({}) as start:
        up = start(server_folder / "main-job")
        url, key = up.wait_until_ready(START_TIMEOUT_S)
        headers = {"Authorization": f"Bearer {key}"}
        transport = httpx.HTTPTransport(retries=5)
        with httpx.Client(
            base_url=url, headers=headers, timeout=60, transport=transport
        ) as client:
            yield Service(up=up, client=client)


def test_200_jobs_end_once_each_though_worker_and_model_server_are_killed(service: Service):
    with ThreadPoolExecutor(16) as pool:
        jobs = list(pool.map(service.submit, range(N_JOBS)))
    assert wait_until(lambda: service.count("succeeded") >= 20, END_TIMEOUT_S)
    os.killpg(service.up.groups()["worker-1"], signal.SIGKILL)
    assert wait_until(lambda: service.count("succeeded") >= 60, END_TIMEOUT_S)
    os.killpg(service.up.groups()["model"], signal.SIGKILL)

    def all_ended() -> bool:
        return service.count(*ENDED) == N_JOBS

    assert wait_until(all_ended, END_TIMEOUT_S)
    listed = service.list_jobs()
    assert Counter(job["status"] for job in listed) == {"succeeded": N_JOBS}
    assert sorted(str(job["id"]) for job in listed) == sorted(jobs)
    for job_id in jobs:
        events = service.list_events(job_id)
        types = Counter(event["type"] for event in events)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert types["job.succeeded"] == types["search.decided"] == 1
        hashes = [event["hash"] for event in events]
        assert [event["prev_hash"] for event in events[1:]] == hashes[:-1]


def test_a_repeated_request_leads_to_the_same_job(service: Service):
    assert service.submit(1) == service.submit(1)


def test_solve_answers_with_the_answer_the_trace_and_the_job(service: Service):
    problem = "Tom has 4 bags with 6 apples each. How many apples has he?"

    def solve() -> httpx.Response:
        headers = {"Idempotency-Key": "apples"}
        body = {"problem": problem, "seed": 1}
        return service.client.post("/solve", json=body, headers=headers, timeout=120)

    answer = solve()
    if answer.status_code == 202:
        # A busy machine takes longer than one wait. The job goes on, and is told when asked again.
        job_id = answer.json()["id"]
        assert wait_until(lambda: service.get_status(job_id) in ENDED, END_TIMEOUT_S)
        answer = solve()

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert set(told) == {"answer", "trace", "job"}
    assert told["trace"]["nodes"]
