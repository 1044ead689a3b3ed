"""Labels checked a second time: read back from the files, computed by another evaluator.

What was kept was run by the parser and the arithmetic of `engine.domain.program`. Here a program
is parsed and run by Python's own grammar over `Fraction`, so that a fault of the one is not hidden
by itself, the answer is read from the text that a model will be trained on, and where the source
of a question states its answer, the label must be that.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any, Final

from engine.training.datasets.file import read_examples
from engine.training.datasets.json_lines import read_rows
from engine.training.datasets.row import example_id
from engine.training.example import Conversation
from engine.training.generation.explanation import marked_value
from engine.training.generation.outcome import EXAMPLES_FILE, LABELS_FILE
from engine.training.generation.sketch import read_value

MIN_RIGHT_RATIO: Final = 0.997
SAMPLE_SIZE: Final = 1_000

_OPERATORS: Final[Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """How many labels of a sample are right.

    Attributes:
        n: Labels looked at.
        n_right: Those that hold.
        wrong: Ids of the others.
    """

    n: int
    n_right: int
    wrong: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether at least 99.7 % are right, of at least one."""
        return self.n > 0 and self.n_right >= MIN_RIGHT_RATIO * self.n

    def render(self) -> str:
        """The figure with its n, in a line."""
        if not self.n:
            return "no labels to check again"
        return (
            f"labels re-checked by execution: {self.n_right / self.n:.2%} right (n = {self.n:,})"
        )


def recheck_labels(folder: Path, *, seed: int = 0, n: int = SAMPLE_SIZE) -> Recheck:
    """Check a sample of a run's labels against its examples, both as they stand on disk.

    Raises:
        DatasetError: When a file cannot be read.
    """
    examples = {
        example_id(example): example
        for example in read_examples(folder / EXAMPLES_FILE)
        if isinstance(example, Conversation)
    }
    labels: dict[str, Mapping[str, Any]] = {
        str(row.get("id")): row for _, row in read_rows(folder / LABELS_FILE)
    }
    # An example without a label is looked at too, and is wrong.
    names = sorted(examples | labels)
    chosen = Random(seed).sample(names, min(n, len(names)))
    wrong = tuple(name for name in chosen if not _is_right(examples.get(name), labels.get(name)))
    return Recheck(n=len(chosen), n_right=len(chosen) - len(wrong), wrong=wrong)


def evaluate(program: str) -> Fraction:
    """Run a straight-line program by Python's grammar.

    Raises:
        ValueError: When it is none, or divides by zero.
    """
    known: dict[str, Fraction] = {}
    value = Fraction(0)
    for part in program.split(";"):
        name, _, source = part.partition("=")
        try:
            value = _run(ast.parse(source.strip(), mode="eval").body, source.strip(), known)
        except (SyntaxError, KeyError, ZeroDivisionError, RecursionError) as error:
            msg = f"{part!r} cannot be run: {error!r}"
            raise ValueError(msg) from error
        known[name.strip()] = value
    return value


def _is_right(example: Conversation | None, label: Mapping[str, Any] | None) -> bool:
    if example is None or label is None:
        return False
    try:
        value = evaluate(str(label.get("program")))
    except ValueError:
        return False
    said = marked_value(example.messages[-1].content)
    stated = str(label.get("stated") or "")
    return (
        example.messages[0].content == label.get("question")
        and read_value(str(label.get("answer"))) == value
        and read_value(example.answer) == value
        and (not stated or read_value(stated) == value)
        # An answer that is marked in words, such as "3 apples", is no number to compare.
        and said in {None, value}
    )


def _run(node: ast.expr, source: str, known: Mapping[str, Fraction]) -> Fraction:
    match node:
        case ast.Constant(value=int() | float()):
            # From the digits that were written: the node holds a rounded binary number.
            return Fraction(ast.get_source_segment(source, node) or "")
        case ast.Name(id=name):
            return known[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_run(operand, source, known)
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _OPERATORS:
            found = _run(left, source, known), _run(right, source, known)
            return _OPERATORS[type(op)](*found)
        case _:
            msg = f"{source!r} holds what no program does"
            raise ValueError(msg)
