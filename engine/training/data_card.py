"""The card of a data set: what is in it, what was kept out, and how it came about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from engine.training.errors import DatasetError

TRAIN_FILE: Final = "train.jsonl"
DEV_FILE: Final = "dev.jsonl"
CARD_FILE: Final = "card.json"
README_FILE: Final = "README.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """The rows of a set, counted from its files.

    Attributes:
        splits: Rows of each file's split.
        categories: Rows of each category.
        sources: Rows of each source.
        licences: Rows under each licence.
        families: How many families there are.
        templates: How many templates there are.
        sha256: Of each file.
    """

    splits: Mapping[str, int]
    categories: Mapping[str, int]
    sources: Mapping[str, int]
    licences: Mapping[str, int]
    families: int
    templates: int
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCount:
    """What one part of a mixture gave.

    Attributes:
        name: The file or the generator.
        n_read: Rows read or examples drawn.
        n_unreadable: Rows that could not be read.
        n_kept: Examples that passed the sieve.
        n_used: Examples that went into the set.
    """

    name: str
    n_read: int
    n_unreadable: int
    n_kept: int
    n_used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCard:
    """A data set and how it was made.

    Attributes:
        kind: What it is made of.
        seed: Of every choice.
        order: How the rows stand.
        mixture_sha256: Of the mixture file.
        wanted: Rows asked for by category.
        rows: What there is.
        parts: Where it comes from.
        dropped: Examples kept out, by reason.
        broken: Rules that examples broke, by rule.
        personal: Findings of personal data, by kind.
        personal_policy: What was done with them.
        near_duplicate: From which share of common words conversations counted as one.
        screen_sha256: Of the hashes of held-back questions; None when no screen was applied.
        edited: Files that were changed after the build and counted anew; what is said of parts and
            of what was kept out is not known of them.
    """

    kind: str
    seed: int
    order: str
    mixture_sha256: str
    wanted: Mapping[str, int]
    rows: RowCounts
    parts: tuple[PartCount, ...]
    dropped: Mapping[str, int]
    broken: Mapping[str, int]
    personal: Mapping[str, int]
    personal_policy: str
    near_duplicate: float | None
    screen_sha256: str | None
    edited: tuple[str, ...] = ()


def write_card(path: Path, card: DataCard) -> None:
    """Write a card as JSON."""
    path.write_text(json.dumps(asdict(card), indent=2) + "\n", encoding="utf-8")


def read_card(path: Path) -> DataCard:
    """Read a card.

    Raises:
        DatasetError: When there is none, or it is of another version.
    """
    try:
        fields: dict[str, Any] = dict(json.loads(path.read_bytes()))
        fields["rows"] = RowCounts(**fields["rows"])
        fields["parts"] = tuple(PartCount(**part) for part in fields["parts"])
        fields["edited"] = tuple(fields.get("edited", ()))
        return DataCard(**fields)
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: no card of a data set: {error}") from error


def list_changes(card: DataCard, found: RowCounts) -> tuple[str, ...]:
    """The files that are no longer what the card says."""
    names = sorted({*card.rows.sha256, *found.sha256})
    return tuple(n for n in names if card.rows.sha256.get(n) != found.sha256.get(n))


def recount(card: DataCard, found: RowCounts) -> DataCard:
    """The card with its files as they are now, and which of them are not those of the build."""
    edited = {*card.edited, *list_changes(card, found)}
    return replace(card, rows=found, edited=tuple(sorted(edited)))


def render_card(card: DataCard) -> str:
    """The card as Markdown."""
    rows = card.rows
    blocks = [
        "# Data set",
        _render_facts(card),
        *_render_edited(card.edited),
        *_render_counts("Rows by split", rows.splits),
        *_render_wanted(card),
        *_render_counts("Rows by source", rows.sources),
        *_render_counts("Rows by licence", rows.licences),
        *_render_parts(card.parts),
        "## Kept out",
        _render_screen(card),
        *_render_table(("reason", "examples"), card.dropped),
        *_render_table(("rule that was broken", "times"), card.broken),
        _render_personal(card),
        *_render_table(("personal data", "findings"), card.personal),
        "## Files",
        *_render_table(("file", "SHA-256"), rows.sha256),
    ]
    return "\n\n".join(blocks) + "\n"


def _render_facts(card: DataCard) -> str:
    total = sum(card.rows.splits.values())
    return (
        f"{total:,} rows of kind `{card.kind}`, {card.order}, from {card.rows.families:,} "
        f"families and {card.rows.templates:,} templates.\n"
        f"Seed {card.seed}, mixture `{card.mixture_sha256[:16]}`."
    )


def _render_edited(names: tuple[str, ...]) -> list[str]:
    if not names:
        return []
    text = (
        f"**Changed after the build**: {', '.join(names)}. The rows are counted as they are now; "
        "parts, screen and what was kept out are those of the build."
    )
    return [text]


def _render_counts(title: str, counts: Mapping[str, int]) -> list[str]:
    return [f"## {title}", *_render_table(("", "rows"), counts)]


def _render_wanted(card: DataCard) -> list[str]:
    got = card.rows.categories
    lines = [f"| {name} | {got.get(name, 0):,} | {n:,} |" for name, n in card.wanted.items()]
    head = ["| category | rows | asked for |", "|---|---|---|"]
    return ["## Rows by category", "\n".join(head + lines)]


def _render_parts(parts: tuple[PartCount, ...]) -> list[str]:
    head = ["| part | read | unreadable | kept | used |", "|---|---|---|---|---|"]
    lines = [
        f"| {_cell(p.name)} | {p.n_read:,} | {p.n_unreadable:,} | {p.n_kept:,} | {p.n_used:,} |"
        for p in parts
    ]
    return ["## Parts", "\n".join(head + lines)]


def _render_screen(card: DataCard) -> str:
    if card.screen_sha256 is None:
        return (
            "**No screen was applied**: this set may hold questions that models are judged by, "
            "and nothing trained on it should be judged by them."
        )
    n_hits = sum(card.dropped.get(r, 0) for r in ("held-back-question", "held-back-words"))
    return (
        f"The screen of held-back questions (`{card.screen_sha256[:16]}`) was applied to every "
        f"row: {n_hits:,} were dropped."
    )


def _render_personal(card: DataCard) -> str:
    n_found = sum(card.personal.values())
    words = {
        "drop": "the rows with them were dropped",
        "mask": "each was masked",
        "report": "they were left as they are",
    }
    return f"Personal data was found {n_found:,} times; {words[card.personal_policy]}."


def _render_table(head: tuple[str, str], counts: Mapping[str, object]) -> list[str]:
    if not counts:
        return []
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    lines += [f"| {_cell(name)} | {_number(value)} |" for name, value in counts.items()]
    return ["\n".join(lines)]


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"`{value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
