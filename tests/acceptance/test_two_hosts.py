"""Two web servers and two workers, as on two hosts, that share nothing but Postgres and Redis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from db.keys import KeyStore
from engine.domain.event import EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from tests.acceptance.faults.farm import Farm, wait_until
from tests.fakes.model_server import FakeModelServer
from tests.integration.api.web_process import WebProcess, follow

PEPPER = "pepper-of-the-tests"
SCOPES = ("jobs:read", "jobs:write")
N_SEARCHES = 4
N_JOBS = 40
FOREVER_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoHosts:
    """What runs, and a client of each host's web server."""

    farm: Farm
    first: httpx.Client
    second: httpx.Client

    def log(self, job_id: str) -> list[EventType]:
        return [event.type for event in self.farm.list_events(JobId(job_id))]


@pytest.fixture(scope="module")
def hosts(
    make_database: Callable[..., str],
    migrated_template: str,
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TwoHosts]:
    folder = tmp_path_factory.mktemp("hosts")
    with ExitStack() as stack:
        farm = Farm(
            database_url=make_database(migrated_template),
            redis_url=redis_url,
            folder=folder,
            model=stack.enter_context(FakeModelServer()),
        )
        stack.callback(farm.close)
        workers = [farm.start_worker(n_searches=N_SEARCHES) for _ in range(2)]
        clients = [stack.enter_context(start_web(stack, farm, folder / name)) for name in "ab"]
        for worker in workers:
            farm.await_ready(worker)
        yield TwoHosts(farm=farm, first=clients[0], second=clients[1])


@pytest.fixture(autouse=True)
def at_once(hosts: TwoHosts) -> None:
    """Every test begins with a model that answers at once."""
    hosts.farm.model.latency_s = 0.0


def start_web(stack: ExitStack, farm: Farm, folder: Path) -> httpx.Client:
    """Start a web server with a copy of the shared secrets, and return its client."""
    secrets = folder / "secrets"
    secrets.mkdir(parents=True)
    (secrets / "api-key-pepper").write_text(f"{PEPPER}\n")
    keys = KeyStore(farm.engine, [PEPPER.encode()])
    web = WebProcess(
        folder,
        keys.create(farm.tenant_id, name="test", scopes=SCOPES).text,
        DATABASE_URL=farm.database_url,
        REDIS_URL=farm.redis_url,
        SVEND_SECRETS_DIR=str(secrets),
    )
    stack.callback(web.stop)
    return web.client()


def submit(client: httpx.Client, number: int, **headers: str) -> str:
    body = {"problem": f"What is {number} + 1?", "settings": {"samples": 4}}
    answer = client.post("/v1/jobs", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def test_jobs_of_either_host_are_run_by_both_and_read_at_the_other(hosts: TwoHosts):
    hosts.farm.model.latency_s = 0.3
    turns = [(hosts.first, hosts.second), (hosts.second, hosts.first)] * (N_JOBS // 2)
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda n: submit(turns[n][0], n), range(N_JOBS)))

    census = hosts.farm.await_all_ended()

    assert len(set(jobs)) == N_JOBS
    assert census.by_status == {JobStatus.SUCCEEDED: N_JOBS}
    for job_id, (_, other) in zip(jobs, turns, strict=True):
        result = other.get(f"/v1/jobs/{job_id}/result")
        assert result.status_code == 200
        assert result.json()["answer"] is not None
    owners = Counter(
        str(event.data["owner"]).partition("@")[0]
        for job_id in jobs
        for event in hosts.farm.list_events(JobId(job_id))
        if event.type is EventType.JOB_CLAIMED
    )
    assert owners.keys() == {"w0", "w1"}


def test_a_search_is_followed_to_its_end_at_the_other_host(hosts: TwoHosts):
    hosts.farm.model.latency_s = 0.5
    job_id = submit(hosts.first, 100)
    with follow(hosts.second, job_id) as frames:
        seen = [(int(frame["id"]), frame["event"]) for frame in frames if "id" in frame]

    hosts.farm.await_all_ended()
    assert seen == [(number, kind.value) for number, kind in enumerate(hosts.log(job_id), start=1)]
    assert seen[-1][1] == "job.succeeded"


def test_a_stream_cut_at_one_host_goes_on_at_the_other(hosts: TwoHosts):
    hosts.farm.model.latency_s = 0.5
    job_id = submit(hosts.first, 200)
    with follow(hosts.first, job_id) as frames:
        seen = [next(frame for frame in frames if "id" in frame)]
    with follow(hosts.second, job_id, **{"Last-Event-ID": seen[-1]["id"]}) as frames:
        seen += [frame for frame in frames if "id" in frame]

    assert [int(frame["id"]) for frame in seen] == list(range(1, len(hosts.log(job_id)) + 1))


def test_a_running_job_is_cancelled_at_the_other_host(hosts: TwoHosts):
    hosts.farm.model.latency_s = FOREVER_S
    job_id = submit(hosts.first, 300)
    wait_until(lambda: EventType.TRIAL_OPENED in hosts.log(job_id), "a running search")

    cancelled = hosts.second.post(f"/v1/jobs/{job_id}/cancel")

    assert cancelled.is_success
    hosts.farm.await_all_ended()
    assert hosts.first.get(f"/v1/jobs/{job_id}").json()["status"] == "cancelled"
    assert Counter(hosts.log(job_id))[EventType.JOB_CANCELLED] == 1


def test_one_idempotency_key_at_both_hosts_is_one_job(hosts: TwoHosts):
    clients = [hosts.first, hosts.second] * 8
    with ThreadPoolExecutor(len(clients)) as pool:
        key = {"Idempotency-Key": "the-same"}
        jobs = list(pool.map(lambda client: submit(client, 400, **key), clients))

    hosts.farm.await_all_ended()
    assert len(set(jobs)) == 1
