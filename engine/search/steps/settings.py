"""The settings that all step searches share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.domain.aggregation import Aggregation
from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.trial import Sampling
from engine.search.scoring import Pick, Scorer

MAX_WIDTH = 256
MIN_STEPS = 2
MAX_STEPS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSettings:
    """How wide, how deep, and by whose scores.

    Attributes:
        width: How many paths are extended at a time, and the most that vote.
        max_steps: The step in which an unfinished path is written to its end.
        scorer: Where the scores of steps come from.
        aggregation: How a path's step scores become its score.
        pick: Which answer the finished paths' scores elect.
        sampling: How steps are drawn; its longest completion is that of one step.
    """

    width: int = 8
    max_steps: int = 12
    scorer: Scorer = Scorer.LIKELIHOOD
    aggregation: Aggregation = Aggregation.LAST
    pick: Pick = Pick.WEIGHTED
    sampling: Sampling = field(default_factory=Sampling)

    def __post_init__(self) -> None:
        """Refuse settings that no path could be written under."""
        if not 1 <= self.width <= MAX_WIDTH:
            raise InvalidInputError(f"width must lie between 1 and {MAX_WIDTH}")
        if not MIN_STEPS <= self.max_steps <= MAX_STEPS:
            raise InvalidInputError(f"max_steps must lie between {MIN_STEPS} and {MAX_STEPS}")

    def to_data(self) -> dict[str, JsonValue]:
        """Return the settings as JSON, the sampling among them."""
        data: Mapping[str, JsonValue] = {
            "width": self.width,
            "max_steps": self.max_steps,
            "scorer": self.scorer.value,
            "aggregation": self.aggregation.value,
            "pick": self.pick.value,
        }
        return {**data, **self.sampling.to_data()}
