"""Checking files of examples: what the sieve would hold back, and whether labels leak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine.training.datasets.record import read_records
from engine.training.datasets.row import from_row, kind_of
from engine.training.datasets.sieve import Reason, Sieve, SieveCount
from engine.training.emission.artefact import (
    MAX_AUROC,
    Labelled,
    label_chains,
    label_claims,
    measure_auroc,
)
from engine.training.errors import DatasetError
from engine.training.example import Example, JudgedChain, TwinClaims

MAX_LABELLED: Final = 4_000
"""Examples of a kind that the artefact test takes, the first ones of the files."""

_FEWEST_GROUPS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """What words alone tell of the labels.

    Attributes:
        name: What was labelled.
        n_examples: How many were looked at.
        auroc: How well masked words separate right from wrong; None when there are too few
            questions to tell.
    """

    name: str
    n_examples: int
    auroc: float | None

    @property
    def is_found(self) -> bool:
        """Whether the words give the labels away."""
        return self.auroc is not None and self.auroc > MAX_AUROC


@dataclass(slots=True, kw_only=True)
class CheckReport:
    """What a check found.

    Attributes:
        count: What the sieve held back, and why.
        kinds: Examples of each kind.
        n_unreadable: Rows that are no examples.
        first_unreadable: Where the first of them stands, and why it is none.
        artefacts: What words alone tell of labels.
    """

    count: SieveCount
    kinds: Counter[str] = field(default_factory=Counter[str])
    n_unreadable: int = 0
    first_unreadable: str = ""
    artefacts: tuple[Artefact, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether there are examples and nothing is wrong with them.

        That conversations nearly repeat others is only reported.
        """
        faults = [reason for reason in self.count.dropped if reason is not Reason.NEAR_DUPLICATE]
        leaks = any(artefact.is_found for artefact in self.artefacts)
        wrong = self.n_unreadable or faults or self.count.personal or leaks
        return self.count.n_read > 0 and not wrong


def check_files(
    paths: Sequence[Path], sieve: Sieve, *, watch: Callable[[int], None], artefacts: bool
) -> CheckReport:
    """Read files of examples to their ends and report everything that is wrong with them.

    Args:
        paths: Files of the project's own layouts.
        sieve: What they go through.
        watch: Is told how many rows were read.
        artefacts: Whether the labels of claims and chains are tested.

    Raises:
        DatasetError: When a file as a whole cannot be read.
    """
    report = CheckReport(count=sieve.count)
    claims: list[TwinClaims] = []
    chains: list[JudgedChain] = []
    for place, example in _read(paths, report):
        sieve.sift(example, place=place)
        report.kinds[kind_of(example).value] += 1
        watch(sieve.count.n_read)
        if isinstance(example, TwinClaims) and len(claims) < MAX_LABELLED:
            claims.append(example)
        if isinstance(example, JudgedChain) and len(chains) < MAX_LABELLED:
            chains.append(example)
    if artefacts:
        report.artefacts = tuple(_measure(claims, chains))
    return report


def _read(paths: Iterable[Path], report: CheckReport) -> Iterator[tuple[str, Example]]:
    for path in paths:
        for record in read_records(path):
            try:
                example = None if record.row is None else from_row(record.row)
                fault = record.fault
            except DatasetError as error:
                example, fault = None, str(error)
            if example is None:
                report.n_unreadable += 1
                report.first_unreadable = report.first_unreadable or f"{record.place}: {fault}"
            else:
                yield record.place, example


def _measure(claims: Sequence[TwinClaims], chains: Sequence[JudgedChain]) -> Iterator[Artefact]:
    if claims:
        yield _artefact("claims", label_claims(claims), len(claims))
    if chains:
        yield _artefact("steps", label_chains(chains), len(chains))


def _artefact(name: str, rows: Sequence[Labelled], n_examples: int) -> Artefact:
    groups = {row.group for row in rows}
    has_both = len({row.is_right for row in rows}) > 1
    auroc = measure_auroc(rows) if has_both and len(groups) >= _FEWEST_GROUPS else None
    return Artefact(name=name, n_examples=n_examples, auroc=auroc)
