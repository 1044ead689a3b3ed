"""The variables of a block as they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from engine.domain.program import ProgramError
from engine.training.errors import StoryError
from engine.training.frameworks.scope import (
    Constraint,
    ListRule,
    Scope,
    names_of,
    parse_constraint,
)
from engine.training.frameworks.slot import slots_of
from engine.training.frameworks.table import Table
from engine.training.stories.number_rule import parse_number_rules
from engine.training.stories.story import NumberRule
from engine.training.words import PEOPLE

_LIST: Final = re.compile(r"(\w+)\s+(\d+)\.\.(\d+)\s+of\s+(\d+)\.\.(\d+)")
_ROW_MARK: Final = "|"


def read_scope(table: Table) -> Scope:
    """Read the fields of a block that say what its variables are, from `rows` to `where`.

    Raises:
        FrameworkError: One of them cannot be read.
    """
    rows, pairs = _rows(table, "rows"), _rows(table, "pairs")
    if len(pairs) == 1:
        raise table.fault("pairs", "has one row, and two different ones are drawn")
    bare = Scope(rows=rows, pairs=pairs)
    scope = replace(
        bare,
        numbers=_numbers(table, bare.columns),
        lists=_lists(table),
        words=_words(table),
        texts=_texts(table),
        where=tuple(_constraint(table, line) for line in table.lines("where")),
    )
    _check(table, scope)
    return scope


def _rows(table: Table, field: str) -> tuple[Mapping[str, str], ...]:
    lines = table.lines(field)
    if not lines:
        return ()
    names = _cells(lines[0])
    rows: list[Mapping[str, str]] = []
    for line in lines[1:]:
        # The last cell takes the rest, so a pipe may stand in it.
        cells = _cells(line, len(names) - 1)
        if len(cells) != len(names):
            raise table.fault(field, f"has {len(cells)} cells for {len(names)} names in: {line}")
        rows.append(dict(zip(names, cells, strict=True)))
    if not rows:
        raise table.fault(field, "has names and no row below them")
    return tuple(rows)


def _cells(line: str, n_splits: int = -1) -> list[str]:
    return [cell.strip() for cell in line.split(_ROW_MARK, n_splits)]


def _numbers(table: Table, columns: frozenset[str]) -> tuple[tuple[NumberRule, ...], ...]:
    # A rule may speak of a number of the row, so those are declared in front of it and taken off.
    declared = "".join(f"{name} of 1;" for name in sorted(columns))
    ways: list[tuple[NumberRule, ...]] = []
    for line in table.lines("numbers"):
        try:
            ways.append(parse_number_rules(declared + line)[len(columns) :])
        except StoryError as error:
            raise table.fault("numbers", f"cannot be read: {error}") from error
    if len({tuple(sorted(rule.name for rule in way)) for way in ways}) > 1:
        raise table.fault("numbers", "has lines that declare different names")
    return tuple(ways)


def _lists(table: Table) -> tuple[ListRule, ...]:
    rules: list[ListRule] = []
    for part in filter(None, (part.strip() for part in table.text("lists", "").split(";"))):
        match = _LIST.fullmatch(part)
        if match is None:
            raise table.fault("lists", f"has {part!r}, which is not like `data 4..6 of 2..40`")
        least, most, low, high = (int(number) for number in match.groups()[1:])
        if not 1 <= least <= most <= high - low + 1:
            raise table.fault("lists", f"has {part!r}, which no list of different numbers fits")
        rules.append(ListRule(name=match[1], least=least, most=most, low=low, high=high))
    return tuple(rules)


def _words(table: Table) -> Mapping[str, tuple[str, ...]]:
    inner = Table(place=f"{table.place}, words", fields=table.mapping("words"))
    found = {name: inner.lines(name) for name in inner.fields}
    for name, options in found.items():
        if not options:
            raise inner.fault(name, "has no text to choose")
    return found


def _texts(table: Table) -> Mapping[str, str]:
    inner = Table(place=f"{table.place}, texts", fields=table.mapping("texts"))
    return {name: inner.text(name) for name in inner.fields}


def _constraint(table: Table, line: str) -> Constraint:
    try:
        return parse_constraint(line)
    except ProgramError as error:
        raise table.fault("where", str(error)) from error


def _check(table: Table, scope: Scope) -> None:
    for constraint in scope.where:
        for name in sorted(
            (names_of(constraint.left) | names_of(constraint.right)) - scope.numeric_names
        ):
            raise table.fault("where", f"speaks of {name!r}, which is no number of this block")
    declared = [
        *(scope.rows[0] if scope.rows else ()),
        *(rule.name for rule in next(iter(scope.numbers), ())),
    ]
    declared += [*(rule.name for rule in scope.lists), *scope.words, *scope.texts]
    for name in declared:
        if declared.count(name) > 1 or name in PEOPLE:
            raise table.fault("name", f"{name!r} is declared twice, or is the slot of a person")
    for text in scope.texts.values():
        for name in slots_of(text):
            if name not in scope.names:
                raise table.fault("texts", f"has the slot {name!r}, which nothing fills")
