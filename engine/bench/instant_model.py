"""A model that answers at once, so that what is measured is the engine alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from engine.domain.outcome import Likelihood, Timing, TokenUse
from engine.ports import CancelToken, Choice, FinishReason, GenerationRequest


class InstantModel:
    """The port ``ChatModel`` with texts in turn and no waiting."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = tuple(texts)

    async def generate(
        self,
        request: GenerationRequest,
        cancel: CancelToken,  # noqa: ARG002 - nothing here lasts long enough to be cancelled
    ) -> AsyncIterator[Choice]:
        """Yield each choice at once."""
        for index in range(request.n):
            yield Choice(
                index=index,
                text=self._texts[(request.seed + index) % len(self._texts)],
                finish_reason=FinishReason.STOP,
                likelihood=Likelihood(mean_logprob=-0.25, n_tokens=64),
                tokens=TokenUse(tokens_in=0 if index else 96, tokens_out=64),
                model_calls=0 if index else 1,
                timing=Timing(ttft_ms=0, total_ms=0),
            )

    async def identify(self) -> str:
        """Return the model's name."""
        return "instant"
