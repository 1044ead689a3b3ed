"""Figures for Prometheus: requests from this process, the queue from Postgres.

Under gunicorn the processes write their figures to files of one folder, and any of them answers
for all. The queue's figures are read when asked for: a broker's count of its messages would say
how many hints there are, not how many jobs.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from db.records import QueueStats

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class RequestMetrics:
    """Counts requests and how long they took.

    Args:
        folder: Where the processes of one server write their figures; ``None`` for one process.
    """

    def __init__(self, folder: str | None = None) -> None:
        """Register the figures with a registry of their own."""
        self._folder = folder
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "svend_http_request_seconds",
            "Time until the answer's first byte.",
            ("method", "route"),
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._cache_hits = Counter(
            "svend_cache_hits",
            "Submissions answered by an earlier result.",
            registry=self._registry,
        )
        self._cache_misses = Counter(
            "svend_cache_misses",
            "Submissions that an earlier result could have answered, had there been one.",
            registry=self._registry,
        )
        self._answers = Counter(
            "svend_http_answers",
            "Answers by status.",
            ("method", "route", "status"),
            registry=self._registry,
        )

    def count_cache(self, *, is_hit: bool) -> None:
        """Count a request that allowed an earlier result to answer it."""
        (self._cache_hits if is_hit else self._cache_misses).inc()

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer. ``route`` is the rule, not the path: ids would be without number."""
        self._seconds.labels(method, route).observe(seconds)
        self._answers.labels(method, route, str(status)).inc()

    def render(self, stats: QueueStats | None, *, n_waiting: int) -> bytes:
        """Return every figure as Prometheus text; without ``stats`` the queue's are left out."""
        own = self._registry
        if self._folder is not None:
            own = CollectorRegistry()
            MultiProcessCollector(own, self._folder)
        momentary = CollectorRegistry()
        momentary.register(_Momentary(stats, n_waiting))
        return generate_latest(own) + generate_latest(momentary)


class _Momentary(Collector):
    """Figures that hold for the moment of asking."""

    def __init__(self, stats: QueueStats | None, n_waiting: int) -> None:
        self._stats = stats
        self._n_waiting = n_waiting

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "svend_http_waiting_clients",
            "Streams and waiting requests of the process that answered.",
            self._n_waiting,
        )
        yield GaugeMetricFamily(
            "svend_queue_readable",
            "Whether the queue could be counted.",
            int(self._stats is not None),
        )
        if self._stats is not None:
            yield from _list_queue_figures(self._stats)


def _list_queue_figures(stats: QueueStats) -> Iterator[Metric]:
    depth = GaugeMetricFamily("svend_jobs_queued", "Queued jobs.", labels=("queue",))
    for queue, count in stats.depth.items():
        depth.add_metric((queue,), count)
    age = GaugeMetricFamily(
        "svend_jobs_oldest_queued_seconds", "Age of the oldest queued job.", labels=("queue",)
    )
    for queue, age_s in stats.oldest_age_s.items():
        age.add_metric((queue,), age_s)
    finished = CounterMetricFamily("svend_jobs_finished", "Ended jobs.", labels=("status",))
    for status, count in stats.finished.items():
        finished.add_metric((status.value,), count)
    yield depth
    yield age
    yield finished
    yield GaugeMetricFamily("svend_jobs_running", "Jobs with a worker.", stats.n_running)
    yield GaugeMetricFamily(
        "svend_jobs_expired_leases",
        "Running jobs whose worker no longer renews its lease.",
        stats.n_expired_leases,
    )
