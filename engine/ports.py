"""The seams: what the engine needs from the world, one Protocol each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from engine.domain.answer import Answer
from engine.domain.event import Event, EventDraft
from engine.domain.outcome import Certainty, Likelihood, Timing, TokenUse
from engine.domain.passage import Passage
from engine.domain.tool import ToolCall, ToolResult
from engine.domain.trial import Sampling
from engine.domain.verdict import Verdict


class FinishReason(StrEnum):
    """Why a choice ended.

    ``STOP``: of itself. ``LENGTH``: at ``max_tokens`` or the context's end. ``DROPPED``: we closed
    the request. ``UNSURE``: we closed the sample, as its certainty fell below what was asked for.
    ``ERROR``: every attempt failed; ``Choice.error`` says how.
    """

    STOP = "stop"
    LENGTH = "length"
    DROPPED = "dropped"
    UNSURE = "unsure"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a chat.

    Attributes:
        role: ``system``, ``user`` or ``assistant``.
        content: Its text.
    """

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """One group of samples that share a prompt.

    Attributes:
        prompt: Plain text for a completions endpoint, messages for a chat endpoint. Where the last
            message is the assistant's, the model goes on writing it.
        n: How many samples.
        seed: Seed of sample 0; sample ``i`` has ``seed + i``.
        sampling: How to draw.
        stop: Texts that end a sample; not part of its text.
        deadline_s: Longest time for the whole request, retries included.
        tools: What the model may call, as function calling describes it. A server that reads calls
            itself is told of them; for any other they are put into the messages. Either way a
            call stands at the end of a sample's text. A completions endpoint takes none.
        grammar: What every sample must be a word of, as EBNF; empty for no bounds. A server that
            knows no grammars is asked without.
    """

    prompt: str | tuple[Message, ...]
    n: int
    seed: int
    sampling: Sampling
    stop: tuple[str, ...] = ()
    deadline_s: float = 300.0
    tools: tuple[Mapping[str, Any], ...] = ()
    grammar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One sample, ended.

    Attributes:
        index: Which of the group's ``n``.
        text: What the model wrote, without the stop text.
        finish_reason: Why it ended.
        likelihood: ``None`` where the server gives no log-probabilities.
        tokens: Its own; the prompt's are counted on the first choice yielded for a request.
        model_calls: Requests sent since the last choice was yielded (the first choice of a
            request carries 1, and retries add to the next one that is yielded).
        timing: From sending the first request.
        error: What failed, for ``ERROR``.
        is_unavailable: For ``ERROR``: whether the server could not be reached or was overloaded
            to the last attempt (another time may do), rather than refused the request.
        matched_stop: Which stop text ended it; ``None`` where it ended by itself, or where the
            server does not say.
        is_stop_told: Whether the server says which stop text ended a sample.
        certainty: ``None`` unless the request asked for candidates and the server gave them.
    """

    index: int
    text: str
    finish_reason: FinishReason
    likelihood: Likelihood | None = None
    tokens: TokenUse = field(default_factory=TokenUse)
    model_calls: int = 0
    timing: Timing = field(default_factory=Timing)
    error: str | None = None
    is_unavailable: bool = False
    matched_stop: str | None = None
    is_stop_told: bool = False
    certainty: Certainty | None = None


class CancelReason(StrEnum):
    """Why work should end.

    ``CANCEL``: the caller no longer wants it. ``HARVEST``: the caller wants the best answer so
    far. ``DRAIN``: this process is stopping, another will go on. ``FENCED``: the lease was lost,
    nothing more may be written.
    """

    CANCEL = "cancel"
    HARVEST = "harvest"
    DRAIN = "drain"
    FENCED = "fenced"


class CancelToken(Protocol):
    """Asked for, never forced: whoever works checks it between steps."""

    def reason(self) -> CancelReason | None:
        """Why the work should end; ``None`` while it should go on."""
        ...

    async def wait(self) -> None:
        """Return once the work should end."""
        ...


class ChatModel(Protocol):
    """A language model behind a server."""

    def generate(self, request: GenerationRequest, cancel: CancelToken) -> AsyncIterator[Choice]:
        """Yield each of the ``n`` choices once, as it ends, in any order.

        Exactly ``n`` choices come: what failed after all retries ends as ``ERROR``, what the
        cancel token cut short as ``DROPPED`` with the tokens received so far. Nothing is raised
        for a server that fails.
        """
        ...

    async def identify(self) -> str:
        """Return the served model's name, as the server lists it.

        Raises:
            ModelUnavailableError: When the server does not answer.
            ModelRequestError: When it does not serve the configured model.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One path of a search, to be judged.

    Attributes:
        problem: The question.
        steps: The texts of the path, from the first step on; a whole answer is one step.
        answer: What the path concludes; ``None`` for one that is not finished.
    """

    problem: str
    steps: tuple[str, ...]
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a verifier says of one claim.

    Attributes:
        score: Probability in [0, 1] that the path is right so far; ``None`` when it could not be
            judged.
        verdict: What a check found, where the verifier checks rather than estimates.
        tokens: What it cost.
        model_calls: Requests sent.
        error: Why it could not be judged.
    """

    score: float | None = None
    verdict: Verdict = Verdict.UNCHECKED
    tokens: TokenUse = field(default_factory=TokenUse)
    model_calls: int = 0
    error: str | None = None


