"""How much of a bare client's tokens per second the engine reaches on the same server.

Both sides send the very same bodies: prompts, ``n``, seeds, streaming. The searches run through
the runner, the event log, the tools and equality; the bare client throws away what it receives.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.adapters.openai_http import ModelServer, OpenAIChatModel
from engine.adapters.openai_request import ALL_FEATURES, Run, build_body, build_path
from engine.bench.bare_client import BareServer, send_all
from engine.bench.measurement import Measurement, Sense, describe_spread, round_figure
from engine.bench.trial_run import TrialRun
from engine.domain.problem import Problem
from engine.domain.profile import ModelProfile
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.ports import (
    CancelToken,
    ChatModel,
    Choice,
    FinishReason,
    GenerationRequest,
    ToolRunner,
)

BAR_RATIO = 0.90
MIN_PAIRS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughputPlan:
    """What is measured.

    Attributes:
        problems: One search each.
        samples: Samples of each search: one request's ``n``.
        n_in_flight: Searches at once.
        n_pairs: Pairs of runs, engine and bare client in turns; at least 7 for a verdict.
    """

    problems: Sequence[str]
    samples: int = 8
    n_in_flight: int = 32
    n_pairs: int = MIN_PAIRS


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One run of one side.

    Attributes:
        tokens: Tokens generated.
        seconds: How long the run took.
        client_cpu_s: CPU time of this process.
        server_cpu_s: CPU time of the server's processes.
    """

    tokens: int
    seconds: float
    client_cpu_s: float
    server_cpu_s: float

    @property
    def rate(self) -> float:
        """Tokens per second."""
        return self.tokens / self.seconds


class Undecided:
    """Runs each tool call for its cost and then lets no answer stand.

    So no vote settles early, and the requests of a search depend on nothing that was answered.
    """

    def __init__(self, tools: ToolRunner) -> None:
        self._tools = tools

    async def run(self, call: ToolCall) -> ToolResult:
        """Run the call and return it as failed."""
        result = await self._tools.run(call)
        return replace(result, status=ToolStatus.FAILED, error="not to be voted on")


@dataclass(slots=True, kw_only=True)
class RecordingModel:
    """Notes what is asked of a model and what it generates.

    Attributes:
        model: Answers.
        requests: What was asked, in order.
        n_tokens: What was generated.
        n_failed: Samples that ended in an error.
    """

    model: ChatModel
    requests: list[GenerationRequest] = field(default_factory=list[GenerationRequest])
    n_tokens: int = 0
    n_failed: int = 0

    async def generate(
        self, request: GenerationRequest, cancel: CancelToken
    ) -> AsyncIterator[Choice]:
        """Yield the model's choices."""
        self.requests.append(request)
        async for choice in self.model.generate(request, cancel):
            self.n_tokens += choice.tokens.tokens_out
            self.n_failed += choice.finish_reason is FinishReason.ERROR
            yield choice

    async def identify(self) -> str:
        """Return the model's name."""
        return await self.model.identify()


