"""Whose samples go to the model server next, when more are wanted than fit: pure.

Between tenants: start-time fair queueing in expected tokens (``workers.tenant_turns``). Next is
whoever has had the fewest of late, so each has as many tokens as any other that wants them,
however many searches it runs. One that wants less than its share waits for one request of each
other at most.

Among one tenant's searches: the one whose answer is the least settled per token. How unsettled is
the probability that the runner-up is in truth the more frequent answer; a search without a vote
knows nothing, and comes first. What one more sample costs is the mean of the search's samples so
far. That order alone could hold a nearly settled search up for as long as new ones come, so each
fourth grant goes to whoever has waited longest.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.domain.ids import TenantId
from workers.tenant_turns import TenantTurns

PATIENT_EVERY = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlotRequest:
    """Samples that a search waits to have drawn.

    Attributes:
        tenant_id: Whose search.
        n_slots: How many it asks for; they are granted together.
        doubt: Returns how unsettled the search is now, in [0, 1].
        sample_tokens: Returns the tokens that one of its samples is expected to take.
    """

    tenant_id: TenantId
    n_slots: int
    doubt: Callable[[], float]
    sample_tokens: Callable[[], float]

    @property
    def value(self) -> float:
        """How unsettled the search is, per token of a further sample."""
        return self.doubt() / max(1.0, self.sample_tokens())

    @property
    def cost(self) -> float:
        """Tokens that the request is expected to take."""
        return self.n_slots * max(1.0, self.sample_tokens())


class SlotOrder:
    """The requests that wait. :meth:`choose` says which is next, :meth:`serve` takes it out."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._turns = TenantTurns()
        self._waiting: dict[TenantId, dict[SlotRequest, int]] = {}
        self._n_served: dict[TenantId, int] = {}
        self._numbers = itertools.count()

    def __len__(self) -> int:
        """Return how many requests wait."""
        return sum(len(requests) for requests in self._waiting.values())

    def put(self, request: SlotRequest) -> None:
        """Let a request wait."""
        self._turns.join(request.tenant_id)
        self._waiting.setdefault(request.tenant_id, {})[request] = next(self._numbers)

    def choose(self) -> SlotRequest | None:
        """Return the request that is next; the same one again if nothing has changed."""
        tenant_id = self._turns.find_next()
        return None if tenant_id is None else self._choose_of(tenant_id)

    def serve(self, request: SlotRequest) -> None:
        """Take a request out that is granted now, and let its tenant pay for it."""
        tenant_id = request.tenant_id
        self._turns.pay(tenant_id, request.cost)
        self._n_served[tenant_id] = self._n_served.get(tenant_id, 0) + 1
        self.drop(request)

    def drop(self, request: SlotRequest) -> None:
        """Take a request out; nothing happens if it does not wait."""
        requests = self._waiting.get(request.tenant_id, {})
        requests.pop(request, None)
        if not requests and request.tenant_id in self._waiting:
            self._turns.leave(request.tenant_id)
            del self._waiting[request.tenant_id]
            self._n_served.pop(request.tenant_id, None)

    def _choose_of(self, tenant_id: TenantId) -> SlotRequest:
        waiting = self._waiting[tenant_id]
        is_patients_turn = (self._n_served.get(tenant_id, 0) + 1) % PATIENT_EVERY == 0
        if is_patients_turn:
            return _find_first(waiting)
        return max(waiting, key=lambda request: (request.value, -waiting[request]))


def _find_first(waiting: Iterable[SlotRequest]) -> SlotRequest:
    return next(iter(waiting))
