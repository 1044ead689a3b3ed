"""What this process can run: published for the API, compared with what each job pins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from engine.answers.call_description import describe_tools
from engine.domain.pins import Serving
from engine.domain.profile import AnswerProtocol, ModelProfile, ToolProtocol
from engine.ports import Equality
from engine.prompts.prompt_set import PromptSet
from engine.route.policy import AgreementPolicy
from engine.search.registry import publish_strategies
from engine.search.strategy import Offered
from engine.verify.assessment import Assessment
from tools.registry import ToolRegistry
from workers.verifier import FoundVerifier, VerifierFinder

UNPINNED = "unpinned"
NONE = "none"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One model, as this process serves it.

    Attributes:
        profile: How it is spoken to.
        prompts: The profile's prompts.
        serving: What a job's first event pins.
        verifier: Judges answers; ``None`` where nothing can.
        assessment: How sure the answers are, and which to stand by.
        tools: Names of the tools that can be called.
        tools_text: The same tools, described for the prompts that tell of them, or named for those
            that know them; empty where the server does so.
        native_tools: The same tools for a server that tells of them, as function calling
            describes them; empty where the prompt does so.
    """

    profile: ModelProfile
    prompts: PromptSet
    serving: Serving
    verifier: FoundVerifier | None = None
    assessment: Assessment = field(default_factory=Assessment)
    tools: frozenset[str] = frozenset()
    tools_text: str = ""
    native_tools: tuple[Mapping[str, Any], ...] = ()

    @property
    def offered(self) -> Offered:
        """What searches can count on."""
        return Offered(
            sampling=self.profile.to_sampling(),
            prompts=frozenset(self.prompts.prompts),
            tools=self.tools,
            has_verifier=self.verifier is not None,
            answers_by_program=self.profile.answer_protocol is AnswerProtocol.PROGRAM,
            policy=AgreementPolicy(),
        )

    def assess_for(self, algorithm: str) -> Assessment:
        """Return how the answers of one strategy are assessed.

        A calibrator speaks only for the strategies that it was fitted on.
        """
        calibrator = self.assessment.calibrator
        if calibrator is None or not calibrator.fitting.algorithms:
            return self.assessment
        if algorithm in calibrator.fitting.algorithms:
            return self.assessment
        return replace(self.assessment, calibrator=None)

    def list_strategies(self) -> tuple[Mapping[str, Any], ...]:
        """Return the strategies as published to callers."""
        return publish_strategies(self.offered)


async def _open_no_tools() -> ToolRegistry:
    return ToolRegistry({})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMaker:
    """Says what a process offers, once it knows the model.

    Attributes:
        version: The operator's version of an outside model.
        profile: How the model is spoken to.
        prompts: The profile's prompts.
        equality: Decides which answers mean the same; it may do so better once the tools are open.
        finder: Looks for the verifier.
        assessment: How answers are assessed.
        open_tools: Returns what searches can call, once it can be.
    """

    version: str
    profile: ModelProfile
    prompts: PromptSet
    equality: Equality
    finder: VerifierFinder
    assessment: Assessment
    open_tools: Callable[[], Awaitable[ToolRegistry]] = _open_no_tools

    async def make(self, *, model: str) -> Offer:
        """Return what is offered with ``model``.

        Raises:
            ModelError: When the verifier's server does not answer; another time it may.
        """
        tools = await self.open_tools()
        offer = make_offer(
            model=model,
            version=self.version,
            profile=self.profile,
            prompts=self.prompts,
            canonicaliser=self.equality.canonicaliser,
            verifier=await self.finder.find(model),
            assessment=self.assessment,
        )
        schemas, names = tools.list_schemas(), frozenset(tools.names)
        if self.profile.tool_protocol is ToolProtocol.NATIVE:
            return replace(offer, tools=names, native_tools=tuple(schemas))
        # A model with a form of its own for calls knows its tools by name.
        named = self.prompts.tells_by_name
        told = " ".join(sorted(names)) if named else describe_tools(schemas)
        return replace(offer, tools=names, tools_text=told)


def make_offer(  # noqa: PLR0913 - one argument for each thing that is offered
    *,
    model: str,
    version: str,
    profile: ModelProfile,
    prompts: PromptSet,
    canonicaliser: str,
    verifier: FoundVerifier | None = None,
    assessment: Assessment | None = None,
) -> Offer:
    """Return what a process offers that reaches ``model``.

    The local stack serves each model as ``name@digest``; the digest then is the fingerprint. For
    any other server it is the operator's ``version``. A calibrator that was fitted on another
    model's answers is left out: its figures would say nothing about this one's.
    """
    _, is_pinned, digest = model.rpartition("@")
    fingerprint = digest if is_pinned and version == UNPINNED else version
    assessed = _suit(assessment or Assessment(), fingerprint, verifier)
    return Offer(
        profile=profile,
        prompts=prompts,
        serving=Serving(
            model=model,
            model_fingerprint=fingerprint,
            profile=profile.name,
            prompt_ids=prompts.prompt_ids(),
            canonicaliser=canonicaliser,
            calibrator=NONE if assessed.calibrator is None else assessed.calibrator.version,
            verifier=NONE if verifier is None else verifier.version,
        ),
        verifier=verifier,
        assessment=assessed,
    )


def _suit(assessment: Assessment, fingerprint: str, verifier: FoundVerifier | None) -> Assessment:
    """Return the assessment without what does not go with this model and this verifier."""
    calibrator, policy = assessment.calibrator, assessment.policy
    if calibrator is not None and calibrator.fitting.model_fingerprint != fingerprint:
        _log.warning(
            "calibrator_unusable",
            calibrator=calibrator.version,
            fitted_on=calibrator.fitting.model_fingerprint,
            served=fingerprint,
        )
        calibrator = None
    if verifier is None or not verifier.is_trained:
        policy = replace(policy, min_score=None)
    return replace(assessment, calibrator=calibrator, policy=policy)
