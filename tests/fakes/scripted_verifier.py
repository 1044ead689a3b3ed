"""A verifier that judges as it was told to, at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.ports import CancelToken, Claim, Judgement

# What a script says of one claim: its score, `None` for one that it cannot judge, or the whole
# judgement where more than that matters.
Script = Callable[[Claim], "float | Judgement | None"]


@dataclass(slots=True)
class ScriptedVerifier:
    """Implements the port `Verifier` with no server and no latency.

    The calls are kept, each with the claims that it asked about.
    """

    script: Script
    name: str = "scripted@1"
    calls: list[tuple[Claim, ...]] = field(default_factory=list)

    @property
    def version(self) -> str:
        return self.name

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        if cancel.reason() is not None:
            return [Judgement(error="cancelled before it was judged") for _ in claims]
        if claims:
            self.calls.append(tuple(claims))
        return [self._judge(claim, is_first=not place) for place, claim in enumerate(claims)]

    def _judge(self, claim: Claim, *, is_first: bool) -> Judgement:
        said = self.script(claim)
        if isinstance(said, Judgement):
            return said
        error = "the script cannot judge this" if said is None else None
        return Judgement(score=said, error=error, model_calls=int(is_first))
