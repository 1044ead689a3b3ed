"""A fitted judge of the shape of programs, as an artefact with a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from engine.domain.canonical import JsonValue, canonical_bytes, digest
from engine.domain.errors import CalibrationError
from engine.verify.agreement import AGREEMENTS, WordModels, list_agreement
from engine.verify.boosted_trees import BoostedTrees
from engine.verify.log_linear import LogLinear
from engine.verify.shape import FEATURES, list_shape
from engine.verify.slot import SlotKind, list_slots

FORMAT: Final = 2
DIGEST_CHARS: Final = 12
JUDGED: Final = (*FEATURES, *AGREEMENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeFitting:
    """What a judge of shapes was fitted on.

    Attributes:
        n_chains: Judged chains.
        n_questions: Their questions.
        n_right: How many of the chains are right.
        systems: Who wrote them.
    """

    n_chains: int
    n_questions: int
    n_right: int
    systems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeModel:
    """Trees over the shape of programs and their agreement with the words of their questions.

    Attributes:
        name: What it is called.
        words: What the words lead to expect, by kind of slot.
        trees: From the numbers that `JUDGED` names to the log-odds of right.
        fitting: What they were fitted on.
    """

    name: str
    words: WordModels
    trees: BoostedTrees
    fitting: ShapeFitting

    def __post_init__(self) -> None:
        """Refuse trees over other features."""
        if self.trees.n_features != len(JUDGED):
            raise CalibrationError(
                f"the trees take {self.trees.n_features} features, and a shape has {len(JUDGED)}"
            )

    @property
    def version(self) -> str:
        """The name that event 1 pins: other trees or words have another."""
        return f"{self.name}@{digest(canonical_bytes(self._fitted()))[:DIGEST_CHARS]}"

    def score(self, question: str, program: str, answer: str | None) -> float:
        """Return how probably a program is right, in (0, 1)."""
        agreement = list_agreement(list_slots(question, program), self.words)
        return self.trees.at((*list_shape(question, program, answer), *agreement))

    def to_data(self) -> dict[str, JsonValue]:
        """Return the artefact as JSON."""
        fitting = {**asdict(self.fitting), "systems": list(self.fitting.systems)}
        return {
            "format": FORMAT,
            "name": self.name,
            "features": list(JUDGED),
            **self._fitted(),
            "fitting": fitting,
        }

    def _fitted(self) -> dict[str, JsonValue]:
        return {
            "words": {kind: model.to_data() for kind, model in self.words.items()},
            "model": self.trees.to_data(),
        }


def read_shape_model(data: Mapping[str, Any]) -> ShapeModel:
    """Read what :meth:`ShapeModel.to_data` wrote.

    Raises:
        CalibrationError: When it is no such artefact, or one over other features.
    """
    if data.get("format") != FORMAT:
        raise CalibrationError(
            f"a judge of shapes of format {data.get('format')!r}; this program reads {FORMAT}:"
            " fit it again with `svend train verifier-shape`"
        )
    if data.get("features") != list(JUDGED):
        raise CalibrationError("a judge of shapes over other features than this program computes")
    try:
        fitting, words = data["fitting"], data["words"]
        return ShapeModel(
            name=str(data["name"]),
            words={SlotKind(kind): LogLinear.from_data(model) for kind, model in words.items()},
            trees=BoostedTrees.from_data(data["model"]),
            fitting=ShapeFitting(
                n_chains=int(fitting["n_chains"]),
                n_questions=int(fitting["n_questions"]),
                n_right=int(fitting["n_right"]),
                systems=tuple(str(name) for name in fitting["systems"]),
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CalibrationError(f"not a judge of shapes: {error!r}") from error
