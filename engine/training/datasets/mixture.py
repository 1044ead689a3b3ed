"""The mixture file: how many examples of each category, from where, and what holds of all.

    seed = 7
    kind = "conversation"
    order = "curriculum"

    [rows]
    math = 20000
    code = 4000

    [[part]]
    file = "gsm8k_train.jsonl"
    format = "gsm8k"
    cap = 5000

    [[part]]
    generator = "blueprints"
    category = "math"

Files come first, each up to its cap; generators fill up what a category lacks, by their weights.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from engine.training.datasets.field import choice_field, read_choice, text_field
from engine.training.datasets.generator import FRAMEWORKS, get_generator
from engine.training.datasets.published.table import get_layout
from engine.training.datasets.row import Kind
from engine.training.datasets.sieve import PersonalPolicy
from engine.training.errors import DatasetError
from engine.training.example import Category

DEFAULT_DEV_RATIO: Final = 0.02
DEFAULT_NEAR_DUPLICATE: Final = 0.8

_OWN_FORMAT: Final = "chat"
_FIELDS: Final = frozenset(
    (
        "seed",
        "kind",
        "order",
        "dev_ratio",
        "personal",
        "near_duplicate",
        "tokenizer",
        "max_tokens",
        "rows",
        "part",
    )
)
_PART_FIELDS: Final = frozenset(
    (
        "file",
        "format",
        "generator",
        "framework",
        "category",
        "licence",
        "source",
        "cap",
        "weight",
        "near_duplicates",
    )
)


class Order(StrEnum):
    """How the training rows stand behind one another."""

    SHUFFLED = "shuffled"
    CURRICULUM = "curriculum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One place that examples come from: a file, or a generator.

    Attributes:
        file: The file; None for a generator.
        format: The layout of the file's rows.
        generator: The generator's name; empty for a file.
        framework: For the generator `frameworks`, a file to take the place of those shipped.
        category: What its rows count as; None leaves it to each row. A generator has one, and
            what it draws of another is passed over.
        licence: Said instead of the layout's own.
        source: Said instead of the layout's own.
        cap: How many are taken at most; None takes all.
        weight: A generator's share of what its category lacks.
        near_duplicates: Whether its rows may nearly repeat others, as those of a generator do
            that differ in their numbers.
    """

    file: Path | None = None
    format: str = _OWN_FORMAT
    generator: str = ""
    framework: Path | None = None
    category: Category | None = None
    licence: str | None = None
    source: str | None = None
    cap: int | None = None
    weight: float = 1.0
    near_duplicates: bool = False

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.generator or (self.file.name if self.file else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """A whole mixture file.

    Attributes:
        rows: How many examples of each category are wanted.
        parts: Where they come from.
        seed: Of every choice.
        kind: What the set is made of.
        order: How its rows stand behind one another.
        dev_ratio: Which share of the rows goes to the development file.
        personal: What is done with personal data.
        near_duplicate: From which share of common words two conversations count as one; None for
            exact duplicates only.
        tokenizer: Folder of the tokenizer that lengths are counted by.
        max_tokens: The longest conversation; needs the tokenizer.
        digest: SHA-256 of the file.
    """

    rows: Mapping[Category, int]
    parts: tuple[Part, ...]
    seed: int = 0
    kind: Kind = Kind.CONVERSATION
    order: Order = Order.SHUFFLED
    dev_ratio: float = DEFAULT_DEV_RATIO
    personal: PersonalPolicy = PersonalPolicy.DROP
    near_duplicate: float | None = DEFAULT_NEAR_DUPLICATE
    tokenizer: Path | None = None
    max_tokens: int | None = None
    digest: str = field(default="", compare=False)


def read_mixture(path: Path) -> Mixture:
    """Read a mixture file; paths in it are relative to its folder.

    Raises:
        DatasetError: When it cannot be read; the message names file and field.
    """
    try:
        data = path.read_bytes()
        table = tomllib.loads(data.decode())
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise DatasetError(f"{path}: {error}") from error
    try:
        return _mixture(table, path.parent, hashlib.sha256(data).hexdigest())
    except DatasetError as error:
        raise DatasetError(f"{path}: {error}") from error


def _mixture(table: Mapping[str, Any], folder: Path, digest: str) -> Mixture:
    _refuse_unknown(table, _FIELDS)
    tokenizer = text_field(table, "tokenizer", "")
    max_tokens = _count(table, "max_tokens")
    if (max_tokens is None) == bool(tokenizer):
        raise DatasetError("`tokenizer` and `max_tokens` need one another")
    kind = choice_field(table, "kind", Kind, Kind.CONVERSATION)
    return Mixture(
        rows=_wanted(table.get("rows")),
        parts=_parts(table.get("part"), folder, kind),
        seed=_integer(table, "seed", 0),
        kind=kind,
        order=choice_field(table, "order", Order, Order.SHUFFLED),
        dev_ratio=_ratio(table, "dev_ratio", DEFAULT_DEV_RATIO),
        personal=choice_field(table, "personal", PersonalPolicy, PersonalPolicy.DROP),
        near_duplicate=_threshold(table),
        tokenizer=folder / tokenizer if tokenizer else None,
        max_tokens=max_tokens,
        digest=digest,
    )


def _wanted(value: object) -> dict[Category, int]:
    if not isinstance(value, dict) or not value:
        raise DatasetError("`[rows]` says of no category how many")
    return {
        read_choice(name, "rows", Category): _integer(value, name, 0, least=1) for name in value
    }


def _parts(value: object, folder: Path, kind: Kind) -> tuple[Part, ...]:
    if not isinstance(value, list) or not value:
        raise DatasetError("there is no `[[part]]`")
    parts: list[Part] = []
    for number, table in enumerate(value, start=1):
        try:
            parts.append(_part(table, folder, kind))
        except DatasetError as error:
            raise DatasetError(f"part {number}: {error}") from error
    return tuple(parts)


def _part(table: Mapping[str, Any], folder: Path, kind: Kind) -> Part:
    _refuse_unknown(table, _PART_FIELDS)
    file, generator = text_field(table, "file", ""), text_field(table, "generator", "")
    if bool(file) == bool(generator):
        raise DatasetError("either `file` or `generator` is needed")
    category, framework = text_field(table, "category", ""), text_field(table, "framework", "")
    if framework and generator != FRAMEWORKS:
        raise DatasetError(f"`framework` goes with the generator `{FRAMEWORKS}` only")
    if generator:
        _check_generator(generator, kind)
        if not category:
            raise DatasetError("a generator needs `category`")
    format_name = text_field(table, "format", _OWN_FORMAT)
    get_layout(format_name)
    return Part(
        file=folder / file if file else None,
        format=format_name,
        generator=generator,
        framework=folder / framework if framework else None,
        category=read_choice(category, "category", Category) if category else None,
        licence=text_field(table, "licence", "") or None,
        source=text_field(table, "source", "") or None,
        cap=_count(table, "cap"),
        weight=_weight(table),
        near_duplicates=_flag(table, "near_duplicates", default=bool(generator)),
    )


def _check_generator(name: str, kind: Kind) -> None:
    kinds = get_generator(name).kinds
    if kind not in kinds:
        has = " and ".join(one for one in Kind if one in kinds)
        raise DatasetError(f"the generator `{name}` gives {has}, and the set is of {kind}")


def _refuse_unknown(table: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise DatasetError(f"`{unknown[0]}` is no field; known: {', '.join(sorted(known))}")


def _integer(table: Mapping[str, Any], name: str, default: int, *, least: int = 0) -> int:
    value = table.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise DatasetError(f"`{name}` is no whole number from {least}")
    return value


def _count(table: Mapping[str, Any], name: str) -> int | None:
    return None if name not in table else _integer(table, name, 1, least=1)


def _ratio(table: Mapping[str, Any], name: str, default: float) -> float:
    value = table.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1:
        raise DatasetError(f"`{name}` is no number from 0 to below 1")
    return float(value)


def _weight(table: Mapping[str, Any]) -> float:
    value = table.get("weight", 1.0)
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        raise DatasetError("`weight` is no number above 0")
    return float(value)


def _threshold(table: Mapping[str, Any]) -> float | None:
    value = table.get("near_duplicate", DEFAULT_NEAR_DUPLICATE)
    return None if value is False else _ratio(table, "near_duplicate", DEFAULT_NEAR_DUPLICATE)


def _flag(table: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = table.get(name, default)
    if not isinstance(value, bool):
        raise DatasetError(f"`{name}` is neither true nor false")
    return value