class Verifier(Protocol):
    """Judges paths: how probably is this right so far?"""

    @property
    def version(self) -> str:
        """Name and version, as event 1 pins it."""
        ...

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return one judgement a claim, in their order.

        What cannot be judged, for whatever reason, comes back unscored: nothing is raised for a
        server or a tool that fails, and a failure is never a low score.
        """
        ...


class ToolRunner(Protocol):
    """Runs tools."""

    async def run(self, call: ToolCall) -> ToolResult:
        """Run one call. What the tool refuses or fails at is a result, not an error.

        Raises:
            UnknownToolError: Listing the known names.
        """
        ...


class Retriever(Protocol):
    """Finds passages in a body of documents."""

    async def retrieve(self, query: str, n_passages: int) -> Sequence[Passage]:
        """Return at most so many passages, the best first; none where nothing fits.

        Raises:
            DependencyUnavailableError: The documents cannot be reached now.
        """
        ...


class Equality(Protocol):
    """Decides which answers mean the same."""

    @property
    def canonicaliser(self) -> str:
        """Name and version of the rule."""
        ...

    async def classify(self, text: str, known: Sequence[Answer]) -> Answer:
        """Return the answer with its class: one of ``known``'s if it means the same."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of comparing one answer with others.

    Attributes:
        form: How the answer was read; ``None`` where it is words, or was not read.
        verdicts: One for each of the others, in their order.
        is_settled: Whether the same question would come to the same again; ``False`` where what
            compares was away.
    """

    form: str | None
    verdicts: tuple[Verdict, ...]
    is_settled: bool = True


class AnswerComparer(Protocol):
    """Compares answers by more than their canonical keys."""

    @property
    def version(self) -> str:
        """Name and version of the rule."""
        ...

    async def compare(self, text: str, others: Sequence[str]) -> Comparison:
        """Compare one answer with each of others.

        What cannot be compared, or not in time, is ``UNCHECKED``: nothing is raised.
        """
        ...


class EventLog(Protocol):
    """One job's append-only log."""

    async def read(self) -> Sequence[Event]:
        """Return every committed event, in order."""
        ...

    async def read_bodies(self, refs: Sequence[str]) -> Mapping[str, bytes]:
        """Return the bodies kept beside the log under these digests, those that are there.

        Raises:
            DependencyUnavailableError: When the log cannot be reached.
        """
        ...

    async def append(
        self, drafts: Sequence[EventDraft], bodies: Mapping[str, bytes]
    ) -> Sequence[Event]:
        """Commit drafts and the bodies they refer to (digest to bytes), all or none.

        Returns:
            Every event committed since the last call of :meth:`read` or :meth:`append`, in order:
            those of others (``job.*``) too, the drafts' last.

        Raises:
            FencedError: When the lease was lost. Nothing was written.
            DependencyUnavailableError: When the log cannot be reached.
        """
        ...


class Clock(Protocol):
    """Time within one process."""

    def now_ms(self) -> int:
        """Return milliseconds from an arbitrary fixed point; never falls."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        ...
