"""Logs of the web process: one line of JSON per entry, with the request it belongs to.

The workers have a module of their own for the same format. Web and workers may not import each
other, and what lies below both has no business with a process's logs. A test compares what the
two write.
"""

from __future__ import annotations

import logging
import sys

import structlog

# They tell of each request or connection, addresses included.
TALKATIVE = ("alembic", "httpcore", "httpx")


def configure_logs(level: str) -> None:
    """Write every log of this process, also those of libraries, as JSON to standard error.

    Entries hold event names and ids. No header, body, query or URL with a password is logged.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
