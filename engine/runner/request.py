"""What a search is run with, and what it ends with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.budget import Budget, Spent
from engine.domain.canonical import JsonValue
from engine.domain.pins import Pins, Serving
from engine.domain.price import Prices
from engine.domain.problem import Problem
from engine.domain.profile import ModelProfile
from engine.domain.standing import SolveOutcome, Standing, StopReason
from engine.ports import ChatModel, Clock, Equality, EventLog, ToolRunner, Verifier
from engine.prompts.prompt_set import PromptSet


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One search to run, or to go on with.

    Attributes:
        problem: What is asked.
        algorithm: The search, holding its settings.
        settings: The settings as callers name them, pinned in event 1.
        budget: Limits.
        prices: What tokens cost, for a search without a job; a job's are pinned by its event 1.
        profile: How the model is spoken to.
        prompts: The profile's prompts.
        serving: What this process offers; must equal what event 1 pinned.
        deadline_ms: Milliseconds left until the job's deadline; ``None`` for none.
        max_in_flight: Most samples of this search at the model server at once.
        request_timeout_s: Longest time for one request, retries included.
        tools_text: The tools on offer, described for the prompts that tell of them, or named for
            those that know them; empty where the server does so.
        tools: The same for the server, as function calling describes them; empty where the prompt
            tells of them.
        calibrate: Turns a standing with its evidence into the one that is shown and committed,
            with its confidence and whether it is verified; ``None`` leaves it as it is.
    """

    problem: Problem
    algorithm: Algorithm[Any]
    settings: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    budget: Budget = field(default_factory=Budget)
    prices: Prices = field(default_factory=Prices)
    profile: ModelProfile
    prompts: PromptSet
    serving: Serving
    deadline_ms: int | None = None
    max_in_flight: int = 64
    request_timeout_s: float = 300.0
    tools_text: str = ""
    tools: tuple[Mapping[str, Any], ...] = ()
    calibrate: Callable[[Standing], Standing] | None = None

    def to_pins(self) -> Pins:
        """Return what event 1 pins for this request."""
        return Pins(
            algorithm=self.algorithm.name,
            algorithm_version=self.algorithm.version,
            settings=self.settings,
            root_search_id=self.problem.root_search_id,
            seed=self.problem.seed,
            serving=self.serving,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPorts:
    """The world, as the search sees it.

    Attributes:
        model: Draws samples.
        tools: Runs programs and calls; ``None`` where no tool is offered.
        equality: Decides which answers mean the same.
        log: The search's event log.
        clock: This process's time.
        verifier: Scores paths; ``None`` where none is served.
    """

    model: ChatModel
    tools: ToolRunner | None
    equality: Equality
    log: EventLog
    clock: Clock
    verifier: Verifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEnd:
    """How a run of a search ended.

    Attributes:
        standing: The decision.
        stop_reason: Why it stopped; ``None`` when it was interrupted and another run goes on.
        spent: What the search has used, earlier attempts included.
        last_seq: Number of the last event.
    """

    standing: Standing
    stop_reason: StopReason | None
    spent: Spent
    last_seq: int

    @property
    def is_interrupted(self) -> bool:
        """Whether the search is unfinished and its log may be taken up by another run."""
        return self.stop_reason is None

    @property
    def outcome(self) -> SolveOutcome:
        """What the search has to show. Agreement alone verifies nothing."""
        return self.standing.outcome
