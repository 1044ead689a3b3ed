"""What this process can run: published for the API, compared with what each job pins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain.pins import Serving
from engine.domain.profile import ModelProfile
from engine.prompts.prompt_set import PromptSet
from engine.search.registry import publish_strategies
from engine.search.strategy import Offered

UNPINNED = "unpinned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One model, as this process serves it.

    Attributes:
        profile: How it is spoken to.
        prompts: The profile's prompts.
        serving: What a job's first event pins.
    """

    profile: ModelProfile
    prompts: PromptSet
    serving: Serving

    @property
    def offered(self) -> Offered:
        """What searches can count on."""
        return Offered(
            sampling=self.profile.to_sampling(), prompts=frozenset(self.prompts.prompts)
        )

    def list_strategies(self) -> tuple[Mapping[str, Any], ...]:
        """Return the strategies as published to callers."""
        return publish_strategies(self.offered)


def make_offer(
    *, model: str, version: str, profile: ModelProfile, prompts: PromptSet, canonicaliser: str
) -> Offer:
    """Return what a process offers that reaches ``model``.

    The local stack serves each model as ``name@digest``; the digest then is the fingerprint. For
    any other server it is the operator's ``version``.
    """
    _, is_pinned, digest = model.rpartition("@")
    return Offer(
        profile=profile,
        prompts=prompts,
        serving=Serving(
            model=model,
            model_fingerprint=digest if is_pinned and version == UNPINNED else version,
            profile=profile.name,
            prompt_ids=prompts.prompt_ids(),
            canonicaliser=canonicaliser,
        ),
    )
