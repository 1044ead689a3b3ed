from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ops import install
from ops.install import PackageSources, constraints_without_cpu_parts, parse_pip_config


def test_nothing_configured_means_the_usual_places():
    assert parse_pip_config("") == PackageSources()


def test_several_places_are_kept_in_order():
    sources = parse_pip_config("global.extra-index-url='file:///a/simple\\nfile:///b/simple'")

    assert sources.extra_index_urls == ("file:///a/simple", "file:///b/simple")


@pytest.mark.parametrize(
    ("listing", "wanted"),
    [
        ("global.index-url='file:///g'\ninstall.index-url='file:///i'", "file:///i"),
        (":env:.index-url='file:///e'\ninstall.index-url='file:///i'", "file:///e"),
        ("global.index-url='file:///g'", "file:///g"),
    ],
    ids=["install beats global", "environment beats install", "global alone"],
)
def test_strongest_section_wins(listing: str, wanted: str):
    assert parse_pip_config(listing).index_url == wanted


def test_lines_that_are_no_settings_are_passed_over():
    assert parse_pip_config("WARNING: something\n\n") == PackageSources()


def test_every_place_reaches_uv():
    sources = PackageSources(
        index_url="file:///i", extra_index_urls=("file:///x",), find_links=("/w",)
    )

    words = " ".join(sources.arguments())

    assert "--default-index file:///i" in words
    assert "--index file:///x" in words
    assert "--find-links /w" in words


@pytest.mark.parametrize(
    ("name", "is_there"),
    [
        ("torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl", True),
        ("torch-2.13.0-cp311-cp311-linux_x86_64.whl", False),
    ],
    ids=["cpu build", "cuda build"],
)
def test_cpu_torch_is_recognised_by_its_file(tmp_path: Path, name: str, is_there: bool):
    (tmp_path / name).touch()

    assert PackageSources(find_links=(str(tmp_path),)).has_cpu_torch() is is_there


def test_gpu_installation_is_not_bound_to_cpu_builds():
    lock = "# note\nflask==3.1.3\ntorch==2.13.0+cpu\ntorch-else==1.0\nvllm-cpu==0.32.0\n"

    kept = constraints_without_cpu_parts(lock).splitlines()

    assert kept == ["# note", "flask==3.1.3", "torch-else==1.0"]


@pytest.mark.parametrize("extra", ["cpu", "none"])
def test_packages_are_compiled_once_as_they_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extra: str
):
    commands: list[list[str]] = []

    def record(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, stdout="", stderr="")

    monkeypatch.setattr(install.subprocess, "run", record)
    monkeypatch.setattr(install, "STAMP", tmp_path / "stamp")

    assert install.main(["--extra", extra]) == 0

    [first, *_] = [command for command in commands if "uv" in command and "pip" in command]
    assert "--compile-bytecode" in first
