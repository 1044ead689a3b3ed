"""Whose samples go to the model server next, when more are wanted than fit: pure.

Between tenants: deficit round robin (Shreedhar and Varghese 1995), in expected tokens. Each tenant
that waits is credited a quantum when its turn comes, and served for as long as it can pay; so in
the long run each has had as many tokens as any other that wanted them, however many searches it
runs.

Among one tenant's searches: the one whose answer is the least settled per token. How unsettled is
the probability that the runner-up is in truth the more frequent answer; a search without a vote
knows nothing, and comes first. What one more sample costs is the mean of the search's samples so
far. That order alone could hold a nearly settled search up for as long as new ones come, so each
fourth grant goes to whoever has waited longest.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.domain.ids import TenantId

QUANTUM_TOKENS = 4096.0
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

    def __init__(self, quantum_tokens: float = QUANTUM_TOKENS) -> None:
        """Begin with nobody waiting.

        Args:
            quantum_tokens: What a tenant is credited a turn. Small values interleave the tenants
                more finely, and are as fair in the long run.
        """
        self._quantum = quantum_tokens
        self._waiting: dict[TenantId, dict[SlotRequest, int]] = {}
        self._turns: deque[TenantId] = deque()
        self._credit: dict[TenantId, float] = {}
        self._n_served: dict[TenantId, int] = {}
        self._numbers = itertools.count()

    def __len__(self) -> int:
        """Return how many requests wait."""
        return sum(len(requests) for requests in self._waiting.values())

    def put(self, request: SlotRequest) -> None:
        """Let a request wait."""
        tenant_id = request.tenant_id
        if tenant_id not in self._waiting:
            self._waiting[tenant_id] = {}
            self._turns.append(tenant_id)
            self._credit[tenant_id] = 0.0
        self._waiting[tenant_id][request] = next(self._numbers)

    def choose(self) -> SlotRequest | None:
        """Return the request that is next; the same one again if nothing has changed."""
        chosen: dict[TenantId, SlotRequest] = {}
        while self._turns:
            tenant_id = self._turns[0]
            if tenant_id not in chosen:
                chosen[tenant_id] = self._choose_of(tenant_id)
            if chosen[tenant_id].cost <= self._credit[tenant_id]:
                return chosen[tenant_id]
            self._turns.rotate(-1)
            self._credit[self._turns[0]] += self._quantum
        return None

    def serve(self, request: SlotRequest) -> None:
        """Take a request out that is granted now, and let its tenant pay for it."""
        tenant_id = request.tenant_id
        self._credit[tenant_id] -= request.cost
        self._n_served[tenant_id] = self._n_served.get(tenant_id, 0) + 1
        self.drop(request)

    def drop(self, request: SlotRequest) -> None:
        """Take a request out; nothing happens if it does not wait."""
        requests = self._waiting.get(request.tenant_id, {})
        requests.pop(request, None)
        if not requests and request.tenant_id in self._waiting:
            self._forget(request.tenant_id)

    def _choose_of(self, tenant_id: TenantId) -> SlotRequest:
        waiting = self._waiting[tenant_id]
        is_patients_turn = (self._n_served.get(tenant_id, 0) + 1) % PATIENT_EVERY == 0
        if is_patients_turn:
            return _find_first(waiting)
        return max(waiting, key=lambda request: (request.value, -waiting[request]))

    def _forget(self, tenant_id: TenantId) -> None:
        # Who does not wait saves nothing up.
        for kept in (self._waiting, self._credit, self._n_served):
            kept.pop(tenant_id, None)
        self._turns.remove(tenant_id)


def _find_first(waiting: Iterable[SlotRequest]) -> SlotRequest:
    return next(iter(waiting))
