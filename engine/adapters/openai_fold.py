"""Folds the events of one streamed response into samples."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, cast

from engine.adapters.openai_calls import CallsFold
from engine.adapters.openai_certainty import CertaintyFold
from engine.adapters.openai_request import Run
from engine.domain.errors import ModelUnavailableError
from engine.domain.outcome import Likelihood
from engine.domain.trial import Sampling
from engine.ports import FinishReason

DONE = b"[DONE]"
# What reading an event of another shape than the API's raises.
EVENT_FAULTS = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
# What a sample's end means. A text cut short by a filter or by a repetition check is unfinished
# like one that ran out of tokens. Any other name (abort, error) is a failure of the server.
FINISHES = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "tool_calls": FinishReason.STOP,
    "function_call": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "content_filter": FinishReason.LENGTH,
    "repetition": FinishReason.LENGTH,
}


@dataclass(slots=True, kw_only=True)
class Partial:
    """One sample while it grows.

    Attributes:
        parts: Its text, in the pieces that came.
        n_events: Events with text, for servers that send one a token and no log-probabilities.
        n_logprobs: Tokens whose log-probability came.
        sum_logprob: Their sum.
        first_ms: When its first event came, by the caller's clock.
        finish_reason: Why it ended; ``None`` while it grows.
        matched_stop: Which stop text ended it, if the server says.
        is_stop_told: Whether the server says so at all.
        is_blank: Whether a stop text ended it before it had begun, where that is no answer.
        certainty: How sure the model is of it, where that was asked for.
        calls: The calls of tools that the server read in it, once there is one.
    """

    parts: list[str] = field(default_factory=list[str])
    n_events: int = 0
    n_logprobs: int = 0
    sum_logprob: float = 0.0
    first_ms: int | None = None
    finish_reason: FinishReason | None = None
    matched_stop: str | None = None
    is_stop_told: bool = False
    is_blank: bool = False
    certainty: CertaintyFold | None = None
    calls: CallsFold | None = None

    @property
    def text(self) -> str:
        """What came so far, with the calls behind it."""
        written = "".join(self.parts)
        if self.calls is None:
            return written
        return f"{written}\n{self.calls.render()}".lstrip("\n")

    @property
    def tokens_out(self) -> int:
        """Tokens that came so far: exact with log-probabilities, else one an event."""
        return self.n_logprobs or self.n_events

    @property
    def likelihood(self) -> Likelihood | None:
        """The mean over its tokens, or ``None`` without usable log-probabilities."""
        if not self.n_logprobs or not math.isfinite(self.sum_logprob):
            return None
        # A rounded log-probability can lie a hair above 0, which no probability does.
        mean = min(0.0, self.sum_logprob / self.n_logprobs)
        return Likelihood(mean_logprob=mean, n_tokens=self.n_logprobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptUse:
    """What a response has told about its prompt.

    Attributes:
        tokens: How many tokens it has; 0 until the server told.
        cached: Those of them that came from the server's prefix cache.
    """

    tokens: int = 0
    cached: int = 0


class RunFold:
    """What one response has told so far about the run of samples that it was asked for.

    Attributes:
        run: Which samples.
        partials: Sample index (within the group) to its state.
        total_out: Generated tokens of all samples, once the server has summed them up.
        is_done: Whether the server has said that nothing more comes.
        is_cut: Whether a sample was closed here while the server goes on with it.
    """

    def __init__(
        self, run: Run, sampling: Sampling | None = None, *, refuses_blank: bool = False
    ) -> None:
        """Begin before the first event.

        Args:
            run: Which samples.
            sampling: How they were asked for, where certainty was asked for.
            refuses_blank: Whether a sample that a stop text ended before it began is none.
        """
        self.run = run
        self.is_cut = False
        self._min_certainty = None if sampling is None else sampling.min_certainty
        self._refuses_blank = refuses_blank
        self.partials = {
            run.first + offset: Partial(certainty=_begin_certainty(sampling))
            for offset in range(run.n)
        }
        self.total_out: int | None = None
        self.is_done = False
        self._n_growing = run.n
        self._prompt = PromptUse()
        self._charged = PromptUse()

    @property
    def is_complete(self) -> bool:
        """Whether every sample has ended."""
        return self._n_growing == 0

    @property
    def n_blank(self) -> int:
        """How many samples ended before they had begun."""
        return sum(partial.is_blank for partial in self.partials.values())

    @property
    def is_n_ignored(self) -> bool:
        """Whether the server went through with the first sample and never began another."""
        first, *others = self.partials.values()
        return (
            self.is_done
            and first.finish_reason is not None
            and bool(others)
            and not any(other.tokens_out or other.finish_reason for other in others)
        )

    def charge_prompt(self) -> PromptUse:
        """Return the prompt's tokens that became known since this was last asked."""
        charge = PromptUse(
            tokens=self._prompt.tokens - self._charged.tokens,
            cached=self._prompt.cached - self._charged.cached,
        )
        self._charged = self._prompt
        return charge

    def feed(self, payload: bytes, now_ms: int) -> list[int]:
        """Take one event's data.

        Args:
            payload: Its JSON, or the mark of the stream's end.
            now_ms: The time at which it came.

        Returns:
            Indices of the samples that ended with it.

        Raises:
            ModelUnavailableError: When it is an error or no event of this API.
        """
        if payload == DONE:
            self.is_done = True
            return []
        event = _parse(payload)
        try:
            ended = [
                index
                for choice in event.get("choices") or ()
                if (index := self._take_choice(choice, now_ms)) is not None
            ]
            is_sum = self.run.n == 1 or not event.get("choices")
            self._take_usage(event.get("usage"), is_sum=is_sum)
        except EVENT_FAULTS as error:
            raise ModelUnavailableError(f"the stream holds no such event: {error!r}") from error
        return ended

    def _take_choice(self, choice: dict[str, Any], now_ms: int) -> int | None:
        index = self.run.first + int(choice["index"])
        partial = self.partials[index]
        if partial.finish_reason is not None or partial.is_blank:
            return None
        is_unsure = _take_tokens(partial, choice, self._min_certainty)
        if partial.first_ms is None and partial.tokens_out:
            partial.first_ms = now_ms
        finish = choice.get("finish_reason")
        if is_unsure:
            self.is_cut = self.is_cut or finish is None
            partial.finish_reason = FinishReason.UNSURE
        elif finish is None:
            return None
        elif finish not in FINISHES:
            raise ModelUnavailableError(f"the server ended a sample with {finish!r}")
        else:
            self._finish(partial, choice, FINISHES[finish])
        self._n_growing -= 1
        return None if partial.is_blank else index

    def _finish(self, partial: Partial, choice: dict[str, Any], reason: FinishReason) -> None:
        matched = choice.get("stop_reason")
        # vLLM tells a text, the id of a token, or null for a sample that ended by itself.
        partial.is_stop_told = "stop_reason" in choice
        partial.matched_stop = matched if isinstance(matched, str) else None
        partial.is_blank = (
            self._refuses_blank and partial.matched_stop is not None and not partial.text.strip()
        )
        if not partial.is_blank:
            partial.finish_reason = reason

    def _take_usage(self, usage: dict[str, Any] | None, *, is_sum: bool) -> None:
        if not usage:
            return
        cached = self._prompt.cached
        # Beside a sample's text the count is that sample's own; the last event sums them up.
        if is_sum:
            self.total_out = int(usage.get("completion_tokens") or 0)
            details: dict[str, Any] = usage.get("prompt_tokens_details") or {}
            cached = int(details.get("cached_tokens") or 0)
        self._prompt = PromptUse(tokens=int(usage.get("prompt_tokens") or 0), cached=cached)


