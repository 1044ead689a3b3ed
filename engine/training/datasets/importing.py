"""Importing a published file: what can be read becomes examples, what cannot is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeGuard

from engine.training.datasets.published.layout import Convert, Credit, Layout, Row
from engine.training.datasets.published.solution import read_gsm8k, read_mawps
from engine.training.datasets.record import Record, read_records
from engine.training.errors import DatasetError
from engine.training.example import Example
from engine.training.human import (
    convert_equation,
    convert_gsm8k,
    development_split,
    renumberable,
)
from engine.training.problem import Split, WordProblem


@dataclass(slots=True, kw_only=True)
class ImportCount:
    """How an import is getting on; it grows while the examples are drawn.

    Attributes:
        n_rows: Rows seen.
        n_examples: Examples made of them; a judged row may make several, or none.
        n_bad: Rows that could not be read.
        first_fault: Where and why the first of those could not, and how it begins.
    """

    n_rows: int = 0
    n_examples: int = 0
    n_bad: int = 0
    first_fault: str = ""

    def refuse(self, record: Record, fault: str) -> None:
        """Count a row that cannot be read."""
        self.n_bad += 1
        if not self.first_fault:
            self.first_fault = f"{record.place}: {fault}\n  {record.shown}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _HeldOut:
    """How many rows of a set are for development, and how a row is read as a problem."""

    n_rows: int
    convert: Callable[[Row], WordProblem | None]


def import_examples(layout: Layout, path: Path, count: ImportCount) -> Iterator[Example]:
    """Read a published file; a bad row is counted and passed over.

    Raises:
        DatasetError: When the file as a whole cannot be read.
    """
    development = _development_templates(layout, path)
    for record in read_records(path):
        count.n_rows += 1
        for example in _convert(layout, record, count):
            count.n_examples += 1
            yield _placed(example, development)


def credited(layout: Layout, *, licence: str | None, source: str | None) -> Layout:
    """The layout with another licence or source than the published set's."""
    credit: Credit = layout.credit
    changed = replace(credit, licence=licence or credit.licence, source=source or credit.source)
    return replace(layout, credit=changed)


def _convert(layout: Layout, record: Record, count: ImportCount) -> Iterable[Example]:
    if record.row is None:
        count.refuse(record, record.fault)
        return []
    try:
        return list(layout.convert(record.row, layout.credit))
    except DatasetError as error:
        count.refuse(record, str(error))
        return []


def _placed(example: Example, development: frozenset[str]) -> Example:
    if example.origin.template not in development:
        return example
    return replace(example, origin=replace(example.origin, split=Split.DEV))


def _development_templates(layout: Layout, path: Path) -> frozenset[str]:
    """Templates of the rows that every part of the project holds out.

    A file with fewer rows than twice as many is not the published set: all of it is for training.
    """
    # By the format: the source may have been given another name.
    held_out = _HELD_OUT.get(layout.convert)
    if held_out is None:
        return frozenset()
    rows = (record.row for record in read_records(path) if record.row is not None)
    problems = [held_out.convert(row) for row in rows]
    found = [renumberable(problem) for problem in problems if problem is not None]
    if len(found) < 2 * held_out.n_rows:
        return frozenset()
    _, development = development_split(found, n_rows=held_out.n_rows)
    return frozenset(each.problem.template for each in development)


def _gsm8k_problem(row: Row) -> WordProblem | None:
    question, answer = row.get("question"), row.get("answer")
    if not isinstance(question, str) or not isinstance(answer, str):
        return None
    return convert_gsm8k(question, answer)


def _mawps_problem(row: Row) -> WordProblem | None:
    question, equation, answer = row.get("question"), row.get("equation"), row.get("answer")
    if not isinstance(question, str) or not isinstance(equation, str):
        return None
    return convert_equation(question, equation, answer) if _is_number(answer) else None


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float)


# Of MAWPS the project's own recipe holds out 80 of the rows that the screen leaves; here, where
# no screen was applied yet, some more, so that none of the 80 is trained on.
_HELD_OUT: Final[dict[Convert, _HeldOut]] = {
    read_gsm8k: _HeldOut(n_rows=473, convert=_gsm8k_problem),
    read_mawps: _HeldOut(n_rows=100, convert=_mawps_problem),
}
