"""Live streams against the real server: nothing missed, nothing twice, whatever breaks."""

from __future__ import annotations

import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest
import redis

from db.engine import create_engine
from db.mirror import EventMirror
from db.outbox import Outbox
from ops.process import start_process, wait_until
from ops.redis import RedisServer
from ops.sockets import private_folder
from tests.integration.api.hand_worker import HandWorker
from tests.integration.api.web_process import WebProcess, follow

PROBLEM = {"problem": "What is 6 x 7?"}


@pytest.fixture(scope="module")
def own_redis(server_folder):
    """A Redis that a test may kill."""
    server = RedisServer(
        data_folder=server_folder / "redis-streams",
        socket_folder=private_folder(server_folder, "s"),
        log=server_folder / "redis-streams.log",
    )
    server.prepare()
    process = start_process(server.spec())
    assert wait_until(server.is_ready, 30.0)
    yield server, process
    process.stop()


@pytest.fixture(scope="module")
def web(database_url, own_redis, secrets_dir, catalogue, make_key, tmp_path_factory):
    process = WebProcess(
        tmp_path_factory.mktemp("web"),
        make_key("first").text,
        DATABASE_URL=database_url,
        REDIS_URL=own_redis[0].url(0),
        SVEND_SECRETS_DIR=str(secrets_dir),
    )
    yield process
    process.stop()


@pytest.fixture(scope="module")
def live(web):
    with web.client() as client:
        yield client


@pytest.fixture(scope="module")
def mirrored(engine, own_redis):
    mirror = EventMirror(redis.Redis.from_url(own_redis[0].url(0)))
    yield HandWorker(engine, mirror)
    mirror.close()


@pytest.fixture(scope="module")
def unmirrored(engine):
    return HandWorker(engine)


def submit(client):
    response = client.post("/v1/jobs", json=PROBLEM)
    assert response.status_code == 202, response.text
    return response.json()["id"]


def read_log(client, job_id):
    return client.get(f"/v1/jobs/{job_id}/events").json()["events"]


def read_to_end(client, job_id, **headers):
    with follow(client, job_id, **headers) as frames:
        return [frame for frame in frames if "id" in frame]


def test_stream_is_the_log_and_closes_after_the_end(live, mirrored):
    job_id = submit(live)
    with ThreadPoolExecutor(1) as pool, live.stream("GET", "/healthz"):
        reading = pool.submit(read_to_end, live, job_id)
        claim = mirrored.claim(job_id)
        for number in range(10):
            mirrored.note(claim, f"note {number}")
        mirrored.succeed(claim)
        frames = reading.result(30)
    assert [frame["data"] for frame in frames] == read_log(live, job_id)
    assert frames[-1]["event"] == "job.succeeded"


def test_reconnecting_at_each_event_misses_and_repeats_nothing(live, mirrored):
    job_id = submit(live)
    claim = mirrored.claim(job_id)
    # Some of it is there before its reader comes, some is committed while it waits.
    steps = [lambda: mirrored.note(claim, "one", "two"), lambda: None] * 5
    steps = iter([*steps, lambda: mirrored.succeed(claim)])
    seen = []
    while not seen or seen[-1]["event"] != "job.succeeded":
        headers = {"Last-Event-ID": seen[-1]["id"]} if seen else {}
        with follow(live, job_id, **headers) as frames:
            next(steps, lambda: None)()
            seen.append(next(frame for frame in frames if "id" in frame))
    assert [frame["data"] for frame in seen] == read_log(live, job_id)


@pytest.mark.parametrize("kind", ["mirrored", "unmirrored"])
def test_committed_event_is_seen_soon(live, kind, request):
    worker = request.getfixturevalue(kind)
    job_id = submit(live)
    claim = worker.claim(job_id)
    with follow(live, job_id, **{"Last-Event-ID": "2"}) as frames:
        for seq in range(3, 8):
            worker.note(claim, "tick")
            frame = next(frame for frame in frames if "id" in frame)
            assert frame["id"] == str(seq)
        worker.succeed(claim)


def test_mirror_with_holes_leaves_none_in_the_stream(live, mirrored, unmirrored):
    job_id = submit(live)
    claim = mirrored.claim(job_id)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_to_end, live, job_id)
        for number in range(20):
            (mirrored if number % 3 else unmirrored).note(claim, f"note {number}")
        mirrored.succeed(claim)
        frames = reading.result(30)
    assert [int(frame["id"]) for frame in frames] == list(range(1, 24))


def test_after_beats_last_event_id(live, mirrored):
    job_id = submit(live)
    mirrored.solve(job_id)
    headers = {"Accept": "text/event-stream", "Last-Event-ID": "1"}
    with live.stream("GET", f"/v1/jobs/{job_id}/events?after=4", headers=headers) as response:
        text = response.read().decode()
    assert [line for line in text.splitlines() if line.startswith("id: ")] == ["id: 5"]


def test_client_that_has_everything_is_told_to_stay_away(live, mirrored):
    job_id = submit(live)
    last = mirrored.solve(job_id).last_seq
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(last)}
    assert live.get(f"/v1/jobs/{job_id}/events", headers=headers).status_code == 204


