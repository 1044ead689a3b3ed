"""The folder of a data set, which is replaced as a whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.training.data_card import CARD_FILE
from engine.training.errors import DatasetError


@contextmanager
def replaced_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of a data set's when the block ends well.

    What a killed run left is cleared away first; the set that it was about to replace is put back.

    Raises:
        DatasetError: When the place holds something else than a data set.
    """
    # A folder such as `.` has no name to stand beside.
    place = path.resolve()
    _restore(place)
    _refuse_others(place)
    partial = place.with_name(f".{place.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        _replace(partial, place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _refuse_others(place: Path) -> None:
    if place.exists() and not (place / CARD_FILE).is_file() and any(place.iterdir()):
        raise DatasetError(f"{place} is there and holds no data set that was built before")


def _restore(place: Path) -> None:
    old = _set_aside(place)
    if old.is_dir() and not place.exists():
        old.rename(place)


def _replace(partial: Path, place: Path) -> None:
    """Put a finished folder in its place; what stood there goes last."""
    old = _set_aside(place)
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    partial.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _set_aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.old")
