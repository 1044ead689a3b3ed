"""Builds requests of the OpenAI-compatible API, in as much of it as the server takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from engine.answers.call_description import describe_tools
from engine.domain.profile import EndpointKind
from engine.ports import GenerationRequest, Message

# The server gathers this many tokens into one event. Nothing here reads a token sooner, and the
# first and the last event of a sample are sent at once, so it only saves work on both sides.
TOKENS_PER_EVENT = 16
# Said to a server that cannot go on with a message; the model sees it as one that it has ended.
GO_ON = (
    "Go on exactly where your last message ends. Do not repeat anything of it, and do not say "
    "that you go on."
)
ASSISTANT = "assistant"
SYSTEM = "system"


class Feature(StrEnum):
    """What not every server of this API takes; the value is the parameter's name.

    ``N``: several samples from one request. ``SEED``: a seed. ``LOGPROBS``: log-probabilities.
    ``STREAM_OPTIONS``: the usage at the stream's end. ``RUNNING_USAGE``: the usage so far with
    each event (vLLM), whence the prompt's tokens are known before the stream ends.
    ``STREAM_INTERVAL``: several tokens in one event (vLLM). ``CANDIDATES``: log-probabilities of
    the most probable tokens beside the chosen one. ``CONTINUE``: to go on with the last message
    (vLLM). ``TOOLS``: to read calls of tools itself. ``GRAMMAR``: to hold a sample to a grammar
    (vLLM).
    """

    N = "n"
    SEED = "seed"
    LOGPROBS = "logprobs"
    STREAM_OPTIONS = "stream_options"
    RUNNING_USAGE = "continuous_usage_stats"
    STREAM_INTERVAL = "stream_interval"
    CANDIDATES = "top_logprobs"
    CONTINUE = "continue_final_message"
    TOOLS = "tools"
    GRAMMAR = "structured_outputs"


ALL_FEATURES = frozenset(Feature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Neighbouring samples of a group that one request asks for.

    Attributes:
        first: Index of the first.
        n: How many.
    """

    first: int
    n: int


def select_features(
    request: GenerationRequest, kind: EndpointKind, features: frozenset[Feature]
) -> frozenset[Feature]:
    """Return those of the features that this request makes use of."""
    unused: set[Feature] = set()
    if not request.sampling.n_candidates or Feature.LOGPROBS not in features:
        unused.add(Feature.CANDIDATES)
    if kind is EndpointKind.COMPLETIONS or not _is_continued(request):
        unused.add(Feature.CONTINUE)
    if kind is EndpointKind.COMPLETIONS or not request.tools:
        unused.add(Feature.TOOLS)
    if not request.grammar:
        unused.add(Feature.GRAMMAR)
    if request.sampling.min_certainty is not None and Feature.CANDIDATES in features - unused:
        # A sample that may be closed before the others needs a request of its own.
        unused.add(Feature.N)
    return features - unused


def plan_runs(missing: Iterable[int], features: frozenset[Feature]) -> tuple[Run, ...]:
    """Return the requests that together ask for the missing samples and for no other.

    The server gives sample ``i`` of a request the request's seed plus ``i``. Only neighbours can
    therefore share a request and keep their seeds.
    """
    runs: list[Run] = []
    for index in sorted(missing):
        last = runs[-1] if runs else None
        if last is not None and index == last.first + last.n and Feature.N in features:
            runs[-1] = Run(first=last.first, n=last.n + 1)
        else:
            runs.append(Run(first=index, n=1))
    return tuple(runs)


def build_path(kind: EndpointKind) -> str:
    """Return the endpoint's path below the server's base URL."""
    return "/v1/chat/completions" if kind is EndpointKind.CHAT else "/v1/completions"


def build_body(
    request: GenerationRequest,
    run: Run,
    *,
    model: str,
    kind: EndpointKind,
    features: frozenset[Feature],
) -> dict[str, Any]:
    """Return the JSON body that asks for one run of a group.

    A server that holds a sample to a grammar tells the log-probabilities that its tokens had
    before, so that each of them counts for the sample's likelihood all the same.
    """
    body: dict[str, Any] = {
        "model": model,
        **_prompt(request, kind, features),
        "max_tokens": request.sampling.max_tokens,
        "temperature": request.sampling.temperature,
        "top_p": request.sampling.top_p,
        "stream": True,
    }
    if request.stop:
        body["stop"] = list(request.stop)
    if request.tools and Feature.TOOLS in features:
        body["tools"] = list(request.tools)
    if request.grammar and Feature.GRAMMAR in features:
        body["structured_outputs"] = {"grammar": request.grammar}
    if run.n > 1:
        body["n"] = run.n
    if Feature.SEED in features:
        body["seed"] = request.seed + run.first
    if Feature.STREAM_INTERVAL in features:
        body["stream_interval"] = _count_tokens_an_event(request)
    n_candidates = request.sampling.n_candidates
    return body | _logprobs(kind, features, n_candidates) | _stream_options(features)


