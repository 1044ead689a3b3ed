"""A model server is asked again where a connection broke, and only there."""

from __future__ import annotations

import httpx
import pytest

from engine.training.errors import DatasetError
from engine.training.model_server import name_model, post

BASE = "http://model"


def client_of(handler):
    return httpx.Client(transport=httpx.MockTransport(handler), base_url=BASE)


class Breaking:
    """Breaks the connection of the first requests, then answers with how many came."""

    def __init__(self, n_breaks):
        self.n_breaks = n_breaks
        self.n_requests = 0

    def __call__(self, request):
        self.n_requests += 1
        if self.n_requests <= self.n_breaks:
            raise httpx.RemoteProtocolError("disconnected", request=request)
        return httpx.Response(200, json={"n": self.n_requests})


def test_a_request_whose_connection_breaks_is_sent_again():
    waits = []
    with client_of(Breaking(2)) as client:
        assert post(client, "/v1/completions", {}, sleep=waits.append) == {"n": 3}
    assert len(waits) == 2
    assert waits == sorted(waits)


def test_a_connection_that_always_breaks_is_an_error_of_one_line():
    server = Breaking(1_000)
    with client_of(server) as client, pytest.raises(DatasetError, match="does not answer"):
        post(client, "/v1/completions", {}, sleep=lambda _: None)
    assert server.n_requests == 4


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_refusal_is_told_with_its_reason_and_not_repeated(status):
    asked = []

    def refuse(request):
        asked.append(request)
        return httpx.Response(status, text="too long")

    with client_of(refuse) as client, pytest.raises(DatasetError, match=f"{status}: too long"):
        post(client, "/v1/completions", {})
    assert len(asked) == 1


@pytest.mark.parametrize("reply", [{}, {"data": []}, {"data": [{}]}])
def test_a_server_that_names_no_model_is_told(reply):
    client = client_of(lambda _: httpx.Response(200, json=reply))
    with client, pytest.raises(DatasetError, match="names no model"):
        name_model(client)


def test_the_first_model_is_the_base_model():
    models = {"data": [{"id": "svend-mini"}, {"id": "verifier"}]}
    with client_of(lambda _: httpx.Response(200, json=models)) as client:
        assert name_model(client) == "svend-mini"
