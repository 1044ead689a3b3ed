"""How tools stand in the text of a model that was trained on a form of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

NAMES = "{names}"
RESULT = "{result}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolForm:
    """A model's own form of offers, calls and results.

    Models that follow instructions are told of tools in words, and see results as blocks of
    output. One that was trained from scratch knows neither: it is shown what its training rows
    look like, marks included, and nothing stands between the texts of a path.

    Attributes:
        lead: What the first step begins with: the prompt ends with it, and it is put in front of
            what the model writes.
        offer: The tools on offer, with ``{names}`` for their names.
        known: The tools that the model knows by heart: an offer of them all is left out.
        result: What is put behind a call, with ``{result}`` for the JSON of what came back.
        max_result_chars: Longest text of a result that is shown whole.
    """

    lead: str
    offer: str
    known: tuple[str, ...]
    result: str
    max_result_chars: int

    def __post_init__(self) -> None:
        """Refuse a form in which something has no place, or no room."""
        if NAMES not in self.offer or RESULT not in self.result:
            raise ValueError(f"an offer needs {NAMES}, and a result {RESULT}")
        if self.max_result_chars < 1:
            raise ValueError("max_result_chars must be at least 1")

    def render_offer(self, names: Collection[str]) -> str:
        """Return the offer of these tools; empty for all that are known, and for none."""
        if not names or set(names) == set(self.known):
            return ""
        return self.offer.replace(NAMES, " ".join(names))

    def render_result(self, result: str) -> str:
        """Return what is put behind a call.

        Args:
            result: The JSON of what came back, in which nothing can pose as a mark.
        """
        return self.result.replace(RESULT, result)

    def read_result(self, text: str) -> str:
        """Return the JSON that :meth:`render_result` was given; empty for any other text."""
        before, _, behind = self.result.partition(RESULT)
        is_result = text.startswith(before) and text.endswith(behind)
        return text[len(before) : len(text) - len(behind)] if is_result else ""
