"""The reader of story files: TOML, one table a story, one sentence form a line.

A fault is told with its file, line and story, and all the faults of a file are told at once:
whoever writes stories mends them together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeAlias, TypeVar

from engine.training.errors import StoryError
from engine.training.stories.number_rule import parse_number_rules
from engine.training.stories.question import parse_question
from engine.training.stories.slot import (
    SlotKind,
    check_sentence,
    slot_kinds,
    slot_names,
    with_forms,
)
from engine.training.stories.story import (
    Exactness,
    NumberRule,
    Story,
    StoryQuestion,
    WordRule,
)
from engine.training.stories.synonym import with_synonyms
from engine.training.words import PEOPLE

SUFFIX: Final = ".toml"

_PACKAGE: Final = "engine.training.stories"
_LEAST_PHRASINGS: Final = 3
_LEAST_QUESTIONS: Final = 2
_KEYS: Final = ("numbers", "words", "tell", "ask", "exact")
_NEEDED: Final = ("numbers", "tell", "ask")

_HEADER: Final = re.compile(r"\[[\w\".-]+\]")

_Read = TypeVar("_Read")
_Table: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFault:
    """What is wrong with a story, and where.

    Attributes:
        file: Its name.
        line: From 1; 0 for what only shows when problems are drawn.
        story: Its name; empty where the file is no TOML.
        message: What is wrong.
    """

    file: str
    line: int
    story: str
    message: str

    def __str__(self) -> str:
        """One line, as a compiler writes it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        story = f"[{self.story}] " if self.story else ""
        return f"{place}: {story}{self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFile:
    """The stories of a file that can be told, and the faults of those that cannot."""

    stories: tuple[Story, ...]
    faults: tuple[StoryFault, ...]


@cache
def shipped_stories() -> tuple[Story, ...]:
    """The stories that the package brings.

    Raises:
        StoryError: A file holds faults; each is listed.
    """
    return tuple(story for domain, text in shipped_texts() for story in load_stories(text, domain))


def shipped_texts() -> Iterator[tuple[str, str]]:
    """The domain and the text of each file of the package, in the order of the names."""
    found = [place for place in files(_PACKAGE).iterdir() if place.name.endswith(SUFFIX)]
    for place in sorted(found, key=lambda place: place.name):
        yield place.name.removesuffix(SUFFIX), place.read_text(encoding="utf-8")


def load_stories(text: str, domain: str) -> tuple[Story, ...]:
    """Read the text of a file that must be without fault.

    Raises:
        StoryError: There are faults; each is listed.
    """
    read = read_stories(text, domain)
    if read.faults:
        raise StoryError("\n".join(str(fault) for fault in read.faults))
    return read.stories


def read_stories(text: str, domain: str) -> StoryFile:
    """Read the text of a file, and collect what is wrong with it."""
    file = f"{domain}{SUFFIX}"
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        fault = StoryFault(
            file=file, line=int(line.group(1)) if line else 1, story="", message=str(error)
        )
        return StoryFile(stories=(), faults=(fault,))
    stories: list[Story] = []
    faults: list[StoryFault] = []
    for name, table in tables.items():
        reader = _StoryReader(file=file, name=name, lines=text.splitlines())
        story = reader.read(table, domain)
        faults += reader.faults
        stories += [story] if story is not None else []
    return StoryFile(stories=tuple(stories), faults=tuple(faults))


