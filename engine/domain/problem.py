"""A problem as it is posed to one search."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.errors import InvalidProblemError

MAX_PROBLEM_CHARS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A question, and the identity of the search that it starts.

    Attributes:
        text: The question, 1 to 20,000 characters, not blank.
        root_search_id: From what node ids and seeds derive; kept by fork and extend.
        seed: The caller's seed, 0 to 2**53 - 1; another seed draws other samples.
        begun_as: Role of the prompt that wrote the last text of a given beginning of the solution;
            empty where there is none.
    """

    text: str
    root_search_id: str = "local"
    seed: int = 0
    begun_as: str = ""

    def __post_init__(self) -> None:
        """Refuse a problem that cannot be posed."""
        if not self.text.strip():
            raise InvalidProblemError("the problem is empty")
        if len(self.text) > MAX_PROBLEM_CHARS:
            raise InvalidProblemError(
                f"the problem has {len(self.text)} characters; the limit is {MAX_PROBLEM_CHARS}"
            )
        if not 0 <= self.seed < 1 << 53:
            raise InvalidProblemError("the seed must lie between 0 and 2**53 - 1")
