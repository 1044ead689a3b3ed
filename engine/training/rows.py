"""Every kind of row that svend-mini learns, as a value: what is written can be read back.

| row | text |
|---|---|
| solved | `<q>Q<prog>a=48/2;b=48+a<ans>b</s>` |
| declined | `<q>Q<prog><ans><none></s>` |
| judged | `<q>Q<prog>a=48/2<check><yes></s>`, `<q>Q<prog>a=48/2;b=48-a<ans>b<check><no></s>` |
| claimed | `<q>Q<claim>C<check><yes></s>`, `<claim>C<check><no></s>` |
| decomposed | `<q>Q<step>S<prog>a=48/2<step>S<prog>b=48+a<ans>b</s>` |
| called | `<tool>calculator search<q>Q<tool>search{"query":"…"}</s>`, `<q>Q<tool><none></s>` |
| called, with its result | `<q>Q<tool>search{…}<result>RESULT<ans>TEXT</s>` |
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias, cast

from engine.domain.canonical import canonical_bytes
from engine.domain.errors import InvalidInputError
from engine.training.example import ToolUse
from engine.training.row_format import (
    ANSWER,
    BEGIN,
    CHECK,
    CLAIM,
    END,
    MARKS,
    NO,
    NONE,
    PAD,
    PROGRAM,
    QUESTION,
    RESERVED,
    RESULT,
    STEP,
    TOOL,
    YES,
)

_MARK: Final = re.compile("|".join(re.escape(m) for m in (*MARKS, *RESERVED, BEGIN, END, PAD)))
_CALL: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\{.*\})", re.DOTALL)
# What begins a mark, and blanks that a line of words does not keep: those that are no common one,
# and those behind another.
_UNSAFE: Final = re.compile(r"<|[^\S ]|(?<=\s) ")


class InvalidRowError(InvalidInputError):
    """The text is no row, or a part of a row holds a mark."""

    code: ClassVar[str] = "invalid-row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A question with the program that answers it.

    Attributes:
        question: One line.
        program: The statements.
        answer: The name of the statement that answers.
    """

    question: str
    program: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A question that what it tells does not answer."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A solution or its beginning, and whether all of it is right.

    Attributes:
        question: One line.
        program: The statements so far.
        answer: The name of the statement that answers; empty for a beginning.
        is_right: Whether everything up to here is right.
    """

    question: str
    program: str
    is_right: bool
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A statement that holds or does not; the question is empty where it stands by itself."""

    claim: str
    is_true: bool
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubStep:
    """A sub-question and the statement that answers it."""

    question: str
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposed:
    """A question answered by sub-questions; at least one."""

    question: str
    steps: tuple[SubStep, ...]
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """Calls of tools for a question.

    Attributes:
        question: One line.
        calls: In order, each a tool's name and its arguments as JSON; none when no tool fits.
        results: Of each call, or of each but the last, which the row then ends with.
        answer: What is answered after the last result; empty in a row that ends with a call.
        offered: Names of the tools to choose from; empty for all that the model knows.
    """

    question: str
    calls: tuple[str, ...]
    results: tuple[str, ...] = ()
    answer: str = ""
    offered: tuple[str, ...] = ()


Row: TypeAlias = Solved | Declined | Judged | Claimed | Decomposed | Called


def render_call(use: ToolUse) -> str:
    """A call as a row holds it; no value inside can pose as a mark or be folded away."""
    arguments = canonical_bytes(dict(use.arguments)).decode()
    return use.name + _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", arguments)


def read_call(text: str) -> ToolUse:
    """The call that a row holds.

    Raises:
        InvalidRowError: The text is no name with a JSON object behind it.
    """
    match = _CALL.fullmatch(text.strip())
    try:
        arguments: Any = json.loads(match[2]) if match else None
    except ValueError as error:
        raise InvalidRowError(f"{text!r} is no call: {error}") from error
    if match is None or not isinstance(arguments, dict):
        raise InvalidRowError(f"{text!r} is no call of a tool")
    return ToolUse(name=match[1], arguments=cast("dict[str, Any]", arguments))


def render(row: Row) -> str:
    """The text of a row, with its end token.

    Raises:
        InvalidRowError: A part holds a mark, or parts do not go together.
    """
    return _RENDER[type(row)](row) + END