class Contest:
    """The two sides and the server between them.

    Args:
        plan: What is measured.
        server: Where the model is.
        model: Asks it, for the engine's side.
        profile: How it is spoken to.
        tools: What the engine's side runs programs with.
        read_server_cpu_s: Returns the CPU seconds that the server has used so far.
    """

    def __init__(
        self,
        plan: ThroughputPlan,
        *,
        server: ModelServer,
        model: OpenAIChatModel,
        profile: ModelProfile,
        tools: ToolRunner,
        read_server_cpu_s: Callable[[], float],
    ) -> None:
        self._plan = plan
        self._server = server
        self._model = model
        self._profile = profile
        self._tools = Undecided(tools)
        self._read_server_cpu_s = read_server_cpu_s
        self._bodies: list[dict[str, Any]] = []

    async def measure(self) -> Measurement:
        """Warm up, run the pairs, and return the median of their ratios.

        Raises:
            RuntimeError: When the two sides did not do the same work.
        """
        # The first run also tells what the engine sends, which is what the bare client sends.
        warm_up = await self._run_searches()
        pairs: list[tuple[Side, Side]] = []
        for number in range(self._plan.n_pairs):
            # Each side goes first every other time, so that a drift favours neither.
            if number % 2:
                bare = await self._run_bare()
                engine = await self._run_searches()
            else:
                engine = await self._run_searches()
                bare = await self._run_bare()
            pairs.append((engine, bare))
        return self._judge(warm_up, pairs)

    async def _run_searches(self) -> Side:
        recorder = RecordingModel(model=self._model)
        run = TrialRun(
            model=recorder,
            tools=self._tools,
            profile=self._profile,
            samples=self._plan.samples,
            haste=1.0,
        )
        slots = asyncio.Semaphore(self._plan.n_in_flight)

        async def solve(number: int, text: str) -> None:
            async with slots:
                await run.solve(Problem(text=text, root_search_id=f"throughput-{number}"))

        async def solve_all() -> int:
            jobs = (solve(number, text) for number, text in enumerate(self._plan.problems))
            await asyncio.gather(*jobs)
            return recorder.n_tokens

        side = await self._time(solve_all)
        self._keep_bodies(recorder)
        return side

    def _keep_bodies(self, recorder: RecordingModel) -> None:
        if recorder.n_failed or len(recorder.requests) != len(self._plan.problems):
            raise RuntimeError(
                f"{len(self._plan.problems)} searches sent {len(recorder.requests)} requests, "
                f"of whose samples {recorder.n_failed} failed: the sides cannot be compared"
            )
        self._bodies = [
            build_body(
                request,
                Run(first=0, n=request.n),
                model=self._server.model,
                kind=self._profile.endpoint,
                features=ALL_FEATURES,
            )
            for request in recorder.requests
        ]

    async def _run_bare(self) -> Side:
        server = BareServer(
            base_url=self._server.root_url,
            path=build_path(self._profile.endpoint),
            api_key=self._server.api_key,
        )
        return await self._time(
            lambda: send_all(server, self._bodies, n_in_flight=self._plan.n_in_flight)
        )

    async def _time(self, work: Callable[[], Awaitable[int]]) -> Side:
        server_cpu_s, client_cpu_s = self._read_server_cpu_s(), time.process_time()
        before_s = time.perf_counter()
        tokens = await work()
        return Side(
            tokens=tokens,
            seconds=time.perf_counter() - before_s,
            client_cpu_s=time.process_time() - client_cpu_s,
            server_cpu_s=self._read_server_cpu_s() - server_cpu_s,
        )

    def _judge(self, warm_up: Side, pairs: Sequence[tuple[Side, Side]]) -> Measurement:
        ratios = [engine.rate / bare.rate for engine, bare in pairs]
        return Measurement(
            name=f"tokens per second, {self._plan.n_in_flight} searches in flight, "
            "engine over bare client",
            unit="",
            sense=Sense.AT_LEAST,
            bar=BAR_RATIO,
            figure=statistics.median(ratios),
            details={
                "spread": describe_spread(ratios),
                "searches": len(self._plan.problems),
                "samples_per_search": self._plan.samples,
                "warm_up_tokens_per_s": round_figure(warm_up.rate),
                "engine": _describe([engine for engine, _ in pairs]),
                "bare": _describe([bare for _, bare in pairs]),
            },
        )


def _describe(sides: Sequence[Side]) -> dict[str, Any]:
    return {
        "tokens_per_s": describe_spread([side.rate for side in sides]),
        "tokens": describe_spread([side.tokens for side in sides]),
        "client_cpu_s": describe_spread([side.client_cpu_s for side in sides]),
        "server_cpu_s": describe_spread([side.server_cpu_s for side in sides]),
    }
