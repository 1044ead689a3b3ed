r"""Finding the final answer that a model marked in its output.

Marks: `\boxed{...}`, `#### ...`, `<ans>...`, and the phrases "the answer is ..." and
"Answer: ...". Without a mark there is no answer: the last number of a text is never taken for
one, since a model that was cut off ends in a number too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.answers.key import canonical_key
from engine.domain.profile import AnswerProtocol

MAX_OUTPUT_CHARS = 20_000
"""Only the end of a longer output is searched: that is where a final answer stands."""

MAX_PROGRAM_CHARS = 4_000

ANSWER_TAG = "<ans>"
END_TAG = "</s>"
PROGRAM_TAG = "<prog>"
NONE_TAG = "<none>"

NOT_TOLD = "not enough information"
"""The answer of a program protocol that marks `<none>`: what is asked cannot be told."""


class Mark(StrEnum):
    """What marked an answer."""

    BOXED = "boxed"
    HASHES = "hashes"
    TAG = "tag"
    PHRASE = "phrase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A marked answer.

    Attributes:
        text: The answer as the model wrote it, without its mark. For a program it is the name
            of the answering variable, whose value only the calculator knows.
        mark: What marked it.
        start: Where the mark stands, in characters of the text that was searched.
    """

    text: str
    mark: Mark
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramAnswer:
    """A completion of the program protocol, taken apart.

    Attributes:
        source: The straight-line program.
        variable: The name whose value is the answer; the program assigns it.
    """

    source: str
    variable: str


def extract_answer(text: str, protocol: AnswerProtocol) -> Extracted | None:
    """Find the final answer of an output, or None when none is marked.

    The last mark wins. A phrase that no key can be made of ("the answer is thus confirmed")
    yields to an earlier box, row of hashes or tag.
    """
    if protocol == AnswerProtocol.PROGRAM:
        if declines(text):
            return Extracted(text=NOT_TOLD, mark=Mark.TAG, start=text.find(ANSWER_TAG))
        program = extract_program(text)
        if program is None:
            return None
        return Extracted(text=program.variable, mark=Mark.TAG, start=max(text.find(ANSWER_TAG), 0))
    tail = text[-MAX_OUTPUT_CHARS:]
    firm = _latest(_find_boxed(tail), _find_line(tail, _HASHES, Mark.HASHES), _find_tag(tail))
    phrase = _find_phrase(tail)
    if firm is None or phrase is None:
        return firm or phrase
    is_later = phrase.start > firm.start and canonical_key(phrase.text) is not None
    return phrase if is_later else firm


def extract_program(text: str) -> ProgramAnswer | None:
    """Take `v=48/2;a=48+v<ans>a` apart; without a mark the last assigned variable answers.

    Returns:
        None when there is no program, the mark names no variable of it, or there are two marks.
    """
    body = text.partition(END_TAG)[0].rpartition(PROGRAM_TAG)[2].strip()
    source, tag, named = body.partition(ANSWER_TAG)
    source, named = source.strip().rstrip(";").rstrip(), named.strip()
    if len(source) > MAX_PROGRAM_CHARS:
        return None
    assigned = [
        match.group(1) for match in map(_ASSIGNMENT.match, _STATEMENT_END.split(source)) if match
    ]
    if not assigned:
        return None
    variable = named if tag else assigned[-1]
    return ProgramAnswer(source=source, variable=variable) if variable in assigned else None


def declines(text: str) -> bool:
    """Whether a completion of the program protocol says that the question cannot be answered.

    It does so by `<ans><none>`, and by nothing else before the end: a program in front of that is
    an answer that was begun, and not a reason to decline.
    """
    body = text.partition(END_TAG)[0].rpartition(PROGRAM_TAG)[2]
    return "".join(body.split()) == f"{ANSWER_TAG}{NONE_TAG}"


_HASHES = re.compile(r"####")
_BRACE = re.compile(r"\\[{}]|\\boxed\s{0,4}\{|\\fbox\s{0,4}\{|[{}]")
_PHRASE = re.compile(
    r"(?<![a-z])(?:(?:the|final|correct|my|our)\s{1,4}answer\*{0,2}\s{0,4}(?:is\b|=|:)"
    r"|answer\*{0,2}\s{0,4}:)",
    re.IGNORECASE,
)
_STATEMENT_END = re.compile(r"[;\n]")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=")

# Where the answer of a phrase ends and a new thought begins.
_CLAUSE_END = re.compile(
    r"\.(?=\s|$)|;|,\s(?![0-9])|\s(?:because|since|which|where|so|as)\s", re.IGNORECASE
)
_AROUND = " \t\r\n*:"


def _latest(*found: Extracted | None) -> Extracted | None:
    return max((each for each in found if each), key=lambda each: each.start, default=None)


def _find_boxed(text: str) -> Extracted | None:
    """Find the box that closes last, in one pass with a stack of the open braces.

    An outer box closes after the boxes inside it and wins over them; a box that never closes
    marks nothing.
    """
    closed: list[tuple[int, int, int]] = []
    open_braces: list[re.Match[str]] = []
    for match in _BRACE.finditer(text):
        if match.group().startswith("\\") and len(match.group()) == 2:  # noqa: PLR2004
            continue
        if match.group() != "}":
            open_braces.append(match)
        elif open_braces:
            opening = open_braces.pop()
            if opening.group() != "{":
                closed.append((opening.start(), opening.end(), match.start()))
    return _last_filled(text, closed, Mark.BOXED)


def _find_tag(text: str) -> Extracted | None:
    start = text.rfind(ANSWER_TAG)
    if start < 0:
        return None
    begin = start + len(ANSWER_TAG)
    ends = [end for end in (text.find(stop, begin) for stop in ("<", "\n")) if end >= 0]
    return _last_filled(text, [(start, begin, min(ends, default=len(text)))], Mark.TAG)


def _find_line(text: str, pattern: re.Pattern[str], mark: Mark) -> Extracted | None:
    """Find what the last mark with anything behind it marks, to the end of its line.

    A mark at the end of its line marks the next line that is not empty.
    """
    spans: list[tuple[int, int, int]] = []
    for match in pattern.finditer(text):
        begin = match.end()
        while begin < len(text) and text[begin] in _AROUND:
            begin += 1
        end = text.find("\n", begin)
        spans.append((match.start(), begin, end if end >= 0 else len(text)))
    return _last_filled(text, spans, mark)


def _find_phrase(text: str) -> Extracted | None:
    found = _find_line(text, _PHRASE, Mark.PHRASE)
    end = _CLAUSE_END.search(found.text) if found else None
    if found is None or end is None:
        return found
    clause = found.text[: end.start()].strip()
    return replace(found, text=clause) if clause else None


def _last_filled(text: str, spans: list[tuple[int, int, int]], mark: Mark) -> Extracted | None:
    """Return the last of the marks that encloses anything.

    Args:
        text: The text that was searched.
        spans: For each mark where it stands, and where what it encloses begins and ends.
        mark: What marked them.
    """
    # From the back, and no further than needed: boxes may be nested, and rows of hashes share
    # one line, so that cutting each of them out would cost quadratic time.
    for start, begin, end in reversed(spans):
        inside = text[begin:end].strip()
        if inside:
            return Extracted(text=inside, mark=mark, start=start)
    return None
