"""A scripted server, and the command line against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from scripts.svend.client import SvendClient
from scripts.svend.main import main
from scripts.svend.server import Server
from scripts.svend.transport import Patience
from tests.integration.scripts.fake_api import KEY, FakeApi, serve


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with serve(FakeApi()) as running:
        yield running


@pytest.fixture
def client(api: FakeApi) -> Iterator[SvendClient]:
    """A client that waits for nothing but gives a fault several tries."""
    server = Server(url=api.url, key=KEY, origin="a test")
    ticks = iter(range(10**6))
    patience = Patience(total_s=50, pause=lambda _seconds: None, now=lambda: float(next(ticks)))
    client = SvendClient.open(server, patience=patience, stream_patience=patience)
    yield client
    client.close()


@pytest.fixture
def svend(api: FakeApi) -> Callable[..., Result]:
    """Runs the command against the scripted server."""

    def run(*arguments: str, text: str | None = None) -> Result:
        environ = {"SVEND_URL": api.url, "SVEND_API_KEY": KEY}
        return CliRunner().invoke(main, list(arguments), input=text, env=environ)

    return run
