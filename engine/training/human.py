"""Problems written by people, their solutions turned into programs, with fresh numbers.

A solution's marks (`<<48/2=24>>`) become statements, an operand that equals an earlier result
becomes its name, and the program must reproduce the published answer. Numbers of the question
that the program uses can then be drawn anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any, Final

from engine.domain.program import (
    Expression,
    Name,
    Number,
    Operation,
    Program,
    ProgramError,
    Statement,
    execute,
    parse_program,
    render_number,
)
from engine.training.errors import DatasetError
from engine.training.expression import Leaf, leaves, map_leaves, map_statements, names_in
from engine.training.problem import WordProblem, template_digest
from engine.training.reword import reword

_MARK: Final = re.compile(r"<<([^=<>]+)=([^<>]*)>>")
_PERCENT: Final = re.compile(r"([0-9.]+)%")
_NUMBER: Final = re.compile(
    r"(?<![\w/.])\$?(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w/%]|[.,]\d| ?percent)"
)
_MAX_TRIES: Final = 25
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
_TEN: Final = 10
_DOZEN: Final = 12
_KEPT_VALUES: Final = frozenset(Fraction(n) for n in (0, 1, 2, 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanProblem:
    """A problem with the places of the numbers that may change.

    Attributes:
        problem: As it was published.
        places: Start and end in the question of each number that the program uses once.
        whole: Which values of the program were whole numbers.
        is_clear: Whether it is certain which operands are told and which were computed. Where a
            number is both, the program has the right value and may have it for a wrong reason,
            which new numbers would bring to light.
    """

    problem: WordProblem
    places: tuple[tuple[int, int], ...]
    whole: tuple[bool, ...]
    is_clear: bool = True


def load_gsm8k(path: Path) -> list[HumanProblem]:
    """Read GSM8K rows; those whose solution is no exact program are left out.

    Raises:
        DatasetError: When a row is none of GSM8K's.
    """
    found: list[HumanProblem] = []
    for row in read_rows(path, texts=("question", "answer")):
        question, solution = row["question"], row["answer"]
        problem = convert_gsm8k(question, solution)
        if problem is not None:
            is_clear = convert_gsm8k(question, solution, is_strict=True) is not None
            found.append(replace(renumberable(problem), is_clear=is_clear))
    return found


def load_mawps(path: Path) -> list[HumanProblem]:
    """Read MAWPS rows with one linear unknown, solved for already.

    Raises:
        DatasetError: When a row is none of MAWPS's.
    """
    rows = read_rows(path, texts=("question", "equation"), numbers=("answer",))
    problems = (convert_equation(r["question"], r["equation"], r["answer"]) for r in rows)
    return [renumberable(problem) for problem in problems if problem is not None]


def development_split(
    problems: Iterable[HumanProblem], *, n_rows: int
) -> tuple[list[HumanProblem], list[HumanProblem]]:
    """Training rows, and as many held out, by the order of their questions' hashes."""
    ordered = sorted(problems, key=lambda held: template_digest(held.problem.question))
    return ordered[n_rows:], ordered[:n_rows]


def convert_gsm8k(question: str, solution: str, *, is_strict: bool = False) -> WordProblem | None:
    """A published solution as a program; None when it does not reproduce the answer exactly.

    Args:
        question: The question.
        solution: Its text with marks, and the answer behind `####`.
        is_strict: Whether an operand that may be told or computed is a reason for None.
    """
    gold = _fraction(solution.rpartition("####")[2])
    marks = [match.group(1) for match in _MARK.finditer(solution)]
    if gold is None or not marks:
        return None
    asked = {_fraction(match.group(1)) for match in _NUMBER.finditer(question)}
    try:
        program = _linked(marks, asked, is_strict=is_strict)
        values = list(execute(program).bindings.values())
    except ProgramError:
        return None
    if gold not in values:
        return None
    end = len(values) - values[::-1].index(gold)
    program = _pruned(Program(statements=program.statements[:end]))
    return as_problem(question, program, source="gsm8k")


