"""A language model as verifier: it is asked whether a path is right, and read as P(yes).

One token is drawn, and only its candidates' log-probabilities are looked at. The same class serves
a model that was trained to verify, by the name of its adapter, and the base model judging itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from engine.adapters.openai_request import build_path
from engine.adapters.verifier_batch import Batch, judge_in_batches
from engine.adapters.verifier_http import VerifierHttp
from engine.domain.errors import ModelRequestError
from engine.domain.profile import EndpointKind
from engine.ports import CancelToken, Claim, Judgement, Message
from engine.verify.label import Candidate, Labels, read_yes
from engine.verify.score_reply import Reading

# Most servers give at most 20 candidates, and some only 5.
N_CANDIDATES = (20, 5)
BATCH_CLAIMS = 16
NEITHER = "the model answered neither yes nor no"
NO_LOGPROBS = "the server gives no log-probabilities of candidates"

Rendered: TypeAlias = str | tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """How a model is asked about a claim.

    Attributes:
        prompt_id: Name and version of the prompt.
        render: Turns a claim into the prompt.
        kind: The endpoint that the prompt is for.
        labels: The words for yes and no.
    """

    prompt_id: str
    render: Callable[[Claim], Rendered]
    kind: EndpointKind
    labels: Labels = field(default_factory=Labels)


class LabelVerifier:
    """The port ``Verifier`` over a completions or chat endpoint.

    A completions endpoint takes many prompts in one request, a chat endpoint one. A server that
    refuses twenty candidates is asked for five from then on.
    """

    def __init__(self, http: VerifierHttp, question: Question) -> None:
        """Ask ``question`` of the server's model."""
        self._http = http
        self._question = question
        self._n_candidates = N_CANDIDATES[0]
        self._path = build_path(question.kind)

    @property
    def version(self) -> str:
        """The model, and the prompt that it is asked with."""
        return f"label:{self._http.model}:{self._question.prompt_id}"

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return P(yes) of each claim; see the port."""
        size = 1 if self._question.kind is EndpointKind.CHAT else BATCH_CLAIMS
        return await judge_in_batches(claims, cancel, self._ask, size=size)

    async def _ask(self, batch: Batch) -> Sequence[Reading]:
        prompts = [self._question.render(claim) for claim in batch.claims]
        n_candidates = self._n_candidates
        try:
            reply = await self._http.post(self._path, self._body(prompts, n_candidates), batch)
        except ModelRequestError as error:
            if "logprobs" not in str(error) or n_candidates == N_CANDIDATES[-1]:
                raise
            self._n_candidates = n_candidates = N_CANDIDATES[-1]
            reply = await self._http.post(self._path, self._body(prompts, n_candidates), batch)
        found = _find_candidates(reply, self._question.kind)
        return [self._read(found.get(index)) for index in range(len(prompts))]

    def _body(self, prompts: Sequence[Rendered], n_candidates: int) -> dict[str, Any]:
        shared: dict[str, Any] = {"max_tokens": 1, "temperature": 0}
        if self._question.kind is EndpointKind.COMPLETIONS:
            return {"prompt": list(prompts), "logprobs": n_candidates, **shared}
        (prompt,) = prompts
        messages = (Message(role="user", content=prompt),) if isinstance(prompt, str) else prompt
        return {
            "messages": [asdict(message) for message in messages],
            "logprobs": True,
            "top_logprobs": n_candidates,
            **shared,
        }

    def _read(self, candidates: Sequence[Candidate] | None) -> Reading:
        if not candidates:
            return Reading(error=NO_LOGPROBS)
        score = read_yes(candidates, self._question.labels)
        return Reading(error=NEITHER) if score is None else Reading(score=score)


def _find_candidates(
    reply: Mapping[str, Any], kind: EndpointKind
) -> dict[int, tuple[Candidate, ...]]:
    """Return the first token's candidates by the choice's index; whatever cannot be read lacks."""
    read = _read_chat if kind is EndpointKind.CHAT else _read_completion
    found: dict[int, tuple[Candidate, ...]] = {}
    try:
        for place, choice in enumerate(reply["choices"]):
            found[int(choice.get("index", place))] = read(choice["logprobs"])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return found
    return found


def _read_completion(logprobs: Any) -> tuple[Candidate, ...]:
    first = logprobs["top_logprobs"][0]
    return tuple(Candidate(token=str(t), logprob=float(value)) for t, value in first.items())


def _read_chat(logprobs: Any) -> tuple[Candidate, ...]:
    first = logprobs["content"][0]["top_logprobs"]
    return tuple(
        Candidate(token=str(one["token"]), logprob=float(one["logprob"])) for one in first
    )
