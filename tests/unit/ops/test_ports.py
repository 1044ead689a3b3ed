from __future__ import annotations

import socket

import pytest

from ops.errors import StackError
from ops.ports import find_free_port, open_listener

HOST = "127.0.0.1"


def test_asked_for_port_is_held():
    port = find_free_port(HOST)
    with open_listener(HOST, port, default=1) as listener:
        assert listener.getsockname() == (HOST, port)
        with socket.create_connection((HOST, port), timeout=5):
            pass


def test_asked_for_port_that_is_taken_is_refused():
    with open_listener(HOST, None, default=0) as first:
        port = first.getsockname()[1]
        with pytest.raises(StackError, match=str(port)):
            open_listener(HOST, port, default=0)


def test_taken_default_is_replaced_by_a_free_port():
    with open_listener(HOST, None, default=0) as first:
        default = first.getsockname()[1]
        with open_listener(HOST, None, default=default) as second:
            assert second.getsockname()[1] not in {0, default}


def test_address_of_another_machine_is_refused():
    with pytest.raises(StackError, match=r"192\.0\.2\.77"):
        open_listener("192.0.2.77", 0, default=0)
