from __future__ import annotations

import pytest

from db.broker_url import render_broker_url


@pytest.mark.parametrize(
    ("redis_url", "expected"),
    [
        ("redis://host:6379/3", "redis://host:6379/3"),
        ("rediss://host/0", "rediss://host/0"),
        ("unix:///run/r.sock", "redis+socket:///run/r.sock?virtual_host=0"),
        ("unix:///run/r.sock?db=2", "redis+socket:///run/r.sock?virtual_host=2"),
        ("unix://:secret@/run/r.sock?db=1", "redis+socket://:secret@/run/r.sock?virtual_host=1"),
    ],
    ids=["tcp", "tls", "socket", "socket-database", "socket-password"],
)
def test_a_socket_is_named_as_celery_names_it(redis_url: str, expected: str) -> None:
    assert render_broker_url(redis_url) == expected