class _StoryReader:
    """Reads one table; a fault is noted and the rest is read on."""

    def __init__(self, *, file: str, name: str, lines: list[str]) -> None:
        self.faults: list[StoryFault] = []
        self._file = file
        self._name = name
        self._lines = lines
        headers = (f"[{name}]", f'["{name}"]')
        found = [i for i, line in enumerate(lines, 1) if line.strip().startswith(headers)]
        self._start = found[0] if found else 1

    def read(self, table: object, domain: str) -> Story | None:
        """The story, or None where there are faults."""
        if not isinstance(table, dict) or not self._has_shape(table):
            self._note(self._start, "a story is a table of the texts " + ", ".join(_KEYS))
            return None
        numbers = self._try("numbers", lambda: parse_number_rules(table["numbers"])) or ()
        words = self._try("words", lambda: _word_rules(table.get("words", ""))) or ()
        names = {rule.name for rule in numbers}
        kinds = self._try("numbers", lambda: slot_kinds(names, {rule.name for rule in words}))
        exact = self._try("exact", lambda: _exactness(table.get("exact", Exactness.WHOLE)))
        if self.faults or kinds is None or exact is None:
            return None
        phrasings = self._phrasings(table, kinds)
        questions = self._questions(table, kinds, numbers)
        self._check_facts(phrasings, questions, names)
        if self.faults:
            return None
        return Story(
            domain=domain,
            name=self._name,
            numbers=numbers,
            words=words,
            phrasings=tuple(text for _, text in phrasings),
            questions=tuple(question for _, question in questions),
            exact=exact,
        )

    def _has_shape(self, table: _Table) -> bool:
        texts = all(isinstance(value, str) for value in table.values())
        return texts and set(_NEEDED) <= set(table) <= set(_KEYS)

    def _phrasings(self, table: _Table, kinds: Mapping[str, SlotKind]) -> list[tuple[int, str]]:
        told = list(self._numbered(table, "tell"))
        for line, text in told:
            self._try_at(line, lambda text=text: check_sentence(text, kinds))
        if len(told) < _LEAST_PHRASINGS:
            self._note(self._line("tell"), f"a story needs {_LEAST_PHRASINGS} phrasings or more")
        return told

    def _questions(
        self, table: _Table, kinds: Mapping[str, SlotKind], numbers: Iterable[NumberRule]
    ) -> list[tuple[int, StoryQuestion]]:
        names = frozenset(rule.name for rule in numbers)
        found: list[tuple[int, StoryQuestion]] = []
        for line, text in self._numbered(table, "ask"):
            question = self._try_at(line, lambda text=text: parse_question(text, names))
            if question is None:
                continue
            found.append((line, question))
            for wording in question.wordings:
                self._try_at(line, lambda wording=wording: check_sentence(wording, kinds))
        if len(found) < _LEAST_QUESTIONS:
            self._note(self._line("ask"), f"a story needs {_LEAST_QUESTIONS} questions or more")
        return found

    def _check_facts(
        self,
        phrasings: Iterable[tuple[int, str]],
        questions: Iterable[tuple[int, StoryQuestion]],
        names: set[str],
    ) -> None:
        """Every number that a program uses is told by every phrasing, or by the question."""
        for line, question in questions:
            needed = names & question.needed
            for told_line, told in phrasings:
                for wording in question.wordings:
                    missing = sorted(needed - slot_names(told) - slot_names(wording))
                    if missing:
                        self._note(told_line, f"`{missing[0]}` is not told; line {line} needs it")
                        break

    def _numbered(self, table: _Table, key: str) -> Iterator[tuple[int, str]]:
        start = self._line(key)
        opening = self._lines[start - 1].partition("=")[2].strip()
        first = start + (opening in ('"""', "'''"))
        for offset, text in enumerate(str(table[key]).split("\n")):
            if text.strip():
                yield first + offset, with_synonyms(with_forms(text.strip()))

    def _line(self, key: str) -> int:
        pattern = re.compile(rf"\s*{key}\s*=")
        for number in range(self._start, len(self._lines)):
            if _HEADER.fullmatch(self._lines[number].strip()):
                break
            if pattern.match(self._lines[number]):
                return number + 1
        return self._start

    def _try(self, key: str, read: Callable[[], _Read]) -> _Read | None:
        return self._try_at(self._line(key), read)

    def _try_at(self, line: int, read: Callable[[], _Read]) -> _Read | None:
        try:
            return read()
        except StoryError as error:
            self._note(line, str(error))
            return None

    def _note(self, line: int, message: str) -> None:
        fault = StoryFault(file=self._file, line=line, story=self._name, message=message)
        self.faults.append(fault)


def _word_rules(text: str) -> tuple[WordRule, ...]:
    rules: list[WordRule] = []
    for part in (part.strip() for part in text.split(";")):
        name, mark, listed = (piece.strip() for piece in part.partition(":"))
        if not part or (name in PEOPLE and listed == "person"):
            continue
        choices = tuple(word.strip() for word in listed.split(","))
        if not mark or not name.isidentifier() or not all(choices) or name in PEOPLE:
            raise StoryError(f"`{part}` is no slot of words; write `roll: rolls, buns`")
        rules.append(WordRule(name=name, choices=choices))
    return tuple(rules)


def _exactness(text: str) -> Exactness:
    try:
        return Exactness(text)
    except ValueError as error:
        known = ", ".join(Exactness)
        raise StoryError(f"`exact` is one of {known}, not `{text}`") from error
