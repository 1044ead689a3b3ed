"""Keeps the accounts of one group of samples over all the requests that it takes.

Each sample is handed out once, each token and each request is counted once, whatever broke in
between. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.adapters.openai_fold import Partial, RunFold
from engine.domain.errors import ModelError
from engine.domain.outcome import Timing, TokenUse
from engine.ports import Choice, FinishReason, GenerationRequest


class GroupAccount:
    """The state of a group between its first request and its last choice.

    The last choice of a response waits for the usage that follows at once, and takes the tokens
    that were not seen as events: so the sum is the server's own.

    Attributes:
        missing: Indices of the samples that have not been handed out.
    """

    def __init__(
        self,
        request: GenerationRequest,
        *,
        hand_out: Callable[[Choice], None],
        now_ms: Callable[[], int],
    ) -> None:
        self.missing = set(range(request.n))
        self._hand_out = hand_out
        self._now_ms = now_ms
        self._started_ms = now_ms()
        self._folds: list[RunFold] = []
        self._n_calls = 0
        self._tokens_in = 0
        self._tokens_cached = 0
        self._wasted = dict.fromkeys(range(request.n), 0)

    def count_call(self, n_calls: int = 1) -> None:
        """Count a request that is sent, or take back one that could not leave."""
        self._n_calls += n_calls

    def open_run(self, fold: RunFold) -> None:
        """Begin to read a response."""
        self._folds.append(fold)

    def take(self, fold: RunFold, payload: bytes) -> None:
        """Feed one event and hand out what it ended, all but the response's last sample.

        Raises:
            ModelUnavailableError: When the event is broken.
        """
        for index in fold.feed(payload, self._now_ms()):
            if not fold.is_complete:
                self._charge_prompt(fold)
                self._end(index, fold.partials[index])

    def close_run(self, fold: RunFold) -> None:
        """Settle a response that is over: hand out what it ended, write off what it did not."""
        self._folds.remove(fold)
        self._charge_prompt(fold)
        seen = sum(partial.tokens_out for partial in fold.partials.values())
        unseen = 0 if fold.total_out is None else fold.total_out - seen
        for index, partial in fold.partials.items():
            if index not in self.missing:
                continue
            if partial.finish_reason is None:
                self._wasted[index] += partial.tokens_out
            else:
                self._end(index, partial, extra_tokens=unseen)
                unseen = 0

    def drop(self) -> None:
        """Hand out what is missing as cut short by us."""
        self._cut(lambda _partial: (FinishReason.DROPPED, None))

    def expire(self, error: ModelError) -> None:
        """Hand out what is missing at the deadline: begun texts as truncated, the rest as failed.

        A straggler was generating all the time, so it is as unfinished as one that ran out of
        tokens; a sample of which nothing came says that the server failed it.
        """
        self._cut(
            lambda partial: (
                (FinishReason.LENGTH, None) if partial.tokens_out else (FinishReason.ERROR, error)
            )
        )

    def fail(self, error: ModelError) -> None:
        """Hand out what is missing as failed."""
        for index in sorted(self.missing):
            self._end(index, Partial(finish_reason=FinishReason.ERROR), error=error)

    def _cut(self, judge: Callable[[Partial], tuple[FinishReason, ModelError | None]]) -> None:
        partials = dict(_unfinished(self._folds))
        for fold in tuple(self._folds):
            self._charge_prompt(fold)
        for index in sorted(self.missing):
            partial = partials.get(index, Partial())
            error = None
            if partial.finish_reason is None:
                partial.finish_reason, error = judge(partial)
            self._end(index, partial, error=error)
        self._folds.clear()

    def _charge_prompt(self, fold: RunFold) -> None:
        charge = fold.charge_prompt()
        self._tokens_in += charge.tokens
        self._tokens_cached += charge.cached

    def _end(
        self,
        index: int,
        partial: Partial,
        *,
        error: ModelError | None = None,
        extra_tokens: int = 0,
    ) -> None:
        tokens_out = self._wasted.pop(index) + partial.tokens_out + extra_tokens
        choice = Choice(
            index=index,
            text=partial.text,
            finish_reason=partial.finish_reason or FinishReason.ERROR,
            likelihood=partial.likelihood,
            tokens=TokenUse(
                tokens_in=self._tokens_in,
                tokens_out=max(0, tokens_out),
                tokens_cached=self._tokens_cached,
            ),
            model_calls=max(0, self._n_calls),
            timing=self._time(partial),
            error=None if error is None else str(error),
            is_unavailable=error is not None and error.retryable,
            matched_stop=partial.matched_stop,
            is_stop_told=partial.is_stop_told,
            certainty=None if partial.certainty is None else partial.certainty.to_certainty(),
        )
        self._tokens_in = self._tokens_cached = self._n_calls = 0
        self.missing.discard(index)
        self._hand_out(choice)

    def _time(self, partial: Partial) -> Timing:
        first = partial.first_ms
        return Timing(
            ttft_ms=None if first is None else first - self._started_ms,
            total_ms=self._now_ms() - self._started_ms,
        )


def _unfinished(folds: Iterable[RunFold]) -> Iterable[tuple[int, Partial]]:
    return (pair for fold in folds for pair in fold.partials.items())
