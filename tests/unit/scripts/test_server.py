"""Which server a command talks to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.svend.errors import CommandError, NoServerError
from scripts.svend.server import ServerChoice, find_local_server, find_server


def choose(folder: Path, url: str | None = None, key: str | None = None) -> ServerChoice:
    return ServerChoice(url=url, key=key, data_dir=folder)


@pytest.fixture
def stack(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "api-key").write_text("local-key\n")
    (tmp_path / "stack.json").write_text(json.dumps({"url": "http://here:1/"}))
    return tmp_path


def test_a_named_server_beats_the_local_one(stack):
    assert find_server(choose(stack, url="http://there/")).url == "http://there"


def test_the_local_key_never_goes_to_a_named_server(stack):
    assert find_server(choose(stack, url="http://there")).key == ""


def test_the_local_stack_is_found_with_its_key(stack):
    server = find_server(choose(stack))

    assert (server.url, server.key) == ("http://here:1", "local-key")


def test_a_given_key_beats_the_local_one(stack):
    assert find_server(choose(stack, key="mine")).key == "mine"


def test_the_record_may_name_the_key_file(stack, tmp_path):
    (tmp_path / "elsewhere").write_text("other-key")
    record = {"url": "http://here:1", "api_key_file": str(tmp_path / "elsewhere")}
    (stack / "stack.json").write_text(json.dumps(record))

    assert find_server(choose(stack)).key == "other-key"


def test_no_server_says_how_to_get_one(tmp_path):
    with pytest.raises(NoServerError, match="svend up"):
        find_server(choose(tmp_path))


@pytest.mark.parametrize("text", ["{", "[]", "{}"], ids=["cut", "list", "no url"])
def test_a_broken_record_is_named(stack, text):
    (stack / "stack.json").write_text(text)

    with pytest.raises(CommandError, match=r"stack\.json"):
        find_local_server(stack)
