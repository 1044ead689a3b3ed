"""Counting the files of a data set, so that a card says what is in them and not what should be."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from engine.training.data_card import DEV_FILE, TRAIN_FILE, RowCounts
from engine.training.datasets.file import read_examples


def count_rows(folder: Path) -> RowCounts:
    """Count the files of a set.

    Raises:
        DatasetError: When a row cannot be read.
    """
    tally = _Tally()
    digests: dict[str, str] = {}
    for split, name in (("train", TRAIN_FILE), ("dev", DEV_FILE)):
        path = folder / name
        if path.is_file():
            tally.add(path, split)
            digests[name] = _file_sha256(path)
    return RowCounts(
        splits=dict(tally.splits),
        categories=_sorted(tally.categories),
        sources=_sorted(tally.sources),
        licences=_sorted(tally.licences),
        families=len(tally.families),
        templates=len(tally.templates),
        sha256=digests,
    )


@dataclass(slots=True, kw_only=True)
class _Tally:
    splits: Counter[str] = field(default_factory=Counter[str])
    categories: Counter[str] = field(default_factory=Counter[str])
    sources: Counter[str] = field(default_factory=Counter[str])
    licences: Counter[str] = field(default_factory=Counter[str])
    families: set[str] = field(default_factory=set[str])
    templates: set[str] = field(default_factory=set[str])

    def add(self, path: Path, split: str) -> None:
        """Count a file; a split without a row is counted too."""
        self.splits[split] += 0
        for example in read_examples(path):
            origin = example.origin
            self.splits[split] += 1
            self.categories[origin.category.value] += 1
            self.sources[origin.source] += 1
            self.licences[origin.licence] += 1
            self.families.update(filter(None, [origin.family]))
            self.templates.update(filter(None, [origin.template]))


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
