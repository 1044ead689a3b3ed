"""What a worker process measures about itself; the queue's figures come from Postgres instead."""

from __future__ import annotations

import errno
from threading import Thread
from wsgiref.simple_server import WSGIServer

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from engine.domain.errors import SettingsError

# How many processes of one host can share the setting, beside the first.
N_MORE_PORTS = 32
MAX_PORT = 65_535

_LATENCIES_S = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_START_S = (*_LATENCIES_S, 30.0, 60.0, 300.0, 1800.0)
_SEARCH_S = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800)

_log = structlog.get_logger(__name__)


class WorkerMetrics:
    """The instruments of one worker process, in a registry of their own."""

    def __init__(self) -> None:
        """Make the registry and its instruments."""
        self.registry = CollectorRegistry()
        self.commit_s = Histogram(
            "svend_commit_seconds",
            "From handing events to the database to their commit.",
            buckets=_LATENCIES_S,
            registry=self.registry,
        )
        self.search_s = Histogram(
            "svend_search_seconds",
            "From the claim of a job to the end of its run.",
            buckets=_SEARCH_S,
            registry=self.registry,
        )
        self.claim_s = Histogram(
            "svend_claim_seconds",
            "From asking for a job to having one.",
            buckets=_LATENCIES_S,
            registry=self.registry,
        )
        self.start_s = Histogram(
            "svend_start_seconds",
            "From a job's acceptance to its first claim, by the database's clock.",
            buckets=_START_S,
            registry=self.registry,
        )
        self.events = self._counter("svend_events_committed", "Events written by searches.")
        self.tokens = self._counter("svend_tokens", "Tokens by direction.", "direction")
        self.claims = self._counter("svend_claims", "Claims by what was asked for.", "kind")
        self.endings = self._counter("svend_runs_ended", "Runs of searches by ending.", "ending")
        self.fenced = self._counter(
            "svend_fenced_writes", "Writes refused because the lease was lost.", "write"
        )
        self.mirror_dropped = self._counter(
            "svend_mirror_dropped", "Batches of events left out of Redis while it was slow."
        )
        self.busy = Gauge("svend_searches_running", "Searches under way.", registry=self.registry)
        self.broker_up = Gauge("svend_broker_up", "Whether Redis answers.", registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labelnames=labels, registry=self.registry)


class MetricsServer:
    """Shows the metrics over HTTP. It owns a port and a thread: :meth:`close` ends both."""

    def __init__(self, metrics: WorkerMetrics, port: int) -> None:
        """Listen on a port, or on the next free one: a host may run several processes.

        Args:
            metrics: What to show.
            port: The first to try; 0 for not at all.

        Raises:
            SettingsError: When neither it nor the next 32 can be had.
        """
        self._server = None
        self.port = 0
        if not port:
            return
        candidates = range(port, min(port + N_MORE_PORTS, MAX_PORT) + 1)
        self._server, self._thread = _listen(metrics.registry, candidates)
        self.port = self._server.server_port
        _log.info("metrics_shown", port=self.port)

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


def _listen(registry: CollectorRegistry, ports: range) -> tuple[WSGIServer, Thread]:
    for port in ports:
        try:
            return start_http_server(port, registry=registry)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SettingsError(
                    f"SVEND_METRICS_PORT: {port} cannot be had: {error}"
                ) from error
    raise SettingsError(f"SVEND_METRICS_PORT: {ports[0]} to {ports[-1]} are all taken")
