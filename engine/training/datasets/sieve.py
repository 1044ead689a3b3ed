"""The sieve that every example of a data set goes through, and the count of what it held."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from engine.training.datasets.held_back import is_held_back_exactly, shares_held_back_words
from engine.training.datasets.near_duplicate import NearDuplicates
from engine.training.datasets.personal import PersonalKind, find_personal, mask_personal
from engine.training.datasets.row import Kind, example_id, kind_of
from engine.training.datasets.text import all_texts, asked_texts, change_texts, trained_texts
from engine.training.datasets.validate import Rule, Rules, find_breaches
from engine.training.example import Category, Conversation, Example
from engine.training.problem import Split
from engine.training.screen import Screen


class Reason(StrEnum):
    """Why an example was dropped."""

    KIND = "another-kind"
    CATEGORY = "another-category"
    SPLIT = "another-split"
    RULE = "breaks-a-rule"
    EXACT = "held-back-question"
    WORDS = "held-back-words"
    PERSONAL = "personal-data"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near-duplicate"


class PersonalPolicy(StrEnum):
    """What is done with an example that holds personal data."""

    DROP = "drop"
    MASK = "mask"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class SieveSettings:
    """What is held back.

    Attributes:
        kind: The kind of example that the set is made of; None takes all.
        categories: The categories that the set is made of; None takes all.
        splits: The splits whose examples may be kept.
        rules: What examples are held to.
        screen: Of held-back questions; None where a set is asked for without it.
        personal: What is done with personal data.
        near_duplicate: From which share of common words conversations count as one; None keeps
            all but exact duplicates. The other kinds hold variants that differ by a slip, so
            they are never compared so.
    """

    kind: Kind | None = None
    categories: frozenset[Category] | None = None
    splits: frozenset[Split] = frozenset({Split.TRAIN, Split.DEV})
    rules: Rules = field(default_factory=Rules)
    screen: Screen | None = None
    personal: PersonalPolicy = PersonalPolicy.DROP
    near_duplicate: float | None = 0.8


@dataclass(slots=True, kw_only=True)
class SieveCount:
    """What went through the sieve so far.

    Attributes:
        n_read: Examples seen.
        n_kept: Examples that passed.
        dropped: Those that did not, by the first reason that was found.
        broken: Rules that were broken; an example may break several.
        personal: Findings of personal data by kind, dropped, masked or only reported.
        first: Of each reason, the first example's place or id and what was found.
    """

    n_read: int = 0
    n_kept: int = 0
    dropped: Counter[Reason] = field(default_factory=Counter[Reason])
    broken: Counter[Rule] = field(default_factory=Counter[Rule])
    personal: Counter[PersonalKind] = field(default_factory=Counter[PersonalKind])
    first: dict[str, str] = field(default_factory=dict[str, str])


class Sieve:
    """Passes examples through, one at a time, and remembers those that it kept."""

    def __init__(self, settings: SieveSettings) -> None:
        self.count = SieveCount()
        self._settings = settings
        self._seen: set[str] = set()
        threshold = settings.near_duplicate
        self._near = None if threshold is None else NearDuplicates(threshold)

    def sift(self, example: Example, *, place: str = "", compares: bool = True) -> Example | None:
        """The example, masked where that is asked for, or None when it is dropped.

        Args:
            example: What is looked at.
            place: Where it stands, for the first of each reason; its id by default.
            compares: Whether it is also compared with what it may nearly repeat.
        """
        self.count.n_read += 1
        where = place or example_id(example)
        kept = self._masked(example)
        reason = (
            self._find_foreign(example)
            or self._find_personal(example, where)
            or self._find_broken(kept, where)
            or self._find_held_back(kept)
            or self._find_repeated(kept, compares=compares)
        )
        if reason is not None:
            self.count.dropped[reason] += 1
            self.count.first.setdefault(reason, where)
            return None
        self.count.n_kept += 1
        return kept

    def _find_foreign(self, example: Example) -> Reason | None:
        """Why an example does not belong here, sound as it may be."""
        settings = self._settings
        if settings.kind not in {None, kind_of(example)}:
            return Reason.KIND
        if settings.categories is not None and example.origin.category not in settings.categories:
            return Reason.CATEGORY
        return None if example.origin.split in settings.splits else Reason.SPLIT

    def _find_personal(self, example: Example, where: str) -> Reason | None:
        """Count what is found; it is a reason to drop only where that is asked for."""
        found = [datum for text in all_texts(example) for datum in find_personal(text)]
        for datum in found:
            self.count.personal[datum.kind] += 1
            self.count.first.setdefault(datum.kind, where)
        drops = self._settings.personal is PersonalPolicy.DROP
        return Reason.PERSONAL if found and drops else None

    def _find_broken(self, example: Example, where: str) -> Reason | None:
        breaches = find_breaches(example, self._settings.rules)
        for breach in breaches:
            self.count.broken[breach.rule] += 1
            self.count.first.setdefault(breach.rule, f"{where}: {breach.detail}")
        return Reason.RULE if breaches else None

    def _find_held_back(self, example: Example) -> Reason | None:
        screen = self._settings.screen
        if screen is None:
            return None
        if is_held_back_exactly(example, screen):
            return Reason.EXACT
        return Reason.WORDS if shares_held_back_words(example, screen) else None

    def _find_repeated(self, example: Example, *, compares: bool) -> Reason | None:
        identity = example_id(example)
        if identity in self._seen:
            return Reason.DUPLICATE
        self._seen.add(identity)
        if self._near is None or not compares or not isinstance(example, Conversation):
            return None
        is_new = self._near.is_new(_compared_text(example))
        return None if is_new else Reason.NEAR_DUPLICATE

    def _masked(self, example: Example) -> Example:
        if self._settings.personal is not PersonalPolicy.MASK:
            return example
        return change_texts(example, mask_personal)


def _compared_text(example: Example) -> str:
    return "\n".join((*asked_texts(example), *trained_texts(example)))