def read(text: str) -> Row:
    """The row of a text.

    Raises:
        InvalidRowError: The text is none.
    """
    body, end, rest = text.partition(END)
    if not end or rest:
        raise InvalidRowError("a row ends with its end token")
    parts = _split(body)
    for kind, reader in _READ:
        if kind in parts.marks:
            return reader(parts)
    raise InvalidRowError(f"no kind of row has these marks: {' '.join(parts.marks)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A text cut at its marks: what stands behind each."""

    marks: tuple[str, ...]
    texts: tuple[str, ...]

    def match(self, *marks: str) -> tuple[str, ...]:
        """The texts behind exactly these marks."""
        if self.marks != marks:
            raise InvalidRowError(f"the marks {' '.join(self.marks)} are of no row")
        return self.texts


def _split(body: str) -> _Parts:
    found = list(_MARK.finditer(body))
    if not found or found[0].start():
        raise InvalidRowError("a row begins with a mark")
    ends = [*(match.start() for match in found[1:]), len(body)]
    texts = tuple(body[m.end() : end] for m, end in zip(found, ends, strict=True))
    return _Parts(marks=tuple(match[0] for match in found), texts=texts)


def _clean(text: str) -> str:
    """A part on one line; what a server folds away is not learnt either."""
    if _MARK.search(text):
        raise InvalidRowError(f"{text!r} holds a mark")
    return " ".join(text.split())


def _full(text: str) -> str:
    cleaned = _clean(text)
    if not cleaned:
        raise InvalidRowError("a part of the row is empty")
    return cleaned


def _render_solved(row: Solved) -> str:
    question, program = _full(row.question), _full(row.program)
    return f"{QUESTION}{question}{PROGRAM}{program}{ANSWER}{_full(row.answer)}"


def _read_solved(parts: _Parts) -> Row:
    if NONE in parts.marks:
        question, program, *rest = parts.match(QUESTION, PROGRAM, ANSWER, NONE)
        if program or any(rest):
            raise InvalidRowError("what is declined has no program")
        return Declined(question=question)
    question, program, answer = parts.match(QUESTION, PROGRAM, ANSWER)
    return Solved(question=question, program=program, answer=answer)


def _render_declined(row: Declined) -> str:
    return f"{QUESTION}{_full(row.question)}{PROGRAM}{ANSWER}{NONE}"


def _render_judged(row: Judged) -> str:
    answer = f"{ANSWER}{_full(row.answer)}" if row.answer else ""
    label = YES if row.is_right else NO
    return f"{QUESTION}{_full(row.question)}{PROGRAM}{_full(row.program)}{answer}{CHECK}{label}"


def _read_checked(parts: _Parts) -> Row:
    label = parts.marks[-1]
    if label not in (YES, NO) or parts.texts[-1]:
        raise InvalidRowError("a check ends with yes or no")
    if CLAIM in parts.marks:
        return _read_claimed(parts, label)
    if ANSWER in parts.marks:
        question, program, answer, *_ = parts.match(QUESTION, PROGRAM, ANSWER, CHECK, label)
    else:
        question, program, *_ = parts.match(QUESTION, PROGRAM, CHECK, label)
        answer = ""
    return Judged(question=question, program=program, answer=answer, is_right=label == YES)


def _render_claimed(row: Claimed) -> str:
    question = f"{QUESTION}{_full(row.question)}" if row.question else ""
    return f"{question}{CLAIM}{_full(row.claim)}{CHECK}{YES if row.is_true else NO}"


def _read_claimed(parts: _Parts, label: str) -> Row:
    question = ""
    if QUESTION in parts.marks:
        question, claim, *_ = parts.match(QUESTION, CLAIM, CHECK, label)
    else:
        claim, *_ = parts.match(CLAIM, CHECK, label)
    return Claimed(question=question, claim=claim, is_true=label == YES)


def _render_decomposed(row: Decomposed) -> str:
    if not row.steps:
        raise InvalidRowError("a question is answered by one sub-question at least")
    steps = "".join(
        f"{STEP}{_full(step.question)}{PROGRAM}{_full(step.statement)}" for step in row.steps
    )
    return f"{QUESTION}{_full(row.question)}{steps}{ANSWER}{_full(row.answer)}"


def _read_decomposed(parts: _Parts) -> Row:
    n_steps = parts.marks.count(STEP)
    texts = parts.match(QUESTION, *(STEP, PROGRAM) * n_steps, ANSWER)
    pairs = zip(texts[1:-1:2], texts[2:-1:2], strict=True)
    steps = tuple(SubStep(question=asked, statement=given) for asked, given in pairs)
    return Decomposed(question=texts[0], steps=steps, answer=texts[-1])


def _render_called(row: Called) -> str:
    offered = f"{TOOL}{_full(' '.join(row.offered))}" if row.offered else ""
    start = f"{offered}{QUESTION}{_full(row.question)}"
    if not row.calls:
        return f"{start}{TOOL}{NONE}"
    n_open = len(row.calls) - len(row.results)
    if n_open not in (0, 1) or bool(row.answer) == bool(n_open):
        raise InvalidRowError("a row ends with a call, or with what is answered after its result")
    results = [f"{RESULT}{_full(result)}" for result in row.results] + [""] * n_open
    exchanges = (
        f"{TOOL}{_full(call)}{result}" for call, result in zip(row.calls, results, strict=True)
    )
    answer = f"{ANSWER}{_full(row.answer)}" if row.answer else ""
    return start + "".join(exchanges) + answer


def _read_called(parts: _Parts) -> Row:
    offered: tuple[str, ...] = ()
    if parts.marks[0] == TOOL:
        offered = tuple(parts.texts[0].split())
        parts = _Parts(marks=parts.marks[1:], texts=parts.texts[1:])
    if NONE in parts.marks:
        question, *_ = parts.match(QUESTION, TOOL, NONE)
        return Called(question=question, calls=(), offered=offered)
    n_calls, n_results = parts.marks.count(TOOL), parts.marks.count(RESULT)
    exchanges = (TOOL, RESULT) * n_results + (TOOL,) * (n_calls - n_results)
    ending = (ANSWER,) if n_calls == n_results else ()
    question, *texts = parts.match(QUESTION, *exchanges, *ending)
    answer = texts.pop() if ending else ""
    calls, results = tuple(texts[::2]), tuple(texts[1::2])
    return Called(question=question, calls=calls, results=results, answer=answer, offered=offered)


_RENDER: Final[Mapping[type[Any], Callable[[Any], str]]] = {
    Solved: _render_solved,
    Declined: _render_declined,
    Judged: _render_judged,
    Claimed: _render_claimed,
    Decomposed: _render_decomposed,
    Called: _render_called,
}
# The first of these marks that a text holds says what it is.
_READ: Final[tuple[tuple[str, Callable[[_Parts], Row]], ...]] = (
    (CHECK, _read_checked),
    (TOOL, _read_called),
    (STEP, _read_decomposed),
    (PROGRAM, _read_solved),
)
