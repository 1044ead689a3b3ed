"""A classification server as verifier: vLLM's pooling runner with a published reward model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine.adapters.verifier_batch import Batch, judge_in_batches
from engine.adapters.verifier_http import VerifierHttp
from engine.domain.canonical import canonical_bytes, digest
from engine.ports import CancelToken, Claim, Judgement
from engine.verify.profile import ClaimForm, ScoreEndpoint, VerifierProfile
from engine.verify.score_reply import UNREADABLE, Reading, read_scores

BATCH_CLAIMS = 32
DIGEST_CHARS = 8
# Under which name each endpoint gives a text's scores.
FIELDS = {ScoreEndpoint.CLASSIFY: "probs", ScoreEndpoint.POOLING: "data"}


class ClassifyVerifier:
    """The port ``Verifier`` over ``/classify`` or ``/pooling``.

    Many texts go out in one request; a chat goes alone.
    """

    def __init__(self, http: VerifierHttp, profile: VerifierProfile) -> None:
        """Speak to the server's model as the profile says."""
        self._http = http
        self._profile = profile

    @property
    def version(self) -> str:
        """The model, and how it is spoken to."""
        how = digest(canonical_bytes(asdict(self._profile)))[:DIGEST_CHARS]
        return f"{self._profile.endpoint}:{self._http.model}:{self._profile.name}-{how}"

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return each claim's probability of being right; see the port."""
        size = 1 if self._profile.form is ClaimForm.CHAT else BATCH_CLAIMS
        return await judge_in_batches(claims, cancel, self._ask, size=size)

    async def _ask(self, batch: Batch) -> Sequence[Reading]:
        path = f"/{self._profile.endpoint}"
        rows = _find_rows(await self._http.post(path, self._body(batch), batch), self._profile)
        return [
            read_scores(rows[index], self._profile, len(claim.steps))
            if index in rows
            else Reading(error=UNREADABLE)
            for index, claim in enumerate(batch.claims)
        ]

    def _body(self, batch: Batch) -> dict[str, Any]:
        if self._profile.form is ClaimForm.TEXT:
            return {"input": [self._profile.render_text(claim) for claim in batch.claims]}
        (claim,) = batch.claims
        messages = self._profile.render_messages(claim)
        return {"messages": [asdict(message) for message in messages]}


def _find_rows(reply: Mapping[str, Any], profile: VerifierProfile) -> dict[int, Any]:
    """Return each text's probabilities by its index; whatever cannot be read lacks."""
    field = FIELDS[profile.endpoint]
    rows: dict[int, Any] = {}
    try:
        for place, item in enumerate(reply["data"]):
            rows[int(item.get("index", place))] = item[field]
    except (KeyError, TypeError, ValueError, AttributeError):
        return rows
    return rows
