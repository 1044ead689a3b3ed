"""The seam between the machinery of step searches and the rule that says which paths go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.domain.canonical import JsonValue
from engine.search.steps.path import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A level of a grove, all of whose steps have ended and are scored.

    Attributes:
        paths: The unfinished ones, in an order that does not depend on what ended first.
        leaves: The grove's finished paths, this level's included, ``quota`` at most.
        quota: How many paths the grove started with: the most that it may vote with.
        level: Which step was written, from 1 on.
        n_levels: The last level, in which every path is written to its end.
        chance: A number in [0, 1) that depends on the problem's seed and the level alone.
    """

    paths: tuple[Path, ...]
    leaves: tuple[Path, ...]
    quota: int
    level: int
    n_levels: int
    chance: float

    @property
    def n_free(self) -> int:
        """How many further paths may finish."""
        return self.quota - len(self.leaves)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """How many continuations of a path to draw.

    Attributes:
        path: Which.
        n_children: At least 1.
    """

    path: Path
    n_children: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a grove goes on with.

    Attributes:
        extensions: The next level; none ends the grove.
        leaves: Its finished paths from here on.
    """

    extensions: tuple[Extension, ...] = ()
    leaves: tuple[Path, ...] = ()


class Growth(Protocol):
    """The rule of one step search."""

    @property
    def name(self) -> str:
        """The registered name of the search."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the same log could lead to another answer."""
        ...

    @property
    def lookahead(self) -> int:
        """How many greedy steps are written beyond a step before it is scored."""
        ...

    @property
    def drops_duplicates(self) -> bool:
        """Whether unfinished paths with the same text count once."""
        ...

    @property
    def casts_at_end(self) -> bool:
        """Whether a finished path may still lose its vote before its grove is over."""
        ...

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the rule's own settings."""
        ...

    def plant(self, width: int) -> tuple[int, ...]:
        """Return how many paths each grove starts with; they sum to ``width``."""
        ...

    def select(self, closed: Round) -> Selection:
        """Return what a grove goes on with after a level."""
        ...

    def weigh(self, leaves: Sequence[Path]) -> Sequence[float]:
        """Return the weights of finished paths in the vote, each in [0, 1]."""
        ...


def rank_paths(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return paths by score, the best first; ties keep their order."""
    return tuple(sorted(paths, key=lambda path: -path.score))


def weigh_by_score(leaves: Sequence[Path]) -> Sequence[float]:
    """Weigh each finished path by its score: weighted best-of-N."""
    return [leaf.score for leaf in leaves]