def find_refused(
    message: str, parameter: str | None, features: frozenset[Feature]
) -> Feature | None:
    """Return the feature that a server's refusal names, if it was asked for.

    A refusal that names none of them (a prompt too long, for instance) would come again without
    them, and must not cost the features of every later request.
    """
    for feature in sorted(features, key=lambda feature: -len(feature)):
        if parameter == feature or _names(message, feature):
            # A server may give log-probabilities, and not of as many tokens as were asked for.
            is_number = feature is Feature.LOGPROBS and Feature.CANDIDATES in features
            return Feature.CANDIDATES if is_number else feature
    return None


def _names(message: str, feature: Feature) -> bool:
    # A bare "n" or "seed" is also an English word or a part of one; in quotes it is a parameter.
    if feature in {Feature.N, Feature.SEED}:
        pattern = rf"""['"`]{feature}['"`]|\b{feature}\s*(=|>|must|is not|parameter)"""
    elif feature is Feature.CONTINUE:
        # Chat templates and servers complain of the last message's role in words of their own.
        pattern = rf"\b{feature}\b|\badd_generation_prompt\b|\blast (message|role)\b|\bassistant\b"
    elif feature is Feature.GRAMMAR:
        # A server that cannot compile this grammar, or any, says so in words of its own.
        pattern = r"\bstructured_outputs\b|\bgrammars?\b|\bguided_"
    elif feature is Feature.TOOLS:
        # "auto" tool choice requires --tool-call-parser, says vLLM.
        pattern = r"\btools?\b|\btool_choice\b"
    else:
        pattern = rf"\b{feature}\b"
    return re.search(pattern, message) is not None


def _count_tokens_an_event(request: GenerationRequest) -> int:
    if request.sampling.min_certainty is None:
        return TOKENS_PER_EVENT
    # What comes in one event is read at once, so a sample is closed no sooner than by the event.
    return max(1, min(TOKENS_PER_EVENT, request.sampling.group_tokens // 4))


def _is_continued(request: GenerationRequest) -> bool:
    prompt = request.prompt
    return not isinstance(prompt, str) and bool(prompt) and prompt[-1].role == ASSISTANT


def _prompt(
    request: GenerationRequest, kind: EndpointKind, features: frozenset[Feature]
) -> dict[str, Any]:
    prompt = request.prompt
    if kind is EndpointKind.COMPLETIONS:
        if not isinstance(prompt, str):
            raise TypeError("a completions endpoint takes plain text, not messages")
        return {"prompt": prompt}
    if isinstance(prompt, str):
        prompt = (Message(role="user", content=prompt),)
    if request.tools and Feature.TOOLS not in features:
        prompt = _tell_of_tools(prompt, request)
    if not _is_continued(request):
        return {"messages": [asdict(message) for message in prompt]}
    if Feature.CONTINUE in features:
        how = {"continue_final_message": True, "add_generation_prompt": False}
        return {"messages": [asdict(message) for message in prompt], **how}
    asked = (*prompt, Message(role="user", content=GO_ON))
    return {"messages": [asdict(message) for message in asked]}


def _tell_of_tools(prompt: tuple[Message, ...], request: GenerationRequest) -> tuple[Message, ...]:
    """Put the tools into the system's message, for a server that does not do so itself."""
    told = describe_tools(request.tools)
    first, rest = prompt[0], prompt[1:]
    if first.role != SYSTEM:
        return (Message(role=SYSTEM, content=told), *prompt)
    return (Message(role=SYSTEM, content=f"{first.content}\n\n{told}"), *rest)


def _logprobs(
    kind: EndpointKind, features: frozenset[Feature], n_candidates: int
) -> dict[str, Any]:
    if Feature.LOGPROBS not in features:
        return {}
    n_wanted = n_candidates if Feature.CANDIDATES in features else 0
    # Without candidates, both forms ask for the chosen token's own log-probability alone.
    if kind is EndpointKind.COMPLETIONS:
        return {"logprobs": n_wanted}
    return {"logprobs": True} | ({"top_logprobs": n_wanted} if n_wanted else {})


def _stream_options(features: frozenset[Feature]) -> dict[str, Any]:
    if Feature.STREAM_OPTIONS not in features:
        return {}
    options = {"include_usage": True}
    if Feature.RUNNING_USAGE in features:
        options["continuous_usage_stats"] = True
    return {"stream_options": options}
