"""The reader of framework files (docs/frameworks.md describes them)."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from engine.domain.program import Program, ProgramError, parse_program
from engine.training import surface
from engine.training.errors import FrameworkError
from engine.training.example import Category
from engine.training.frameworks.framework import (
    CALCULATOR,
    TOOLS,
    Block,
    CallForm,
    Framework,
    Principle,
)
from engine.training.frameworks.scope import Scope, names_of
from engine.training.frameworks.scope_reader import read_scope
from engine.training.frameworks.slot import RAW_FORM, SLOT
from engine.training.frameworks.table import Table

MIN_ASKS: Final = 3
MAX_LEVEL: Final = 5

_FORMS: Final = (
    None,
    RAW_FORM,
    "one",
    "a",
    "his",
    "him",
    "he",
    "times",
    "part",
    "money",
    "digits",
)
_BLOCK_FIELDS: Final = (
    *(
        "name",
        "level",
        "rows",
        "pairs",
        "numbers",
        "lists",
        "words",
        "texts",
        "where",
        "ask",
        "program",
    ),
    *("answer", "tool", "arguments", "read", "explain", "say", "claim"),
)


def read_framework(path: Path) -> Framework:
    """Read a file.

    Raises:
        FrameworkError: The file cannot be read; the message names file, table and field.
    """
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FrameworkError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FrameworkError(f"{path} is not TOML: {error}") from error
    return _framework(Table(place=path.name, fields=fields))


def _framework(table: Table) -> Framework:
    table.check_known("domain", "category", "about", "principle")
    named = table.text("category")
    if named not in set(Category):
        raise table.fault("category", f"is {named!r}, not one of {', '.join(Category)}")
    read = Framework(
        domain=table.text("domain"),
        category=Category(named),
        about=table.text("about"),
        principles=tuple(_principle(table.place, each) for each in table.tables("principle")),
    )
    _check_unique(table, "principle", [principle.name for principle in read.principles])
    _check_unique(table, "block", [block.name for block in read.blocks])
    return read


def _check_unique(table: Table, name: str, names: Sequence[str]) -> None:
    for each, n in Counter(names).items():
        if n > 1:
            raise table.fault(name, f"has the name {each!r} {n} times")


def _principle(place: str, fields: Mapping[str, Any]) -> Principle:
    name = Table(place=f"{place}, a principle", fields=fields).text("name")
    table = Table(place=f"{place}, principle {name}", fields=fields)
    table.check_known("name", "states", "because", "logic", "stage", "block")
    return Principle(
        name=name,
        states=table.text("states"),
        because=table.lines("because"),
        logic=table.lines("logic"),
        stage=table.text("stage", ""),
        blocks=tuple(_block(place, each) for each in table.tables("block")),
    )


def _block(place: str, fields: Mapping[str, Any]) -> Block:
    name = Table(place=f"{place}, a block", fields=fields).text("name")
    table = Table(place=f"{place}, block {name}", fields=fields)
    table.check_known(*_BLOCK_FIELDS)
    scope = read_scope(table)
    program = _program(table, scope)
    block = Block(
        name=name,
        level=table.whole("level", 1, MAX_LEVEL),
        scope=scope,
        asks=table.lines("ask"),
        program=program,
        answer=table.text("answer", ""),
        call=_call(table, program),
        explain=table.lines("explain"),
        say=table.lines("say") or ("{answer}",),
        claims=table.lines("claim"),
    )
    _check(table, block)
    return block


def _program(table: Table, scope: Scope) -> Program | None:
    text = table.text("program", "")
    if not text:
        return None
    parts = text.split(";")
    if "=" not in parts[-1]:
        # A bare last expression is the answer of a block that needs no name for it.
        parts[-1] = f"answer={parts[-1]}"
    try:
        program = parse_program(";".join(parts))
    except ProgramError as error:
        raise table.fault("program", str(error)) from error
    for name in sorted(names_of(program) - scope.numeric_names):
        raise table.fault("program", f"uses {name!r}, which is no number of this block")
    return program


def _call(table: Table, program: Program | None) -> CallForm | None:
    arguments = table.mapping("arguments")
    tool = table.text("tool", "")
    if not tool:
        if arguments:
            raise table.fault("arguments", "are there, but no `tool`")
        return None
    if tool not in TOOLS:
        raise table.fault("tool", f"is {tool!r}, not one of {', '.join(TOOLS)}")
    if not arguments and not (tool == CALCULATOR and program):
        raise table.fault("arguments", "are missing; only the calculator can take the `program`")
    return CallForm(tool=tool, arguments=arguments, read=table.text("read", ""))


def _check(table: Table, block: Block) -> None:
    if len(block.asks) < MIN_ASKS:
        raise table.fault("ask", f"has {len(block.asks)} wordings; at least {MIN_ASKS} are needed")
    for ask in block.asks:
        try:
            surface.choose(ask, Random(0))
        except ValueError as error:
            raise table.fault("ask", str(error)) from error
    _check_slots(table, block)
    has_answer = block.answer or "answer" in block.scope.names
    if not (block.program or block.call or has_answer):
        raise table.fault("answer", "is missing: a block has a `program`, an `answer` or a `tool`")


def _check_slots(table: Table, block: Block) -> None:
    names = block.scope.names
    computed = {s.name for s in block.program.statements} if block.program else set[str]()
    for ask in block.asks:
        for match in SLOT.finditer(ask):
            if match.group(1) not in names or match.group(2) not in _FORMS:
                raise table.fault("ask", f"has the slot {match.group(0)}, which nothing fills")
    told = (("explain", block.explain), ("say", block.say), ("claim", block.claims))
    for name, texts in (*told, ("answer", (block.answer,))):
        for match in SLOT.finditer("".join(texts)):
            if match.group(1) not in names | computed | {"answer", "result"}:
                raise table.fault(name, f"has the slot {match.group(0)}, which nothing fills")
