from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.openai_refusal import MAX_SHOWN_CHARS, parse_refusal


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504], ids=str)
def test_passing_trouble_may_be_tried_again(status):
    assert parse_refusal(status, b"", {}).to_failure().error.retryable


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 501], ids=str)
def test_fault_of_the_request_is_final(status):
    assert not parse_refusal(status, b"", {}).to_failure().error.retryable


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "too long", "param": "n"}}, "too long"),
        ({"error": "too long"}, "too long"),
        ({"message": "too long"}, "too long"),
        ({"detail": "x"}, '{"detail": "x"}'),
    ],
    ids=["openai", "text", "bare", "other"],
)
def test_message_is_found_where_servers_put_it(body, message):
    assert parse_refusal(400, json.dumps(body).encode(), {}).message == message


def test_named_parameter_is_read():
    body = json.dumps({"error": {"message": "no", "param": "seed"}}).encode()
    assert parse_refusal(400, body, {}).parameter == "seed"


def test_wait_is_read_from_the_header():
    assert parse_refusal(429, b"", {"retry-after": "4"}).to_failure().retry_after_s == 4.0


@given(content=st.binary())
def test_any_content_gives_a_short_message(content):
    refusal = parse_refusal(500, content, {})
    assert len(refusal.message) <= MAX_SHOWN_CHARS
    assert "500" in str(refusal.to_failure().error)
