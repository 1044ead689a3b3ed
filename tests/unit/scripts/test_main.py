"""The command itself."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from scripts.svend.main import COMMANDS, Entry, main

HEAVY = ("torch", "httpx", "rich", "flask", "celery", "sqlalchemy", "engine")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "train"])
def test_every_command_in_the_overview_is_there(name):
    done = CliRunner().invoke(main, [name, "--help"])

    assert done.exit_code == 0


def test_the_overview_loads_nothing_heavy():
    code = (
        "import sys; from scripts.svend.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_wrong_usage():
    assert CliRunner().invoke(main, ["nonsense"]).exit_code == 2


def test_a_missing_package_is_named(monkeypatch):
    entry = Entry(place="no_such_package.module:command", summary="")
    monkeypatch.setitem(COMMANDS, "solve", entry)
    done = CliRunner().invoke(main, ["solve"])

    assert "no_such_package, which is not installed" in done.stderr


def test_the_release_is_shown():
    assert CliRunner().invoke(main, ["--version"]).stdout.startswith("svend, version ")


def test_commands_are_commands():
    context = click.Context(main)

    assert isinstance(main.get_command(context, "keys"), click.Group)
