"""The stack's parts of Svend's own, web and workers: how their processes are started."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from ops.errors import StackError
from ops.http_check import answers_ok
from ops.layout import Layout
from ops.part import Part
from ops.process import ProcessSpec

N_WEB_PROCESSES = 2
WEB_GRACE_S = 5
WEB_STOP_TIMEOUT_S = 10.0
WEB_TIMEOUT_S = 60
WORKER_STOP_TIMEOUT_S = 30.0
# A worker has no port of its own; it works once Celery says so in its log.
WORKER_READY_MARK = b" ready."
REPOSITORY = Path(__file__).resolve().parent.parent


def web_part(
    layout: Layout,
    environment: Mapping[str, str],
    *,
    host: str,
    port: int,
    after: tuple[str, ...],
) -> Part:
    """Returns the web server: API, pages and streams in one application."""
    url = local_url(host, port)
    options = {
        "--worker-class": "gevent",
        "--workers": str(N_WEB_PROCESSES),
        "--bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "--graceful-timeout": str(WEB_GRACE_S),
        "--timeout": str(WEB_TIMEOUT_S),
    }
    words = [word for pair in options.items() for word in pair]
    command = [sys.executable, "-m", "gunicorn", *words, "--no-control-socket", "api.wsgi:app"]
    spec = ProcessSpec(
        name="web",
        command=command,
        log=layout.log("web"),
        environment=environment,
        folder=REPOSITORY,
        stop_timeout_s=WEB_STOP_TIMEOUT_S,
    )
    return Part(
        name="web",
        after=after,
        spec=lambda: spec,
        is_ready=lambda: answers_ok(f"{url}/healthz"),
        address=url,
    )


def worker_part(
    layout: Layout, environment: Mapping[str, str], *, number: int, after: tuple[str, ...]
) -> Part:
    """Returns one worker process."""
    from workers.command import worker_argv  # noqa: PLC0415 - most commands start no worker

    name = f"worker-{number}"
    # Unique among all workers of a database, which another stack may share.
    place = hashlib.sha256(str(layout.root).encode()).hexdigest()[:8]
    spec = ProcessSpec(
        name=name,
        command=worker_argv(f"{name}-{place}"),
        log=layout.log(name),
        environment=environment,
        folder=REPOSITORY,
        stop_timeout_s=WORKER_STOP_TIMEOUT_S,
    )
    watch = LogMark(spec.log, WORKER_READY_MARK)
    return Part(
        name=name, after=after, prepare=watch.reset, spec=lambda: spec, is_ready=watch.is_seen
    )


class LogMark:
    """Looks for a mark in what a process has written since its start."""

    def __init__(self, log: Path, mark: bytes) -> None:
        """Takes the log, which need not be there yet, and the mark."""
        self._log = log
        self._mark = mark
        self._start = 0
        self._is_seen = False

    def reset(self) -> None:
        """Forgets what was written so far."""
        self._start = self._log.stat().st_size if self._log.exists() else 0
        self._is_seen = False

    def is_seen(self) -> bool:
        """Says whether the mark was written since; once seen, it is not looked for again."""
        if not self._is_seen and self._log.exists():
            with self._log.open("rb") as file:
                file.seek(self._start)
                self._is_seen = self._mark in file.read()
        return self._is_seen


def local_url(host: str, port: int) -> str:
    """Returns the address by which this machine reaches a server that listens on a host."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def check_port(port: int) -> None:
    """Refuses what is no TCP port.

    Raises:
        StackError: The number is out of range.
    """
    if not 0 < port < 1 << 16:
        raise StackError(f"{port} is no TCP port.")
