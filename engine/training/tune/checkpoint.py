"""Checkpoints that can be trusted: a mark, written last, lists the files of a whole one.

A process may be killed while a checkpoint is written or an old one deleted. What is left then has
no mark, or files that do not agree with it; it is passed over, and the one before is gone on from.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from engine.training.record import write_json

WORK_FOLDER: Final = "checkpoints"
MARK_FILE: Final = "whole.json"
PREFIX: Final = "checkpoint-"


def mark_whole(folder: Path) -> None:
    """Say that a checkpoint is complete: its files and their sizes."""
    write_json(folder / MARK_FILE, _sizes(folder))


def is_whole(folder: Path) -> bool:
    """Whether the mark is there and every file that it lists has its size."""
    try:
        marked = json.loads((folder / MARK_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    found = _sizes(folder)
    return isinstance(marked, dict) and all(
        found.get(name) == n_bytes for name, n_bytes in marked.items()
    )


def list_checkpoints(work_dir: Path) -> list[tuple[int, Path]]:
    """The checkpoints of a run by step, whole or not."""
    if not work_dir.is_dir():
        return []
    steps = [
        (int(path.name.removeprefix(PREFIX)), path)
        for path in work_dir.glob(f"{PREFIX}*")
        if path.is_dir() and path.name.removeprefix(PREFIX).isdecimal()
    ]
    return sorted(steps)


def find_last_whole(work_dir: Path) -> Path | None:
    """The newest checkpoint that can be gone on from."""
    whole = [path for _, path in list_checkpoints(work_dir) if is_whole(path)]
    return whole[-1] if whole else None


def drop_torn(work_dir: Path) -> tuple[Path, ...]:
    """Delete what a kill left half-written, so that it is never counted among the kept ones."""
    torn = tuple(path for _, path in list_checkpoints(work_dir) if not is_whole(path))
    for path in torn:
        shutil.rmtree(path)
    return torn


def _sizes(folder: Path) -> dict[str, int]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in files
        if path.name not in {MARK_FILE, f".{MARK_FILE}.partial"}
    }
