"""The engine as a library: solve a problem against any OpenAI-compatible server.

No queue, no database, no web: the event log lives in memory.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from engine.adapters.key_equality import KeyEquality
from engine.adapters.memory_log import InMemoryEventLog
from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, OpenAIChatModel, create_client
from engine.domain.budget import Budget
from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidBudgetError
from engine.domain.event import Event
from engine.domain.pins import Serving
from engine.domain.price import Prices
from engine.domain.problem import Problem
from engine.domain.profile import CHAT_PROFILE
from engine.domain.standing import Standing
from engine.ports import CancelReason, ChatModel
from engine.prompts.prompt_set import load_prompt_set
from engine.runner import SearchEnd, SearchPorts, SearchRequest, run_search
from engine.search.registry import DEFAULT_STRATEGY, create_algorithm
from engine.search.strategy import Offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """An answer and the whole search behind it.

    Attributes:
        end: The decision, why the search stopped, and what it spent.
        events: The event log: fold it with :func:`engine.domain.fold.fold`.
        bodies: Prompts and outputs by digest.
    """

    end: SearchEnd
    events: Sequence[Event]
    bodies: Mapping[str, bytes]

    @property
    def answer(self) -> str | None:
        """The best answer's text; ``None`` when no sample gave one."""
        return None if self.standing.answer is None else self.standing.answer.text

    @property
    def standing(self) -> Standing:
        """The votes behind it."""
        return self.end.standing


class NeverCancelled:
    """A cancel token for work that nobody can ask to stop."""

    def reason(self) -> CancelReason | None:
        """Return that the work should go on."""
        return None

    async def wait(self) -> None:
        """Wait for what never comes; the search cancels the waiting itself."""
        await asyncio.Event().wait()


async def solve(
    problem: str,
    server: ModelServer,
    *,
    strategy: str = DEFAULT_STRATEGY,
    settings: Mapping[str, JsonValue] | None = None,
    budget: Budget | None = None,
    prices: Prices | None = None,
) -> Solution:
    """Search for the answer to a problem.

    The chat profile applies: the model is asked to reason and to end with ``Answer: ...``.

    Args:
        problem: The question.
        server: An OpenAI-compatible server, and which of its models to ask.
        strategy: The name of any that needs no tool and no verifier.
        settings: The strategy's own, such as ``{"samples": 16}``.
        budget: Limits; none if absent.
        prices: What tokens cost, for a budget of money; nothing if absent.

    Raises:
        ModelUnavailableError: When the server cannot be reached.
        InvalidInputError: When the problem or a setting cannot be used.
    """
    budget, prices = budget or Budget(), prices or Prices()
    if budget.money is not None and prices.is_free:
        raise InvalidBudgetError("a budget of money needs the prices of tokens")
    prompts = load_prompt_set(CHAT_PROFILE.prompt_set)
    offered = Offered(sampling=CHAT_PROFILE.to_sampling(), prompts=frozenset(prompts.prompts))
    algorithm = create_algorithm(strategy, settings or {}, offered)
    async with create_client() as client:
        # Spreads retries over time; nothing secret hangs on it.
        rng = Random()  # noqa: S311
        served = OpenAIChatModel(server, client=client, clock=MonotonicClock(), rng=rng)
        request = SearchRequest(
            problem=Problem(text=problem, root_search_id=uuid.uuid4().hex),
            algorithm=algorithm,
            settings=algorithm.settings(),
            budget=budget,
            prices=prices,
            profile=CHAT_PROFILE,
            prompts=prompts,
            serving=_to_serving(await served.identify()),
        )
        return await _search(request, served)


async def _search(request: SearchRequest, model: ChatModel) -> Solution:
    log = InMemoryEventLog(request.problem.root_search_id)
    ports = SearchPorts(
        model=model, tools=None, equality=KeyEquality(), log=log, clock=MonotonicClock()
    )
    end = await run_search(request, ports, NeverCancelled())
    return Solution(end=end, events=tuple(log.events), bodies=log.bodies)


def _to_serving(model: str) -> Serving:
    return Serving(
        model=model,
        model_fingerprint="unpinned",
        profile=CHAT_PROFILE.name,
        prompt_ids=load_prompt_set(CHAT_PROFILE.prompt_set).prompt_ids(),
        canonicaliser=KeyEquality().canonicaliser,
    )
