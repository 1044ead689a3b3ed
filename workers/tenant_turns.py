"""Which tenant's turn it is, by the tokens that each has had: pure.

Start-time fair queueing (Goyal, Vin and Cheng 1996) over several slots at once (SFQ(D), Jin, Chase
and Kaur 2004). Each tenant has a mark, which rises by what it is granted; of those that wait, the
one with the lowest is next. The line has a mark too, that of the last grant. Who begins to wait
stands no further back than that: it saved nothing up. While one waits, no other is granted more
than it is, but for the dearest request of each (theorem 1 of the paper of 1996).
"""

from __future__ import annotations

from engine.domain.ids import TenantId


class TenantTurns:
    """The tenants that wait, and how many tokens each is ahead or behind."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._mark = 0.0
        self._marks: dict[TenantId, float] = {}
        self._waiting: dict[TenantId, None] = {}

    def join(self, tenant_id: TenantId) -> None:
        """Let a tenant wait; nothing happens if it does already."""
        if tenant_id not in self._waiting:
            self._waiting[tenant_id] = None
            self._marks[tenant_id] = max(self._mark, self._marks.get(tenant_id, 0.0))

    def leave(self, tenant_id: TenantId) -> None:
        """Let a tenant wait no longer; what it has had beyond the others stays on its account."""
        self._waiting.pop(tenant_id, None)

    def find_next(self) -> TenantId | None:
        """Return whose turn it is; of equals, who has waited longest."""
        return min(self._waiting, key=self._marks.__getitem__, default=None)

    def pay(self, tenant_id: TenantId, n_tokens: float) -> None:
        """Count what a tenant that waits is granted now."""
        self._mark = self._marks[tenant_id]
        self._marks[tenant_id] += n_tokens
        if tenant_id in self._waiting:
            # Of tenants with equal marks, the one that was just served is the last.
            self._waiting[tenant_id] = self._waiting.pop(tenant_id)
        self._forget()

    def _forget(self) -> None:
        # Who is no longer ahead would begin at the line's mark in any case.
        self._marks = {
            tenant_id: mark
            for tenant_id, mark in self._marks.items()
            if mark > self._mark or tenant_id in self._waiting
        }