def test_waiting_clients_hold_up_nobody(live, web, mirrored):
    job_ids = [submit(live) for _number in range(3)]
    with ExitStack() as stack:
        for number in range(60):
            client = stack.enter_context(web.client())
            frames = stack.enter_context(follow(client, job_ids[number % 3]))
            assert next(frames)["id"] == "1"
        began = time.monotonic()
        for _number in range(20):
            assert live.get(f"/v1/jobs/{job_ids[0]}").status_code == 200
        # Sixty streams on two processes of a few threads each would never answer.
        assert time.monotonic() - began < 20


def test_long_poll_hears_of_a_change_made_elsewhere(live, mirrored):
    job_id = submit(live)
    version = live.get(f"/v1/jobs/{job_id}").json()["version"]
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(live.get, f"/v1/jobs/{job_id}?wait=20&version={version}")
        mirrored.claim(job_id)
        assert answer.result(30).json()["status"] == "running"


def test_streams_outlive_redis(live, own_redis, mirrored):
    server, process = own_redis
    job_id = submit(live)
    claim = mirrored.claim(job_id)
    with follow(live, job_id) as frames:
        ids = [next(frames)["id"], next(frames)["id"]]
        os.killpg(process.pid, signal.SIGKILL)
        assert wait_until(lambda: not server.is_ready(), 10.0)
        mirrored.note(claim, "while Redis is gone")
        ids.append(next(frame for frame in frames if "id" in frame)["id"])
        mirrored.succeed(claim)
        ids += [frame["id"] for frame in frames if "id" in frame]
    assert ids == ["1", "2", "3", "4"]


def test_submissions_outlive_redis(live, own_redis):
    server, process = own_redis
    if server.is_ready():
        os.killpg(process.pid, signal.SIGKILL)
        assert wait_until(lambda: not server.is_ready(), 10.0)
    began = time.monotonic()
    assert submit(live)
    assert time.monotonic() - began < 3
    ready = live.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["status"] == "degraded"
    found = {check["part"]: check["health"] for check in ready.json()["checks"]}
    assert (found["postgres"], found["redis"]) == ("ok", "degraded")


def test_figures_of_all_processes_are_added_up(live, web):
    def count():
        pattern = (
            r'svend_http_answers_total\{method="DELETE",route="\(none\)",status="405"\} (\d+)'
        )
        found = re.search(pattern, live.get("/metrics").text)
        return int(found.group(1)) if found else 0

    before = count()
    for _number in range(20):
        with web.client() as client:
            assert client.delete("/v1/jobs").status_code == 405
    assert {count() for _number in range(10)} == {before + 20}


def test_stopping_server_ends_streams_quickly(
    database_url, redis_url, secrets_dir, make_key, tmp_path, unmirrored
):
    process = WebProcess(
        tmp_path,
        make_key("first").text,
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        SVEND_SECRETS_DIR=str(secrets_dir),
    )
    try:
        with process.client() as client:
            job_id = submit(client)
            with follow(client, job_id) as frames:
                assert next(frames)["id"] == "1"
                began = time.monotonic()
                os.kill(process.pid, signal.SIGTERM)
                assert list(frames) == []
                # Far from the fifteen seconds of a heartbeat, let alone a stream's age.
                assert time.monotonic() - began < 8
    finally:
        process.stop()


def test_crash_between_commit_and_hint_leaves_the_job_unpublished(
    database_url, own_redis, secrets_dir, make_key, tmp_path, engine, client
):
    """The reconciler finds what the crash kept back, and a repeated request the same job."""
    server = RedisServer(
        data_folder=tmp_path / "redis",
        socket_folder=private_folder(own_redis[0].spec().log.parent, "h"),
        log=tmp_path / "redis.log",
    )
    server.prepare()
    process = start_process(server.spec())
    assert wait_until(server.is_ready, 30.0)
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": server.url(0),
        "SVEND_SECRETS_DIR": str(secrets_dir),
    }
    headers = {"Idempotency-Key": "crash"}
    key = make_key("first").text
    try:
        # A broker that hangs holds the hint back, for as long as the crash needs.
        os.kill(process.pid, signal.SIGSTOP)
        web = WebProcess(tmp_path, key, **environment)
        with web.client() as crashing:
            began = time.monotonic()
            first = crashing.post("/v1/jobs", json=PROBLEM, headers=headers)
            assert time.monotonic() - began < 3
        web.kill()
        assert first.status_code == 202
        assert is_unpublished(engine, first.json()["id"])
        again = client.post("/v1/jobs", json=PROBLEM, headers=headers)
        assert again.json["id"] == first.json()["id"]
        assert again.headers["Idempotency-Replayed"] == "true"
    finally:
        os.kill(process.pid, signal.SIGCONT)
        process.stop()


def is_unpublished(engine, job_id):
    waiting = Outbox(engine).list_unpublished(10_000, 3600.0)
    return job_id in {job.job_id for job in waiting}


def test_hint_is_recorded_as_published(database_url, redis_url, secrets_dir, client):
    engine = create_engine(database_url)
    response = client.post("/v1/jobs", json=PROBLEM)
    assert wait_until(lambda: not is_unpublished(engine, response.json["id"]), 10.0)
    engine.dispose()
    names = redis.Redis.from_url(redis_url)
    assert names.llen("solve.interactive") >= 1
    names.close()


def test_request_without_answer_is_no_stream(live):
    with pytest.raises(httpx.ReadTimeout):
        live.get(f"/v1/jobs/{submit(live)}?wait=20", timeout=1.0)
