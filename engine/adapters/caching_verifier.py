"""Judgements by content: the same claim is never paid for twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from engine.domain.canonical import canonical_bytes, digest
from engine.domain.outcome import TokenUse
from engine.domain.verdict import Verdict
from engine.ports import CancelToken, Claim, Judgement, Verifier

MAX_ENTRIES = 20_000


class JudgementCache:
    """The judgements of one process, the least recently used of which are forgotten.

    Each belongs to a scope, such as a tenant: nobody learns from an answer's speed what another
    has asked.
    """

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        """Begin empty."""
        self._max_entries = max_entries
        self._kept: OrderedDict[str, Judgement] = OrderedDict()

    def find(self, key: str) -> Judgement | None:
        """Return what is kept under a key."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def keep(self, key: str, judgement: Judgement) -> None:
        """Keep a judgement, which from now on costs nothing."""
        self._kept[key] = replace(judgement, tokens=TokenUse(), model_calls=0)
        self._kept.move_to_end(key)
        while len(self._kept) > self._max_entries:
            self._kept.popitem(last=False)


class CachingVerifier:
    """The port ``Verifier``: asks another only about what is not known yet.

    The key is a digest of the scope, the verifier's version and the claim. What could not be
    judged is not kept: it may be judged the next time.
    """

    def __init__(self, verifier: Verifier, cache: JudgementCache, *, scope: str) -> None:
        """Keep the judgements of ``verifier`` in ``cache``."""
        self._verifier = verifier
        self._cache = cache
        self._scope = scope

    @property
    def version(self) -> str:
        """The version of the verifier that is asked."""
        return self._verifier.version

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return one judgement a claim; see the port. Equal claims are asked about once."""
        keys = [self._key(claim) for claim in claims]
        known = {key: found for key in keys if (found := self._cache.find(key)) is not None}
        wanted = {key: claim for key, claim in zip(keys, claims, strict=True) if key not in known}
        if not wanted:
            return [known[key] for key in keys]
        fresh = dict(
            zip(wanted, await self._verifier.judge(tuple(wanted.values()), cancel), strict=True)
        )
        for key, judgement in fresh.items():
            if _is_judged(judgement):
                self._cache.keep(key, judgement)
        return _spread(keys, known, fresh)

    def _key(self, claim: Claim) -> str:
        content = (self._scope, self.version, claim.problem, claim.steps, claim.answer)
        return digest(canonical_bytes(content))


def _spread(
    keys: Sequence[str], known: dict[str, Judgement], fresh: dict[str, Judgement]
) -> list[Judgement]:
    """Return the judgements in the claims' order; a repeated claim's cost is told once."""
    told = dict(known)
    spread: list[Judgement] = []
    for key in keys:
        if key not in told:
            told[key] = replace(fresh[key], tokens=TokenUse(), model_calls=0)
            spread.append(fresh[key])
        else:
            spread.append(told[key])
    return spread


def _is_judged(judgement: Judgement) -> bool:
    return judgement.score is not None or judgement.verdict is not Verdict.UNCHECKED
