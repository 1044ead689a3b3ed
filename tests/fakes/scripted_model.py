"""A model that says what it was told to say, at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace

from engine.domain.outcome import Likelihood, Timing, TokenUse
from engine.ports import CancelToken, Choice, FinishReason, GenerationRequest

# What a script gives for one sample: its text, or the whole choice where more than that matters.
Script = Sequence["str | Choice"] | Callable[[GenerationRequest, int], "str | Choice"]


@dataclass(slots=True)
class ScriptedChatModel:
    """Implements the port `ChatModel` with no server and no latency.

    A list of texts is cut through by the samples in the order in which they are asked for, and
    begins anew at its end. A function gets the request and the sample's index.
    """

    script: Script
    name: str = "scripted"
    requests: list[GenerationRequest] = field(default_factory=list)
    n_said: int = 0

    async def generate(
        self, request: GenerationRequest, cancel: CancelToken
    ) -> AsyncIterator[Choice]:
        self.requests.append(request)
        for index in range(request.n):
            if cancel.reason() is not None:
                yield self._count(index, Choice(index=index, text="", finish_reason=DROPPED))
                continue
            said = self._say(request, index)
            yield self._count(index, self._choice(said, request, index))

    async def identify(self) -> str:
        return self.name

    def _say(self, request: GenerationRequest, index: int) -> str | Choice:
        if callable(self.script):
            return self.script(request, index)
        said = self.script[self.n_said % len(self.script)]
        self.n_said += 1
        return said

    def _choice(self, said: str | Choice, request: GenerationRequest, index: int) -> Choice:
        if isinstance(said, Choice):
            return said
        text, finish, matched = _cut(said, request)
        n_tokens = max(1, len(text.split()))
        return Choice(
            index=index,
            text=text,
            finish_reason=finish,
            matched_stop=matched,
            is_stop_told=True,
            likelihood=Likelihood(mean_logprob=-0.5, n_tokens=n_tokens),
            tokens=TokenUse(tokens_in=_n_prompt_tokens(request), tokens_out=n_tokens),
            timing=Timing(ttft_ms=0, total_ms=0),
        )

    @staticmethod
    def _count(index: int, choice: Choice) -> Choice:
        """The prompt and the request are counted on the group's first choice."""
        tokens = choice.tokens
        if index:
            tokens = TokenUse(tokens_out=tokens.tokens_out)
        is_unsent = index or choice.finish_reason is DROPPED
        return replace(choice, index=index, tokens=tokens, model_calls=0 if is_unsent else 1)


DROPPED = FinishReason.DROPPED


def _cut(text: str, request: GenerationRequest) -> tuple[str, FinishReason, str | None]:
    """Words stand for tokens: a stop text ends a sample, and so does the longest length."""
    found = {stop: text.find(stop) for stop in request.stop if stop in text}
    matched = min(found, key=lambda stop: found[stop], default=None)
    if matched is not None:
        text = text[: found[matched]]
    words = text.split(" ")
    if len(words) > request.sampling.max_tokens:
        return " ".join(words[: request.sampling.max_tokens]), FinishReason.LENGTH, None
    return text, FinishReason.STOP, matched


def _n_prompt_tokens(request: GenerationRequest) -> int:
    prompt = request.prompt
    if isinstance(prompt, str):
        return len(prompt.split())
    return sum(len(message.content.split()) for message in prompt)
