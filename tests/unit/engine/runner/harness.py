"""Runs a search against a scripted model and a log in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.adapters.key_equality import KeyEquality
from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.budget import Budget
from engine.domain.event import Event
from engine.domain.pins import Serving
from engine.domain.problem import Problem
from engine.domain.profile import CHAT_PROFILE, AnswerProtocol, EndpointKind, ModelProfile
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.ports import CancelToken
from engine.prompts.prompt_set import load_prompt_set
from engine.runner import SearchEnd, SearchPorts, SearchRequest, run_search
from engine.search.self_consistency import SelfConsistency
from tests.fakes.clock import FakeClock
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.tokens import HeldToken

PROGRAM_PROFILE = ModelProfile(
    name="program",
    endpoint=EndpointKind.COMPLETIONS,
    prompt_set="svend-mini",
    answer_protocol=AnswerProtocol.PROGRAM,
    context_tokens=512,
    max_tokens=64,
    sampling_temperature=0.8,
    step_stop=(";",),
    step_joint=";",
)


class ScriptedTools:
    """Implements the port `ToolRunner`: answers each program from a table."""

    def __init__(self, outputs: dict[str, ToolResult]) -> None:
        self.outputs = outputs
        self.calls: list[ToolCall] = []

    async def run(self, call: ToolCall) -> ToolResult:
        self.calls.append(call)
        return self.outputs[str(call.arguments["program"])]


def computed(output: str) -> ToolResult:
    return ToolResult(status=ToolStatus.OK, output=output, version="calculator/1")


@dataclass(kw_only=True)
class Bench:
    """One search with everything it needs; what a test does not say is the simplest there is."""

    model: Any
    log: InMemoryEventLog = field(default_factory=InMemoryEventLog)
    clock: FakeClock = field(default_factory=FakeClock)
    cancel: CancelToken = field(default_factory=HeldToken)
    tools: Any = None
    verifier: Any = None
    tools_text: str = ""
    algorithm: Any = field(default_factory=lambda: SelfConsistency(samples=4))
    budget: Budget = field(default_factory=Budget)
    profile: ModelProfile = CHAT_PROFILE
    deadline_ms: int | None = None
    fingerprint: str = "weights-1"

    def request(self) -> SearchRequest:
        prompts = load_prompt_set(self.profile.prompt_set)
        return SearchRequest(
            problem=Problem(text="How many clips?", root_search_id="root", seed=7),
            algorithm=self.algorithm,
            settings=self.algorithm.settings(),
            budget=self.budget,
            profile=self.profile,
            prompts=prompts,
            serving=Serving(
                model="m",
                model_fingerprint=self.fingerprint,
                profile=self.profile.name,
                prompt_ids=prompts.prompt_ids(),
                canonicaliser="test/1",
            ),
            deadline_ms=self.deadline_ms,
            tools_text=self.tools_text,
        )

    async def run(self) -> SearchEnd:
        ports = SearchPorts(
            model=self.model,
            tools=self.tools,
            equality=KeyEquality(),
            log=self.log,
            clock=self.clock,
            verifier=self.verifier,
        )
        return await run_search(self.request(), ports, self.cancel)


def says(*texts: str) -> ScriptedChatModel:
    """Return a model that gives these answers in turn, in the chat profile's form."""
    return ScriptedChatModel([f"I think.\nAnswer: {text}" if text else "Hm." for text in texts])


def types(events: Sequence[Event]) -> list[str]:
    return [event.type.value for event in events]
