"""A reply judged: what of it is kept, and why the rest is not. A pure function of the reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final, cast

from engine.domain.program import (
    Program,
    ProgramError,
    execute,
    parse_program,
    render_number,
    render_program,
)
from engine.training.datasets.held_back import is_held_back_exactly, shares_held_back_words
from engine.training.datasets.personal import find_personal
from engine.training.datasets.text import all_texts
from engine.training.datasets.validate import Rules, find_breaches
from engine.training.errors import DatasetError
from engine.training.example import Conversation
from engine.training.generation.check import check_paraphrase, check_sketch
from engine.training.generation.explanation import check_explanation, marked_value
from engine.training.generation.journal import Entry, Sample
from engine.training.generation.kept import Kept, Making, label_of, make_kept, solved, talk
from engine.training.generation.plan import Kind, Request
from engine.training.generation.reply import (
    Reason,
    RejectedError,
    is_refusal,
    read_entries,
    read_object,
)
from engine.training.generation.sketch import Sketch, fold_words, from_row
from engine.training.row_format import ANSWER, read_completion
from engine.training.screen import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What examples are held to beside execution.

    Attributes:
        making: How examples are made.
        rules: Of the data sets' validators.
        screen: Of held-back questions; None without.
    """

    making: Making = field(default_factory=Making)
    rules: Rules = field(default_factory=Rules)
    screen: Screen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came of a reply.

    Attributes:
        kept: What passed, in the reply's order; duplicates are not yet told.
        rejected: How much did not, by reason.
    """

    kept: tuple[Kept, ...]
    rejected: Counter[Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solution:
    program: Program
    value: Fraction
    explanation: str


def judge_reply(request: Request, entry: Entry, standard: Standard) -> Judged:
    """Judge every text of a reply."""
    kept: list[Kept] = []
    rejected: Counter[Reason] = Counter()
    for make in _JUDGES[request.kind](request, entry, standard.making):
        try:
            found = make()
            _screen(found, standard)
            kept.append(found)
        except RejectedError as error:
            rejected[error.reason] += 1
    return Judged(kept=tuple(kept), rejected=rejected)


_Maker = Callable[[], Kept]


def _judge_blueprints(request: Request, entry: Entry, making: Making) -> Iterator[_Maker]:
    for found in _entries(entry, "blueprints", request.n_items):
        yield lambda found=found: _blueprint(request.subject, found, making)


def _judge_paraphrases(request: Request, entry: Entry, making: Making) -> Iterator[_Maker]:
    for found in _entries(entry, "paraphrases", request.n_items):
        yield lambda found=found: _paraphrase(request.subject, found, making)


def _judge_solutions(request: Request, entry: Entry, making: Making) -> Iterator[_Maker]:
    """Label a question: with its known answer, else with what most of its programs come to."""
    is_mini = isinstance(request.prompt, str)
    read = [_attempt(sample, is_mini=is_mini) for sample in entry.samples]
    values = Counter(found.value for found in read if isinstance(found, _Solution))
    label = None if request.by_majority else request.subject.known_answer()
    is_known = label is not None
    if label is None:
        label = _majority(values, len(entry.samples))
    for found in read:
        yield lambda found=found: _solution(
            request.subject, found, label, making, is_known=is_known
        )


_JUDGES: Final[Mapping[Kind, Callable[[Request, Entry, Making], Iterator[_Maker]]]] = {
    Kind.BLUEPRINTS: _judge_blueprints,
    Kind.PARAPHRASES: _judge_paraphrases,
    Kind.SOLUTIONS: _judge_solutions,
}


def _entries(entry: Entry, name: str, n_items: int) -> Iterator[Any]:
    """The entries of every text; a text that cannot be read counts as one entry, the error."""
    for sample in entry.samples:
        try:
            yield from read_entries(sample, name)[:n_items]
        except RejectedError as error:
            yield error


def _blueprint(asked: Sketch, found: Any, making: Making) -> Kept:
    sketch = replace(_read_sketch(found, asked), family=asked.family, split=None)
    check_sketch(sketch)
    return make_kept(fold_words(sketch.question), sketch, making)


def _read_sketch(found: Any, asked: Sketch) -> Sketch:
    if isinstance(found, RejectedError):
        raise found
    if not isinstance(found, Mapping):
        raise RejectedError(Reason.MALFORMED)
    row = {**cast("Mapping[str, Any]", found), "category": asked.category.value, "split": ""}
    try:
        return from_row(row)
    except DatasetError as error:
        raise RejectedError(Reason.MALFORMED) from error


def _paraphrase(asked: Sketch, found: Any, making: Making) -> Kept:
    if isinstance(found, RejectedError):
        raise found
    if not isinstance(found, str) or not found.strip():
        raise RejectedError(Reason.MALFORMED)
    if is_refusal(found):
        raise RejectedError(Reason.REFUSED)
    check_paraphrase(asked, found)
    if fold_words(found) == fold_words(asked.question):
        raise RejectedError(Reason.DUPLICATE)
    sketch = replace(asked, question=found.strip(), split=asked.home)
    return make_kept(fold_words(sketch.question), sketch, making)


def _attempt(sample: Sample, *, is_mini: bool) -> _Solution | RejectedError:
    try:
        return _read_mini(sample) if is_mini else _read_solution(sample)
    except RejectedError as error:
        return error


def _read_mini(sample: Sample) -> _Solution:
    if sample.is_cut:
        raise RejectedError(Reason.TRUNCATED)
    completion = read_completion(sample.text)
    if completion.is_declined:
        raise RejectedError(Reason.REFUSED)
    if completion.value is None:
        raise RejectedError(Reason.PROGRAM)
    source, _, name = completion.text.partition(ANSWER)
    statements = parse_program(source).statements
    last = next(i for i, each in enumerate(statements) if each.name == name.strip())
    # The named statement is the answer; what stands behind it answers nothing.
    program = Program(statements=statements[: last + 1])
    return _Solution(program=program, value=completion.value, explanation="")


def _read_solution(sample: Sample) -> _Solution:
    found = read_object(sample)
    source, explanation = found.get("program"), found.get("explanation", "")
    if not isinstance(source, str) or not isinstance(explanation, str):
        raise RejectedError(Reason.MALFORMED)
    try:
        program = parse_program(source)
        value = execute(program).value
    except ProgramError as error:
        raise RejectedError(Reason.PROGRAM) from error
    return _Solution(program=program, value=value, explanation=explanation.strip())


def _majority(values: Counter[Fraction], n_samples: int) -> Fraction | None:
    """What more than half of all samples come to, those that fail among them."""
    (value, n), *_ = values.most_common(1) or [(None, 0)]
    return value if 2 * n > n_samples else None


def _solution(
    asked: Sketch,
    found: _Solution | RejectedError,
    label: Fraction | None,
    making: Making,
    *,
    is_known: bool,
) -> Kept:
    if isinstance(found, RejectedError):
        raise found
    if found.value != label:
        raise RejectedError(Reason.ANSWER if is_known else Reason.MINORITY)
    sketch = solved(asked, found.program)
    key = f"{fold_words(sketch.question)}|{render_program(found.program)}"
    if not found.explanation:
        return make_kept(key, sketch, making)
    check_explanation(found.explanation, found.value)
    example = talk(sketch, sketch.question, _ended(found), found.value, making)
    label_row = label_of(example, found.program, stated=sketch.stated)
    return Kept(key=key, sketch=sketch, examples=(example,), labels=(label_row,))


def _ended(found: _Solution) -> str:
    if marked_value(found.explanation) is not None:
        return found.explanation
    return f"{found.explanation}\nThe answer is {render_number(found.value)}."


def _screen(found: Kept, standard: Standard) -> None:
    for example in found.examples:
        if any(find_personal(text) for text in all_texts(example)):
            raise RejectedError(Reason.PERSONAL)
        if find_breaches(example, standard.rules):
            raise RejectedError(Reason.RULE)
        if standard.screen is not None and _is_held_back(example, standard.screen):
            raise RejectedError(Reason.HELD_BACK)


def _is_held_back(example: Conversation, screen: Screen) -> bool:
    return is_held_back_exactly(example, screen) or shares_held_back_words(example, screen)
