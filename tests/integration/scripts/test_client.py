"""The HTTP client over real sockets."""

from __future__ import annotations

import pytest

from scripts.svend.client import SvendClient
from scripts.svend.errors import ProtocolError, RefusedError, UnreachableError
from scripts.svend.server import Server
from scripts.svend.transport import Patience

NONE = Patience(total_s=0)
BODY = {"type": "solve", "problem": "How many?"}


def test_a_log_is_followed_to_its_end(client):
    job = client.submit(BODY)

    assert [event.seq for event in client.follow(job.job_id)] == list(range(1, 9))


@pytest.mark.parametrize("n_events", range(1, 9))
def test_a_stream_cut_anywhere_loses_and_repeats_nothing(api, client, n_events):
    api.events_per_connection = n_events
    job = client.submit(BODY)

    assert [event.seq for event in client.follow(job.job_id)] == list(range(1, 9))
    assert api.streams == list(range(0, 8, n_events))


def test_following_from_the_middle_begins_there(client):
    job = client.submit(BODY)

    assert [event.seq for event in client.follow(job.job_id, after=6)] == [7, 8]


def test_a_lost_answer_does_not_submit_twice(api, client):
    api.n_lost_answers = 3

    client.submit(BODY)

    assert len(api.bodies) == 1


def test_a_busy_server_is_asked_again(api, client):
    api.n_busy = 3

    assert client.submit(BODY).job_id == "job_1"


def test_a_refusal_is_one_line_with_its_code(client):
    with pytest.raises(RefusedError, match=r"Refused: must not be blank \(validation\)"):
        client.submit({"problem": " "})


def test_a_dead_server_is_named():
    server = Server(url="http://127.0.0.1:9", key="", origin="a test")
    client = SvendClient.open(server, patience=NONE)

    with pytest.raises(UnreachableError, match=r"http://127\.0\.0\.1:9 \(from a test\)"):
        client.list_jobs()

    client.close()


def test_patience_with_a_stream_ends(api, client):
    job = client.submit(BODY)
    server = Server(url="http://127.0.0.1:9", key="", origin="a test")
    deaf = SvendClient.open(server, patience=NONE, stream_patience=NONE)

    with pytest.raises(UnreachableError):
        list(deaf.follow(job.job_id))

    deaf.close()


def test_a_page_that_is_no_stream_is_refused(api, client, monkeypatch):
    job = client.submit(BODY)
    monkeypatch.setattr("tests.integration.scripts.fake_api._Handler._stream", _send_page)

    with pytest.raises(ProtocolError):
        list(client.follow(job.job_id))


@pytest.mark.parametrize("url", ["nowhere", "ftp://x", "http://[", "http://x:y"])
def test_a_url_that_cannot_be_one_is_explained(url):
    server = Server(url=url, key="", origin="a test")

    with pytest.raises(UnreachableError):
        SvendClient.open(server, patience=NONE).list_jobs()


def _send_page(handler, _job_id, _after):
    handler._answer(200, "<html>")
