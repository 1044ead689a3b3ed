"""A version is a folder with weights, or what a server serves."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from engine.training.drift.tool_choice import choose_tools
from engine.training.drift.version import open_version, understood
from engine.training.errors import TrainingError


class Handler(BaseHTTPRequestHandler):
    """Lists one model and echoes the prompt as the argument of a call."""

    def do_GET(self):
        self.reply({"data": [{"id": "mini"}]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        call = "plot" + json.dumps({"seen": body["prompt"].replace("<", "(")})
        self.reply({"choices": [{"index": 0, "text": call}]})

    def reply(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Keep the output of the tests clean."""


@pytest.fixture
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_folder_has_a_digest_and_its_profile_a_temperature(save_model):
    version = open_version(str(save_model(0)), device="cpu")
    assert (version.name, version.temperature) == ("seed-0", 0.8)
    assert len(version.digest) == 64


def test_a_server_is_asked_with_the_beginning_of_a_row(url):
    version = open_version(url, device="cpu")
    assert version.name == f"{url} (mini)"
    assert (version.digest, version.temperature) == ("", None)
    [choice] = choose_tools(version.model, ["Draw 1."], [("plot", "physics")])
    assert choice.use.arguments == {"seen": "(tool>plot physics(q>Draw 1.(tool>"}
    version.model.client.close()


@pytest.mark.parametrize("profile", ["{", "[]"], ids=["torn", "a list"])
def test_a_faulty_profile_is_named(save_model, profile):
    folder = save_model(3)
    (folder / "svend-profile.json").write_text(profile)
    with pytest.raises(TrainingError, match="no profile"):
        open_version(str(folder), device="cpu")


def test_weights_that_cannot_be_loaded_are_named(save_model):
    folder = save_model(4)
    (folder / "model.safetensors").unlink()
    with pytest.raises(TrainingError, match="cannot be loaded"):
        open_version(str(folder), device="cpu")


def test_a_reply_that_is_none_of_the_apis_is_said_so():
    with pytest.raises(TrainingError, match="none of the API"), understood():
        raise KeyError("data")
