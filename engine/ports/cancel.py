"""How work is asked to end."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


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
