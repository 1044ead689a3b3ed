"""What the documents show is run, and what they point at is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.readme_bench import find_report, find_section, render_section, replace_section
from scripts.svend.main import COMMANDS
from tests.fakes.model_server import FakeModelServer

ROOT = Path(__file__).parents[3]
README = ROOT / "README.md"
DOCUMENTS = [
    README,
    ROOT / "ARCHITECTURE.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
N_PROMISED_LINES = 10


def find_python(document: Path) -> str:
    """Return the first block of Python in a document."""
    found = re.search(r"```python\n(.*?)```", document.read_text(), flags=re.DOTALL)
    assert found
    return found.group(1)


@pytest.mark.parametrize("name", ["README.md", "docs/library.md"])
def test_the_library_example_runs_as_shown(name):
    with FakeModelServer() as server:
        code = find_python(ROOT / name).replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT
        )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == "42"


def test_ten_lines_are_enough():
    lines = [line for line in find_python(README).splitlines() if line.strip()]

    assert len(lines) <= N_PROMISED_LINES


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#]+)", document.read_text())
    paths = [link for link in links if "://" not in link]

    assert [path for path in paths if not (document.parent / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_named_exists(document):
    named = set(re.findall(r"`?svend ([a-z]+)\b", document.read_text()))
    words = {name for name in named if f"`svend {name}" in document.read_text()}

    assert words <= set(COMMANDS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_named_exists(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ )make ([a-z-]+)", document.read_text()))

    assert named <= targets


def test_the_readme_shows_the_last_measurements():
    assert find_section(README.read_text()) == render_section(find_report(ROOT))


def test_new_measurements_replace_the_old_ones():
    entry = {"name": "overhead", "bar": "<= 5", "unit": "ms", "figure": 2.5, "verdict": "met"}
    machine = {"n_cores": 2, "processor": "a", "memory_gib": 8.0, "load_1min": 0.5}
    report = {
        "measured_at": "2027-01-01T00:00:00+00:00",
        "is_quick": False,
        "machine": machine,
        "measurements": [entry],
    }
    document = replace_section(README.read_text(), render_section(report))

    assert find_section(document) == render_section(report)
    assert "| overhead | <= 5 ms | 2.5 ms | met |" in document
    assert replace_section(document, find_section(README.read_text())) == README.read_text()
