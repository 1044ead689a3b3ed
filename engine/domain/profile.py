"""What has to be known about a model before it can be asked anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.domain.errors import ProfileError
from engine.domain.trial import Sampling

MAX_TEMPERATURE = 2.0


class EndpointKind(StrEnum):
    """Which of the server's two ways in the model was trained for."""

    COMPLETIONS = "completions"
    CHAT = "chat"


class AnswerProtocol(StrEnum):
    """How the model marks its answer.

    ``MARKED``: in prose, behind a mark such as ``Answer:`` or inside a box.
    ``PROGRAM``: as a straight-line program whose execution is the answer.
    """

    MARKED = "marked"
    PROGRAM = "program"


class ToolProtocol(StrEnum):
    """How the model is told of tools, and calls them.

    ``TEXT``: the prompt tells of them, and the model writes a call into its text. ``NATIVE``: the
    server tells of them as the model was trained for, and reads its calls; a server that turns out
    not to is spoken to as for ``TEXT``.
    """

    TEXT = "text"
    NATIVE = "native"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProfile:
    """How one model is spoken to.

    Attributes:
        name: Its name in the log.
        endpoint: Whether it takes plain text or messages.
        prompt_set: Name of the prompt set that it understands.
        answer_protocol: How it marks its answer.
        stop: Texts that end a sample; not part of its text.
        context_tokens: Longest prompt and completion together.
        max_tokens: Longest completion when the caller names none.
        sampling_temperature: What its samples are drawn at when the caller names none.
        step_stop: Texts that end a step of a search by steps, beside ``stop``.
        step_joint: What stands between two steps, and behind the last before the next begins.
        tool_protocol: How it calls tools.
        grammar: The grammar of its answers as EBNF, to which a server that can (vLLM) holds its
            samples and steps; empty for none.
    """

    name: str
    endpoint: EndpointKind
    prompt_set: str
    answer_protocol: AnswerProtocol
    stop: tuple[str, ...] = ()
    context_tokens: int
    max_tokens: int
    sampling_temperature: float
    step_stop: tuple[str, ...] = ("\n\n",)
    step_joint: str = "\n\n"
    tool_protocol: ToolProtocol = ToolProtocol.TEXT
    grammar: str = ""

    def __post_init__(self) -> None:
        """Refuse a profile that no request could be made from."""
        faults = [fault for fault, is_found in self._checks() if is_found]
        if faults:
            raise ProfileError(f"the profile {self.name!r}: " + "; ".join(faults))

    def to_sampling(self) -> Sampling:
        """Return how the model's samples are drawn when the caller says nothing."""
        return Sampling(temperature=self.sampling_temperature, max_tokens=self.max_tokens)

    def _checks(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("name must not be empty", not self.name.strip()),
            ("prompt_set must not be empty", not self.prompt_set.strip()),
            ("a stop text must not be empty", not all((*self.stop, *self.step_stop))),
            ("step_stop must name at least one text", not self.step_stop),
            (
                "tool_protocol native needs the chat endpoint",
                self.tool_protocol is ToolProtocol.NATIVE
                and self.endpoint is not EndpointKind.CHAT,
            ),
            ("max_tokens must be at least 1", self.max_tokens < 1),
            ("context_tokens must exceed max_tokens", self.context_tokens <= self.max_tokens),
            (
                f"sampling_temperature must lie in [0, {MAX_TEMPERATURE:g}]",
                not 0 <= self.sampling_temperature <= MAX_TEMPERATURE,
            ),
        )


CHAT_PROFILE = ModelProfile(
    name="chat",
    endpoint=EndpointKind.CHAT,
    prompt_set="chat",
    answer_protocol=AnswerProtocol.MARKED,
    context_tokens=8192,
    max_tokens=2048,
    sampling_temperature=0.8,
)
