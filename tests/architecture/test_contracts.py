"""The import contracts hold, and they would notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "db", "engine", "tools", "workers")


@pytest.fixture(name="copy")
def _copy(tmp_path: Path) -> Path:
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "celery_config.py", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run_lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    # The installed project points at the original; the copy comes first.
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )


BREACHES = {
    "a policy of the engine imports another": (
        "engine/search/planted.py",
        "import engine.answers",
    ),
    "the core opens a connection": ("engine/domain/planted.py", "import httpx"),
    "the domain looks up": ("engine/domain/planted.py", "import engine.config"),
    "the web process runs a tool": ("api/planted.py", "import tools"),
    "the web process knows a search": ("api/planted.py", "import engine.search"),
    "the web process loads a model": ("api/planted.py", "def f():\n    import torch"),
    "a worker speaks SQL": ("workers/planted.py", "import sqlalchemy"),
    "the database knows a tool": ("db/planted.py", "import tools"),
    "a tool knows the runner": ("tools/planted.py", "import engine.runner"),
    "a tool runs a kernel itself": ("tools/planted.py", "import tools.kernels.equality"),
    "a kernel knows the domain": ("tools/kernels/planted.py", "import engine.domain.errors"),
    "a worker trains": ("workers/planted.py", "import engine.training"),
    "the engine holds an unlisted module": ("engine/planted.py", "X = 1"),
}


def test_contracts_hold(copy: Path):
    done = run_lint_imports(copy)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES.keys())
def test_planted_breach_is_caught(copy: Path, breach: tuple[str, str]):
    path, text = breach
    (copy / path).write_text(text + "\n")

    done = run_lint_imports(copy)

    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout or "planted" in done.stdout
