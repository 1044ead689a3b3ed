"""The doctor, against servers that are there and servers that are not."""

from __future__ import annotations

import json
import shutil

import pytest

from ops.secret_files import prepare_secrets


@pytest.fixture(autouse=True)
def _no_sandbox(monkeypatch):
    """Most findings are not of the sandbox, and need not wait for one to start."""
    monkeypatch.setenv("SVEND_SANDBOX_MIN_TIER", "none")


@pytest.fixture
def find(svend, tmp_path):
    """Returns what the doctor says of one thing, as JSON."""

    def run(name, *arguments):
        done = svend("doctor", "--json", "--data-dir", str(tmp_path), *arguments)
        findings = json.loads(done.stdout)["findings"]
        return next((one for one in findings if one["name"] == name), None)

    return run


def test_a_running_server_is_ready_and_takes_the_key(find):
    assert find("server")["state"] == "ok"
    assert find("API key")["state"] == "ok"


def test_each_part_of_the_server_is_shown(find):
    assert find("server: db")["state"] == "ok"


def test_the_tier_of_the_sandbox_and_its_libraries_are_told(find, monkeypatch):
    monkeypatch.delenv("SVEND_SANDBOX_MIN_TIER")

    found = find("sandbox")

    assert found["state"] == "ok", found
    assert found["detail"].startswith("tier full")
    assert all(name in found["detail"] for name in ("sympy", "z3-solver", "rdkit", "pint"))


def test_a_sandbox_that_is_switched_off_is_no_fault(find):
    assert find("sandbox")["state"] == "absent"


def test_a_refused_key_is_missing(find):
    found = find("API key", "--key", "other")

    assert (found["state"], bool(found["remedy"])) == ("missing", True)


def test_a_dead_server_that_was_named_is_missing(find):
    assert find("server", "--url", "http://127.0.0.1:9")["state"] == "missing"


def test_something_missing_ends_with_1(svend, tmp_path):
    done = svend("doctor", "--url", "http://127.0.0.1:9", "--data-dir", str(tmp_path))

    assert done.exit_code == 1


def test_secrets_are_shown_by_fingerprint_only(find, tmp_path):
    made = prepare_secrets(tmp_path / "secrets")
    found = find("secrets")

    assert "fingerprint" in found["detail"]
    assert not any(secret in json.dumps(found) for secret in made.values())


def test_only_equal_secrets_have_equal_fingerprints(svend, tmp_path):
    hosts = [tmp_path / name for name in ("first", "copy", "other")]
    for host in (hosts[0], hosts[2]):
        prepare_secrets(host / "secrets")
    shutil.copytree(hosts[0], hosts[1])

    first, copy, other = (_read_fingerprint(svend, host) for host in hosts)

    assert first == copy
    assert first != other


def test_an_outside_server_that_is_down_is_missing(find, monkeypatch):
    monkeypatch.setenv("SVEND_LLM_URL", "http://127.0.0.1:9")

    assert find("SVEND_LLM_URL")["state"] == "missing"


def test_no_local_stack_is_no_fault(svend, find, monkeypatch):
    assert find("server", "--url", "")["state"] == "absent"


def _read_fingerprint(svend, data_dir):
    told = json.loads(svend("doctor", "--json", "--data-dir", str(data_dir)).stdout)
    detail = next(one["detail"] for one in told["findings"] if one["name"] == "secrets")
    return detail.partition("fingerprint ")[2].split()[0]