def convert_equation(question: str, equation: str, answer: float) -> WordProblem | None:
    """An equation `x=...` or `...=x` as a program; None when it does not give the answer."""
    left, _, right = equation.partition("=")
    text = right if left.strip().isidentifier() else left
    try:
        program = parse_program(f"a={text}")
        value = execute(program).value
    except ProgramError:
        return None
    if abs(value - Fraction(str(answer))) > Fraction(1, 100):
        return None
    if not isinstance(program.statements[0].expression, Operation):
        return None
    return as_problem(untokenised(question), program, source="mawps")


def renumberable(problem: WordProblem) -> HumanProblem:
    """Mark the numbers of the question that occur once there and in the program."""
    found: dict[Fraction, list[tuple[int, int]]] = {}
    for match in _NUMBER.finditer(problem.question):
        value = _fraction(match.group(1))
        if value is not None:
            found.setdefault(value, []).append(match.span(1))
    literals = {v for s in problem.program.statements for v in _literals(s.expression)}
    places = [
        spans[0]
        for value, spans in found.items()
        if len(spans) == 1
        and value in literals - _KEPT_VALUES
        and not _FIRST_YEAR <= value <= _LAST_YEAR
    ]
    values = execute(problem.program).bindings.values()
    whole = tuple(value.denominator == 1 for value in values)
    return HumanProblem(problem=problem, places=tuple(sorted(places)), whole=whole)


def renumber(held: HumanProblem, rng: Random) -> WordProblem:
    """The problem with new numbers of the same shape, or as it was when none come out right."""
    for _ in range(_MAX_TRIES if held.places else 0):
        texts = [_redrawn(held.problem.question[a:b], rng) for a, b in held.places]
        numbers: dict[Fraction, Fraction] = {}
        for (start, end), text in zip(held.places, texts, strict=True):
            numbers[_exact(held.problem.question[start:end])] = _exact(text)
        program = _renumbered(held.problem.program, numbers)
        if _comes_out_right(program, held.whole):
            question = _respelled(held.problem.question, held.places, texts)
            return replace(held.problem, question=question, program=program)
    return held.problem


def untokenised(question: str) -> str:
    """The question as a person writes it: no blanks before marks or behind a currency's."""
    return re.sub(r"\$ (?=\d)", "$", re.sub(r" ([.,?%'])", r"\1", question))


def as_problem(question: str, program: Program, *, source: str) -> WordProblem:
    """A problem of people, its question on one line."""
    text = " ".join(question.split())
    return WordProblem(
        question=text,
        program=program,
        source=source,
        family=source,
        template=template_digest(text),
    )


def reworded(problem: WordProblem, rng: Random) -> WordProblem:
    """The problem in other words, where its own allow it."""
    return replace(problem, question=reword(problem.question, rng))


