"""TCP ports: free ones, and ones held for a server that is still to start."""

from __future__ import annotations

import socket

from ops.errors import StackError

BACKLOG = 2048


def find_free_port(host: str) -> int:
    """Returns a port that could be bound just now.

    Another program may take it before its user does; that user then fails visibly.
    """
    with _socket_for(host) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def open_listener(host: str, port: int | None, default: int) -> socket.socket:
    """Returns a socket that listens, to be handed to a server.

    It listens from now on, since two programs that merely chose the same port would find out only
    when both have started. Whoever connects before the server runs waits for it.

    Args:
        host: The address to listen on.
        port: The port, or None for the default, or any other if that is taken.
        default: The port to try first when none is given.

    Raises:
        StackError: The port is taken or may not be used, or the address is not this machine's.
    """
    if port is not None:
        return _listen(host, port)
    try:
        return _listen(host, default)
    except StackError:
        return _listen(host, 0)


def _listen(host: str, port: int) -> socket.socket:
    listener = _socket_for(host)
    # As servers do; without it the leftovers of closed connections count as use.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise StackError(f"Cannot listen on port {port} of {host}: {error.strerror}.") from error
    return listener


def _socket_for(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM)
