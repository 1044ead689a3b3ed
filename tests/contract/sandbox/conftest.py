"""Sandboxes that live as long as the test session: to start one imports every library."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.sandbox.driver import RemoteSandbox, UnitSandbox
from tests.contract.sandbox.unit import can_boot

DENY = Path(__file__).with_name("deny.py")

UNSHARE = 272

# Without root there is nobody to become, and the tests' own user is the unprivileged one.
USERS = ["self", "nobody"] if os.geteuid() == 0 else ["self"]
UNIT = "unit"
# Behind the walls that the shipped systemd unit puts around the whole service.
PLACES = [*USERS, UNIT] if can_boot() else USERS


@pytest.fixture(scope="session", params=PLACES, ids=PLACES)
def sandbox(request) -> Iterator[RemoteSandbox]:
    """A sandbox without packages, under each user."""
    yield from _running(request.param, {"packages": []})


@pytest.fixture(scope="session", params=PLACES, ids=PLACES)
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
    remote = UnitSandbox(settings) if user == UNIT else RemoteSandbox(user, settings)
    assert remote.hello["started"], remote.hello
    yield remote
    remote.close()
