"""TCP ports that nobody uses at the moment."""

from __future__ import annotations

import socket


def find_free_port(host: str) -> int:
    """Returns a port that could be bound just now.

    Another program may take it before its user does; that user then fails visibly.
    """
    with _socket_for(host) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_free(host: str, port: int) -> bool:
    """Says whether a port could be bound just now."""
    with _socket_for(host) as probe:
        # As servers do; without it the leftovers of closed connections count as use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _socket_for(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM)