def read_rows(
    path: Path, *, texts: tuple[str, ...] = (), numbers: tuple[str, ...] = ()
) -> list[Mapping[str, Any]]:
    """The JSON lines of a file.

    Args:
        path: The file.
        texts: Fields that each row must have, as texts.
        numbers: The same, as numbers.

    Raises:
        DatasetError: When a line holds no such row; it names file, line and field.
    """
    # `splitlines` would also break at the line separators that questions hold.
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is no UTF-8: {error}") from error
    kinds = dict.fromkeys(texts, (str,)) | dict.fromkeys(numbers, (int, float))
    found: list[Mapping[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        try:
            found += [_read_row(line, kinds)] if line.strip() else []
        except DatasetError as error:
            raise DatasetError(f"{path}, line {number}: {error}") from error
    return found


def _read_row(line: str, kinds: Mapping[str, tuple[type, ...]]) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise DatasetError("not a JSON object")
    for name, kind in kinds.items():
        if not isinstance(row.get(name), kind):
            wanted = "text" if kind == (str,) else "number"
            raise DatasetError(f"there is no {wanted} in the field `{name}`")
    return row


def _linked(marks: list[str], asked: set[Fraction | None], *, is_strict: bool) -> Program:
    """Statements whose operands are earlier results where they equal one."""
    results: dict[Fraction, str] = {}
    unused: set[str] = set()
    statements: list[Statement] = []
    for index, mark in enumerate(marks):
        text = _PERCENT.sub(r"(\1/100)", mark.replace(",", "").replace("$", ""))
        expression = parse_program(f"s={text}").statements[0].expression
        usable = {v: n for v, n in results.items() if n in unused or v not in asked}
        is_both = any(v in usable and v in asked for v in _literals(expression))
        if _is_ambiguous(expression, usable) or (is_strict and is_both):
            msg = f"`{text}` uses one number for two things"
            raise ProgramError(msg)
        linked = _link(expression, usable)
        unused.difference_update(names_in(linked))
        statements.append(Statement(name=f"s{index}", expression=linked))
        value = execute(Program(statements=tuple(statements))).value
        results[value] = f"s{index}"
        unused.add(f"s{index}")
    return Program(statements=tuple(statements))


def _link(expression: Expression, results: Mapping[Fraction, str]) -> Expression:
    def change(leaf: Leaf) -> Expression:
        if isinstance(leaf, Number) and leaf.value in results:
            return Name(name=results[leaf.value])
        return leaf

    return map_leaves(expression, change)


def _is_ambiguous(expression: Expression, results: Mapping[Fraction, str]) -> bool:
    """Whether a number that may be an earlier result occurs twice: one of them may not be."""
    found = [value for value in _literals(expression) if value in results]
    return len(found) != len(set(found))


def _pruned(program: Program) -> Program:
    """The program without statements that its answer does not need."""
    needed = {program.statements[-1].name}
    kept: list[Statement] = []
    for statement in reversed(program.statements):
        if statement.name in needed:
            needed.update(names_in(statement.expression))
            kept.append(statement)
    return Program(statements=tuple(reversed(kept)))


def _renumbered(program: Program, numbers: Mapping[Fraction, Fraction]) -> Program:
    def change(leaf: Leaf) -> Expression:
        if isinstance(leaf, Number):
            return Number(value=numbers.get(leaf.value, leaf.value))
        return leaf

    return map_statements(program, lambda expression: map_leaves(expression, change))


def _comes_out_right(program: Program, whole: tuple[bool, ...]) -> bool:
    """No value is zero or less, none is a fraction where the published one was whole."""
    try:
        values = execute(program).bindings.values()
    except ProgramError:
        return False
    return all(
        value > 0 and (value.denominator == 1 if was_whole else 10_000 % value.denominator == 0)
        for value, was_whole in zip(values, whole, strict=True)
    )


def _redrawn(text: str, rng: Random) -> str:
    """A number of the same shape: as many decimals, as round, and of the same size."""
    value = _exact(text)
    decimals = len(text.partition(".")[2])
    units = int(value * 10**decimals)
    step = 1
    while units and units % (step * 10) == 0:
        step *= 10
    base = units // step
    if base < _TEN and step > 1:
        base, step = base * 10, step // 10
        drawn = rng.choice([n for n in range(max(1, base // 2), base * 2 + 1) if n % 5 == 0])
    else:
        drawn = rng.randint(2, 14) if base <= _DOZEN else rng.randint(base // 2, base * 2)
    number = render_number(Fraction(drawn * step, 10**decimals))
    return f"{int(number):,}" if "," in text and number.isdigit() else number


def _respelled(question: str, places: tuple[tuple[int, int], ...], texts: list[str]) -> str:
    pieces, position = [], 0
    for (start, end), text in zip(places, texts, strict=True):
        pieces += [question[position:start], text]
        position = end
    return "".join([*pieces, question[position:]])


def _literals(expression: Expression) -> list[Fraction]:
    return [leaf.value for leaf in leaves(expression) if isinstance(leaf, Number)]


def _fraction(text: str) -> Fraction | None:
    cleaned = text.strip().replace(",", "").replace("$", "")
    return Fraction(cleaned) if re.fullmatch(r"-?\d+(?:\.\d+)?", cleaned) else None


def _exact(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))
