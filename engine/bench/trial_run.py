"""Runs one search in memory, as a worker would but for the database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from engine.adapters.key_equality import KeyEquality
from engine.adapters.memory_log import InMemoryEventLog
from engine.adapters.monotonic_clock import MonotonicClock
from engine.domain.pins import Serving
from engine.domain.problem import Problem
from engine.domain.profile import ModelProfile
from engine.ports import CancelReason, ChatModel, ToolRunner
from engine.prompts.prompt_set import load_prompt_set
from engine.runner import SearchEnd, SearchPorts, SearchRequest, run_search
from engine.search.self_consistency import SelfConsistency


class NeverCancelled:
    """A cancel token that nobody sets."""

    def reason(self) -> CancelReason | None:
        """Return that the work should go on."""
        return None

    async def wait(self) -> None:
        """Wait until the waiting itself is cancelled."""
        await asyncio.Event().wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRun:
    """What all searches of one measurement share.

    Attributes:
        model: Draws the samples.
        tools: Runs programs; ``None`` for none.
        profile: How the model is spoken to.
        samples: Samples of each search.
        haste: As the search knows it.
    """

    model: ChatModel
    tools: ToolRunner | None
    profile: ModelProfile
    samples: int
    haste: float = 0.0

    async def solve(self, problem: Problem) -> SearchEnd:
        """Run one search to its end, with a log of its own."""
        algorithm = SelfConsistency(
            samples=self.samples, haste=self.haste, sampling=self.profile.to_sampling()
        )
        prompts = load_prompt_set(self.profile.prompt_set)
        equality = KeyEquality()
        serving = Serving(
            model="bench",
            model_fingerprint="unpinned",
            profile=self.profile.name,
            prompt_ids=prompts.prompt_ids(),
            canonicaliser=equality.canonicaliser,
        )
        request = SearchRequest(
            problem=problem,
            algorithm=algorithm,
            settings=algorithm.settings(),
            profile=self.profile,
            prompts=prompts,
            serving=serving,
        )
        ports = SearchPorts(
            model=self.model,
            tools=self.tools,
            equality=equality,
            log=InMemoryEventLog(problem.root_search_id),
            clock=MonotonicClock(),
        )
        return await run_search(request, ports, NeverCancelled())
