"""Sandboxes that live as long as the test session: to start one imports every library."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.sandbox.driver import RemoteSandbox

DENY = Path(__file__).with_name("deny.py")

UNSHARE = 272

# Without root there is nobody to become, and the tests' own user is the unprivileged one.
USERS = ["self", "nobody"] if os.geteuid() == 0 else ["self"]


@pytest.fixture(scope="session", params=USERS, ids=USERS)
def sandbox(request) -> Iterator[RemoteSandbox]:
    """A sandbox without packages, under each user."""
    yield from _running(request.param, {"packages": []})


@pytest.fixture(scope="session", params=USERS, ids=USERS)
def library_sandbox(request) -> Iterator[RemoteSandbox]:
    """A sandbox of the default settings, under each user."""
    yield from _running(request.param, {})


@pytest.fixture(scope="session")
def landlock_sandbox() -> Iterator[RemoteSandbox]:
    """A sandbox on a machine that refuses namespaces, as an unprivileged user."""
    prefix = [sys.executable, str(DENY), str(errno.EPERM), str(UNSHARE)]
    settings = {"packages": [], "min_tier": "landlock", "launch_prefix": prefix}
    yield from _running(USERS[-1], settings)


def _running(user: str, settings: dict[str, object]) -> Iterator[RemoteSandbox]:
    remote = RemoteSandbox(user, settings)
    assert remote.hello["started"], remote.hello
    yield remote
    remote.close()
