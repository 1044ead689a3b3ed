"""What a training run is fed: kinds of rows, and the share of the tokens that each has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final

from engine.domain.errors import InvalidInputError


class Part(StrEnum):
    """A kind of rows.

    ``FAMILIES``, ``STORIES``, ``GSM8K``, ``MAWPS``, ``EQUATIONS``: questions with programs, from
    the families of the generator, the stories told by hand, and the published sets renumbered.
    ``UNANSWERABLE``: questions to decline. ``JUDGED``: programs and beginnings of them with exact
    labels. ``CLAIMS``: true and false twins. ``DECOMPOSED``: sub-questions. ``TOOLS``: calls.
    """

    FAMILIES = "families"
    STORIES = "stories"
    GSM8K = "gsm8k"
    MAWPS = "mawps"
    EQUATIONS = "equations"
    UNANSWERABLE = "unanswerable"
    JUDGED = "judged"
    CLAIMS = "claims"
    DECOMPOSED = "decomposed"
    TOOLS = "tools"


class InvalidMixtureError(InvalidInputError):
    """A mixture needs parts that it knows, each with a share above zero."""

    code: ClassVar[str] = "invalid-mixture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Shares of the tokens; they are relative to one another, and what is absent is left out.

    Attributes:
        shares: Each part with its share, in the order of the parts.
        varied_ratio: The share of the solutions that are written in one of their many equal forms.
    """

    shares: tuple[tuple[Part, float], ...]
    varied_ratio: float = 0.0

    def __post_init__(self) -> None:
        """Refuse shares that nothing could be drawn by."""
        if not self.shares or any(not 0 < share < float("inf") for _, share in self.shares):
            raise InvalidMixtureError
        if len({part for part, _ in self.shares}) < len(self.shares):
            raise InvalidMixtureError("a part of the mixture is named twice")
        if not 0 <= self.varied_ratio <= 1:
            raise InvalidMixtureError("the share of varied solutions lies between 0 and 1")

    def among(self, present: Collection[Part]) -> Mixture:
        """The mixture of what is there, its shares adding up to 1.

        Raises:
            InvalidMixtureError: Nothing of it is there.
        """
        kept = [(part, share) for part, share in self.shares if part in present]
        total = sum(share for _, share in kept)
        return replace(self, shares=tuple((part, share / total) for part, share in kept))

    def changed(self, shares: Mapping[Part, float]) -> Mixture:
        """The mixture with some shares given anew; a share of 0 takes a part out."""
        every = {**dict(self.shares), **shares}
        return replace(self, shares=tuple((p, share) for p, share in every.items() if share))


def parse_shares(texts: Iterable[str]) -> dict[Part, float]:
    """Read `part=share` texts.

    Raises:
        InvalidMixtureError: Naming the text that is none, with the known parts.
    """
    found: dict[Part, float] = {}
    for text in texts:
        name, _, share = text.partition("=")
        try:
            found[Part(name.strip())] = float(share)
        except ValueError as error:
            known = ", ".join(Part)
            message = f"{text!r} is no share; write gsm8k=0.2 with one of {known}"
            raise InvalidMixtureError(message) from error
        if found[Part(name.strip())] < 0:
            raise InvalidMixtureError(f"{text!r}: a share is not negative")
    return found


# Language is what binds a small model, so whatever people wrote weighs more than it has rows. Of
# judged programs and claims a model of this size learns the form and nothing else.
CPU_MIXTURE: Final = Mixture(
    shares=(
        (Part.FAMILIES, 0.22),
        (Part.STORIES, 0.41),
        (Part.GSM8K, 0.17),
        (Part.MAWPS, 0.01),
        (Part.EQUATIONS, 0.01),
        (Part.UNANSWERABLE, 0.03),
        (Part.JUDGED, 0.02),
        (Part.CLAIMS, 0.02),
        (Part.DECOMPOSED, 0.03),
        (Part.TOOLS, 0.08),
    )
)
# With twenty times the tokens the small sets of people would be repeated too often.
GPU_MIXTURE: Final = Mixture(
    shares=(
        (Part.FAMILIES, 0.33),
        (Part.STORIES, 0.26),
        (Part.GSM8K, 0.14),
        (Part.MAWPS, 0.005),
        (Part.EQUATIONS, 0.005),
        (Part.UNANSWERABLE, 0.05),
        (Part.JUDGED, 0.10),
        (Part.CLAIMS, 0.02),
        (Part.DECOMPOSED, 0.04),
        (Part.TOOLS, 0.05),
    )
)
