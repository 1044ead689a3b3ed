"""Identities and seeds, all derived from the root search id.

A fork or an extension keeps its parent's root search id, hence the nodes it inherits keep their
names and the samples it repeats keep their seeds.
"""

from __future__ import annotations

import hashlib
from typing import NewType

JobId = NewType("JobId", str)
TenantId = NewType("TenantId", str)
NodeId = NewType("NodeId", str)
TrialId = NewType("TrialId", str)
GroupId = NewType("GroupId", str)

ID_HEX_DIGITS = 16
# Seeds stay below 2**53 so that every JSON reader keeps them exact; one bit is left for "+ index".
SEED_BITS = 52


def derive_id(root_search_id: str, *parts: str | int) -> str:
    """Return the 16 hex digits that name a part of a search."""
    return _hash(root_search_id, *parts).hex()[:ID_HEX_DIGITS]


def derive_seed(root_search_id: str, seed: int, *parts: str | int) -> int:
    """Return a group's seed, below 2**52; trial ``i`` of the group uses this plus ``i``."""
    raw = _hash(root_search_id, seed, *parts)
    return int.from_bytes(raw[:8], "big") >> (64 - SEED_BITS)


def _hash(*parts: str | int) -> bytes:
    # A unit separator keeps ("a", "bc") apart from ("ab", "c").
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest()
