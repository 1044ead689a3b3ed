from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from engine.domain.errors import SettingsError
from workers import metrics
from workers.metrics import MetricsServer, WorkerMetrics


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another process of this host listens on."""
    with socket.create_server(("0.0.0.0", 0)) as listener:
        yield listener.getsockname()[1]


def show(port: int) -> MetricsServer:
    return MetricsServer(WorkerMetrics(), port)


def test_processes_of_one_host_show_their_metrics_side_by_side(taken_port: int) -> None:
    first, second = show(taken_port), show(taken_port)
    try:
        assert taken_port < first.port < second.port
        with urlopen(f"http://127.0.0.1:{second.port}/metrics") as answer:
            assert b"svend_searches_running" in answer.read()
    finally:
        first.close()
        second.close()


def test_a_host_without_a_free_port_is_refused(
    taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "N_MORE_PORTS", 0)

    with pytest.raises(SettingsError, match=f"{taken_port}"):
        show(taken_port)


def test_no_port_shows_nothing() -> None:
    server = show(0)

    server.close()

    assert server.port == 0