def _parse(payload: bytes) -> dict[str, Any]:
    try:
        event: Any = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ModelUnavailableError(f"the stream holds what is not JSON: {error}") from error
    if not isinstance(event, dict):
        raise ModelUnavailableError("the stream holds an event that is no JSON object")
    fields = cast("dict[str, Any]", event)
    if fields.get("error"):
        raise ModelUnavailableError(f"the server failed in mid-stream: {fields['error']}")
    return fields


def _begin_certainty(sampling: Sampling | None) -> CertaintyFold | None:
    if sampling is None or not sampling.n_candidates:
        return None
    return CertaintyFold(n_candidates=sampling.n_candidates, group_tokens=sampling.group_tokens)


def _take_tokens(partial: Partial, choice: dict[str, Any], min_certainty: float | None) -> bool:
    """Take the tokens of an event; return whether the text has become too unsure."""
    delta = choice.get("delta")
    text = choice.get("text") if delta is None else delta.get("content")
    if text:
        partial.parts.append(_checked(text))
        partial.n_events += 1
    if delta is not None and delta.get("tool_calls"):
        partial.calls = partial.calls or CallsFold()
        partial.calls.take(delta["tool_calls"])
        partial.n_events += 1
    logprobs = choice.get("logprobs")
    if not logprobs:
        return False
    values = logprobs.get("token_logprobs")
    if values is None:
        values = [entry["logprob"] for entry in logprobs.get("content") or ()]
    for value in values:
        if value is not None:
            partial.n_logprobs += 1
            partial.sum_logprob += value
    if partial.certainty is None:
        return False
    return _take_candidates(partial.certainty, logprobs, min_certainty)


def _take_candidates(
    certainty: CertaintyFold, logprobs: dict[str, Any], min_certainty: float | None
) -> bool:
    is_unsure = False
    for candidates in _list_candidates(logprobs):
        group = certainty.add(candidates)
        if group is not None and min_certainty is not None and group < min_certainty:
            is_unsure = True
    return is_unsure


def _list_candidates(logprobs: dict[str, Any]) -> list[list[float]]:
    """Return the candidates' log-probabilities of each token, in either endpoint's form.

    Of a server that tells the chosen token's only, there are none.
    """
    of_chat = logprobs.get("content")
    if of_chat is not None:
        told = (entry.get("top_logprobs") for entry in of_chat)
        return [[one["logprob"] for one in candidates] for candidates in told if candidates]
    return [list(one.values()) for one in logprobs.get("top_logprobs") or () if one]


def _checked(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError(f"a text that is {type(text).__name__}")
    return text
