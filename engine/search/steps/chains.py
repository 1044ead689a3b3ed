"""Best-of-N with process scores: N independent solutions, each step of which is scored.

Lightman et al. 2023 (arXiv 2305.20050), section 2: a solution's score is made of its steps' scores
p_1..p_T, as their last, minimum, product or mean; weighted or naive election as in best-of-N.
Nothing is pruned, so it differs from best-of-N only in what a score says: where the solution went
wrong, not only whether. Defaults: N = 8, at most 12 steps. Cost: N steps a level, and as many
judgements with a verifier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain.canonical import JsonValue
from engine.search.steps.growth import Extension, Round, Selection, weigh_by_score
from engine.search.steps.path import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """Goes on with every path, each on its own.

    Attributes:
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    name: str = "step_best_of_n"
    version: int = 1

    @property
    def lookahead(self) -> int:
        """Steps are scored as they are."""
        return 0

    @property
    def drops_duplicates(self) -> bool:
        """Solutions that begin alike are still independent samples."""
        return False

    @property
    def casts_at_end(self) -> bool:
        """A finished path keeps its vote."""
        return False

    def settings(self) -> Mapping[str, JsonValue]:
        """It has none."""
        return {}

    def plant(self, width: int) -> tuple[int, ...]:
        """No path waits for another."""
        return (1,) * width

    def select(self, closed: Round) -> Selection:
        """Return the one path, if it is not finished."""
        extensions = tuple(Extension(path=path, n_children=1) for path in closed.paths)
        return Selection(extensions=extensions, leaves=closed.leaves)

    def weigh(self, leaves: Sequence[Path]) -> Sequence[float]:
        """Weigh each finished path by its score."""
        return weigh_by_score(leaves)
