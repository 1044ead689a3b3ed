"""What the targets of the Makefile run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def list_recipe(target: str) -> str:
    """Return what make would run, without running it."""
    done = subprocess.run(
        ["make", "--dry-run", target], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return done.stdout


@pytest.mark.parametrize(
    ("target", "module"),
    [
        ("bench", "scripts.bench"),
        ("bench", "scripts.readme_bench"),
        ("bench-quick", "scripts.bench"),
        ("bench-sandbox", "scripts.bench_sandbox"),
        ("bench-start", "scripts.bench_start"),
    ],
)
def test_target_runs_its_script(target: str, module: str):
    words = list_recipe(target).replace(";", " ").split()

    assert module in words
    assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


def test_quick_figures_take_nobodys_place():
    assert "--out build/" in list_recipe("bench-quick")
