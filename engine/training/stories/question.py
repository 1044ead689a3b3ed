"""How the questions of a story are written: `a=n-s; a*k : How many are left? | How many …?`."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final

from engine.domain.program import Operation, Program, ProgramError, parse_program
from engine.training.errors import StoryError
from engine.training.expression import names_in
from engine.training.stories.story import StoryQuestion

NO_ANSWER: Final = "none"

_LEAST_WORDINGS: Final = 2
_ANSWER: Final = "answer"
_NAME: Final = re.compile(r"\s*[A-Za-z_]\w*\s*=")


def parse_question(line: str, numbers: AbstractSet[str]) -> StoryQuestion:
    """Read one line of `ask`.

    Raises:
        StoryError: There is no program, it cannot be run over the numbers, or the wordings are
            fewer than two.
    """
    source, mark, asked = line.partition(" : ")
    if not mark:
        raise StoryError(f"`{line}` is no question; write `program : wording | wording`")
    wordings = tuple(_split(asked))
    if len(wordings) < _LEAST_WORDINGS or not all(wordings):
        raise StoryError(f"`{source}` needs two wordings or more, separated by `|`")
    source = source.strip()
    program = None if source == NO_ANSWER else _program(source, numbers)
    return StoryQuestion(source=source, program=program, wordings=wordings)


def _program(source: str, numbers: AbstractSet[str]) -> Program:
    parts = [part for part in source.split(";") if part.strip()]
    if parts and not _NAME.match(parts[-1]):
        parts[-1] = f"{_ANSWER}={parts[-1]}"
    try:
        program = parse_program(";".join(parts))
    except ProgramError as error:
        raise StoryError(str(error)) from error
    _check_names(program, numbers)
    if not any(isinstance(s.expression, Operation) for s in program.statements):
        raise StoryError(f"`{source}` computes nothing")
    return program


def _check_names(program: Program, numbers: AbstractSet[str]) -> None:
    known = set(numbers)
    for statement in program.statements:
        for name in names_in(statement.expression):
            if name not in known:
                raise StoryError(f"the program uses `{name}`, which is not declared before it")
        if statement.name in known:
            raise StoryError(f"the program sets `{statement.name}`, which has a value already")
        known.add(statement.name)


def _split(text: str) -> list[str]:
    """The parts between the `|` that stand in no bracket."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
