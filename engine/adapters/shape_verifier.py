"""A verifier that looks at a program's shape and the words around its numbers.

See `engine.verify.shape_model`. It asks no server: a claim costs about a millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.adapters.verifier_batch import Batch, judge_in_batches
from engine.ports import CancelToken, Claim, Judgement
from engine.verify.score_reply import Reading
from engine.verify.shape_model import ShapeModel

BATCH_CLAIMS = 16
JOINT = ";"
UNFINISHED = "only a whole solution has a shape to judge"


class ShapeVerifier:
    """The port ``Verifier`` over a fitted judge of shapes."""

    def __init__(self, model: ShapeModel) -> None:
        """Judge by ``model``."""
        self._model = model

    @property
    def version(self) -> str:
        """The artefact's name and digest."""
        return f"shape:{self._model.version}"

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return one score a claim; see the port. A path without an answer cannot be judged."""
        return await judge_in_batches(claims, cancel, self._score_all, size=BATCH_CLAIMS)

    async def _score_all(self, batch: Batch) -> Sequence[Reading]:
        return [self._score(claim) for claim in batch.claims]

    def _score(self, claim: Claim) -> Reading:
        if claim.answer is None:
            return Reading(error=UNFINISHED)
        program = JOINT.join(claim.steps)
        return Reading(score=self._model.score(claim.problem, program, claim.answer))
