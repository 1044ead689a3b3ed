"""Settings of the web server: ``gunicorn -c python:api.gunicorn_config api.wsgi:app``.

Waiting clients are greenlets: a stream holds no thread and no database connection.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

# Nothing of the application is imported here: this file is read by the master, before it is told
# where figures go and before gevent has patched anything.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

worker_class = "gevent"
workers = 2
worker_connections = 2000
# An idle connection holds up a stop for this long.
keepalive = 5
# Streams end by themselves within a second of the sign, so this is for requests in flight.
graceful_timeout = 10
# Heartbeat of the worker, not of a request; a long stream does not miss it.
timeout = 60
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1,::1"


def on_starting(_server: Any) -> None:
    """Give the processes one folder to write their figures to, empty at the start."""
    environ = os.environ  # noqa: TID251 - prometheus_client knows no other way to be told
    if METRICS_FOLDER not in environ:
        environ[METRICS_FOLDER] = tempfile.mkdtemp(prefix="svend-metrics-")
    folder = Path(environ[METRICS_FOLDER])
    folder.mkdir(parents=True, exist_ok=True)
    for left_over in folder.glob("*.db"):
        left_over.unlink()


def on_exit(_server: Any) -> None:
    """Remove the folder of figures, if it was made here."""
    folder = Path(os.environ.get(METRICS_FOLDER, ""))  # noqa: TID251 - see above
    if folder.name.startswith("svend-metrics-"):
        shutil.rmtree(folder, ignore_errors=True)


def worker_exit(_server: Any, worker: Any) -> None:
    """Send the hints that still wait; one that is lost is found by the reconciler."""
    # A worker that could not start has no application.
    if getattr(worker, "wsgi", None) is not None:
        worker.wsgi.extensions["svend"].close()


def post_worker_init(worker: Any) -> None:
    """Let streams end when the worker is told to stop, rather than wait for their clients."""
    hub = worker.wsgi.extensions["svend"].hub
    hub.stop_when(lambda: not worker.alive)
