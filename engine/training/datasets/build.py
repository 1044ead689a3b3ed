"""Building a data set from a mixture: sieve, choose, order, write; whole or not at all.

What is kept is spooled to a file and chosen by ranks, which are hashes of seed and content: the
same mixture and the same files give the same set, byte by byte, whatever order they are read in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Final

from engine.training.data_card import (
    CARD_FILE,
    DEV_FILE,
    README_FILE,
    TRAIN_FILE,
    DataCard,
    PartCount,
    render_card,
    write_card,
)
from engine.training.datasets.count import count_rows
from engine.training.datasets.folder import replaced_folder
from engine.training.datasets.generator import Asked, get_generator
from engine.training.datasets.importing import ImportCount, credited, import_examples
from engine.training.datasets.mixture import Mixture, Part
from engine.training.datasets.published.table import get_layout
from engine.training.datasets.sieve import Sieve, SieveSettings
from engine.training.datasets.spool import Entry, Spool, arrange, choose
from engine.training.datasets.text import asked_texts
from engine.training.datasets.validate import Rules
from engine.training.datasets.watch import Watch
from engine.training.example import Example
from engine.training.problem import Split
from engine.training.screen import Screen

MAX_IDLE_DRAWS: Final = 2_000
"""Draws in a row that bring nothing new, after which a generator is taken to be exhausted."""

_SPOOL_FILE: Final = "spool.jsonl"
_RATIO_STEPS: Final = 10_000


@dataclass(slots=True, kw_only=True)
class _Progress:
    """A part under way.

    Attributes:
        part: Which.
        count: What an import of it met.
        entries: What was kept of it.
    """

    part: Part
    count: ImportCount = field(default_factory=ImportCount)
    entries: list[Entry] = field(default_factory=list[Entry])


def build(
    mixture: Mixture,
    out_dir: Path,
    *,
    screen: Screen | None,
    watch: Watch,
    rules: Rules | None = None,
) -> DataCard:
    """Build the set of a mixture in a folder, which appears when all of it is done.

    Args:
        mixture: What goes in.
        out_dir: Must not be there, or be a set that was built before; it is replaced at the end.
        screen: Held-back questions; None only where the set is asked for without it.
        watch: Is told of the progress.
        rules: What examples are held to.

    Returns:
        The card, as it is written beside the rows.

    Raises:
        DatasetError: When a file cannot be read, or the folder holds something else.
    """
    with replaced_folder(out_dir) as partial:
        card = _build(mixture, partial, screen=screen, watch=watch, rules=rules or Rules())
        (partial / _SPOOL_FILE).unlink()
    return card


def list_shortfalls(card: DataCard) -> tuple[str, ...]:
    """What a mixture asked for and did not get, a line each category."""
    got = card.rows.categories
    return tuple(
        f"{category}: {got.get(category, 0):,} of {n_wanted:,} rows"
        for category, n_wanted in card.wanted.items()
        if got.get(category, 0) < n_wanted
    )


def _build(
    mixture: Mixture, folder: Path, *, screen: Screen | None, watch: Watch, rules: Rules
) -> DataCard:
    sieve = Sieve(
        SieveSettings(
            kind=mixture.kind,
            categories=frozenset(mixture.rows),
            rules=rules,
            screen=screen,
            personal=mixture.personal,
            near_duplicate=mixture.near_duplicate,
        )
    )
    under_way = [_Progress(part=part) for part in mixture.parts]
    with Spool(folder / _SPOOL_FILE, seed=mixture.seed) as spool:
        for progress in under_way:
            if progress.part.file is not None:
                _read_part(progress, sieve, spool, mixture, watch)
        chosen = _choose_rows(mixture, under_way, sieve, spool, watch)
        for split, name in ((Split.TRAIN, TRAIN_FILE), (Split.DEV, DEV_FILE)):
            entries = [entry for entry in chosen if entry.is_dev == (split is Split.DEV)]
            spool.write(folder / name, arrange(entries, mixture.order))
    return _write_card(mixture, folder, sieve, _count_parts(under_way, chosen), screen)


def _read_part(
    progress: _Progress, sieve: Sieve, spool: Spool, mixture: Mixture, watch: Watch
) -> None:
    part = progress.part
    layout = credited(get_layout(part.format), licence=part.licence, source=part.source)
    path = part.file or Path()
    for example in import_examples(layout, path, progress.count):
        placed = _placed(example, part, mixture)
        kept = sieve.sift(placed, compares=not part.near_duplicates)
        if kept is not None:
            progress.entries.append(spool.add(kept))
        watch(part.name, progress.count.n_rows, None)


def _placed(example: Example, part: Part, mixture: Mixture) -> Example:
    """The example in its category, and in the split that its template was drawn for."""
    origin = replace(example.origin, category=part.category or example.origin.category)
    if origin.split is Split.TRAIN and _is_dev(example, mixture):
        origin = replace(origin, split=Split.DEV)
    return replace(example, origin=origin)


def _is_dev(example: Example, mixture: Mixture) -> bool:
    """Whether the template falls into the share for development: all rows of one stay together.

    Rows without a template stay together when they ask the same.
    """
    group = example.origin.template or "\n".join(asked_texts(example))
    drawn = hashlib.blake2b(f"{mixture.seed}:{group}".encode(errors="replace"), digest_size=8)
    return int.from_bytes(drawn.digest(), "big") % _RATIO_STEPS < mixture.dev_ratio * _RATIO_STEPS


def _choose_rows(
    mixture: Mixture,
    under_way: Sequence[_Progress],
    sieve: Sieve,
    spool: Spool,
    watch: Watch,
) -> list[Entry]:
    chosen: list[Entry] = []
    for category, n_wanted in mixture.rows.items():
        capped = [
            choose([e for e in p.entries if e.category is category], p.part.cap)
            for p in under_way
            if p.part.file is not None
        ]
        found = choose([entry for entries in capped for entry in entries], n_wanted)
        drawing = [p for p in under_way if p.part.generator and p.part.category is category]
        for progress, n_rows in _shares(drawing, n_wanted - len(found)):
            _draw_part(progress, n_rows, sieve, spool, mixture, watch)
            found += progress.entries
        chosen += found
    return chosen


def _shares(drawing: Sequence[_Progress], n_missing: int) -> Iterator[tuple[_Progress, int]]:
    """What each generator is to draw, by weight; what a cap leaves over goes to the next."""
    open_parts = sorted(drawing, key=lambda p: p.part.cap if p.part.cap is not None else n_missing)
    weight_left = sum(p.part.weight for p in open_parts)
    for progress in open_parts:
        share = round(n_missing * progress.part.weight / weight_left)
        n_rows = min(share, progress.part.cap if progress.part.cap is not None else share)
        yield progress, n_rows
        n_missing -= len(progress.entries)
        weight_left -= progress.part.weight


def _draw_part(
    progress: _Progress,
    n_rows: int,
    sieve: Sieve,
    spool: Spool,
    mixture: Mixture,
    watch: Watch,
) -> None:
    n_dev = round(n_rows * mixture.dev_ratio)
    for split, n_wanted in ((Split.DEV, n_dev), (Split.TRAIN, n_rows)):
        # A stream of its own for each split: a larger share for development does not change
        # what is drawn for training.
        rng = Random(f"{mixture.seed}:{progress.part.name}:{progress.part.category}:{split}")
        n_idle = 0
        while len(progress.entries) < n_wanted and n_idle < MAX_IDLE_DRAWS:
            n_before = len(progress.entries)
            for example in _drawn(progress.part, mixture, rng, split):
                if len(progress.entries) == n_wanted:
                    # The rest of what came with the last draw was never asked for.
                    break
                progress.count.n_rows += 1
                kept = sieve.sift(example, compares=not progress.part.near_duplicates)
                if kept is not None:
                    progress.entries.append(spool.add(kept))
            n_idle = 0 if len(progress.entries) > n_before else n_idle + 1
            watch(progress.part.name, len(progress.entries), n_rows)


def _drawn(part: Part, mixture: Mixture, rng: Random, split: Split) -> Iterator[Example]:
    if part.category is None:
        return
    asked = Asked(kind=mixture.kind, category=part.category, split=split, framework=part.framework)
    for example in get_generator(part.generator).draw(asked, rng):
        if example.origin.category is part.category:
            yield example


def _count_parts(under_way: Sequence[_Progress], chosen: Sequence[Entry]) -> tuple[PartCount, ...]:
    used = {entry.start for entry in chosen}
    return tuple(
        PartCount(
            name=progress.part.name,
            n_read=progress.count.n_rows,
            n_unreadable=progress.count.n_bad,
            n_kept=len(progress.entries),
            n_used=sum(entry.start in used for entry in progress.entries),
        )
        for progress in under_way
    )


def _write_card(
    mixture: Mixture,
    folder: Path,
    sieve: Sieve,
    parts: tuple[PartCount, ...],
    screen: Screen | None,
) -> DataCard:
    count = sieve.count
    card = DataCard(
        kind=mixture.kind.value,
        seed=mixture.seed,
        order=mixture.order.value,
        mixture_sha256=mixture.digest,
        wanted={category.value: n for category, n in mixture.rows.items()},
        rows=count_rows(folder),
        parts=parts,
        dropped={reason.value: n for reason, n in sorted(count.dropped.items())},
        broken={rule.value: n for rule, n in sorted(count.broken.items())},
        personal={kind.value: n for kind, n in sorted(count.personal.items())},
        personal_policy=mixture.personal.value,
        near_duplicate=mixture.near_duplicate,
        screen_sha256=None if screen is None else screen.digest,
    )
    write_card(folder / CARD_FILE, card)
    (folder / README_FILE).write_text(render_card(card), encoding="utf-8")
    return card
