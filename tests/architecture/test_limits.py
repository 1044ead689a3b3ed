"""Limits on size, so that they are no matter of taste."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "db", "engine", "ops", "scripts", "tools", "workers")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


def _list_sources() -> list[Path]:
    folders = [ROOT / name for name in (*PACKAGES, "tests")]
    sources = [path for folder in folders for path in folder.rglob("*.py")]
    return [*sources, *ROOT.glob("*.py")]


def _list_functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_there_are_sources_to_measure():
    assert len(_list_sources()) > len(PACKAGES)


@pytest.mark.parametrize("path", _list_sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_its_functions_are_short(path: Path):
    text = path.read_text()
    long_functions = [
        (function.name, function.end_lineno - function.lineno + 1)
        for function in _list_functions(ast.parse(text))
        if function.end_lineno - function.lineno + 1 > MAX_FUNCTION_LINES
    ]

    assert len(text.splitlines()) <= MAX_FILE_LINES
    assert long_functions == []
