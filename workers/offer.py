"""What this process can run: published for the API, compared with what each job pins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from engine.answers.call_description import describe_tools
from engine.domain.pins import Serving
from engine.domain.profile import AnswerProtocol, ModelProfile, ToolProtocol
from engine.domain.verifier_kind import VerifierKind
from engine.ports import Equality
from engine.prompts.prompt_set import PromptSet
from engine.route.policy import AgreementPolicy
from engine.search.registry import publish_strategies
from engine.search.strategy import Offered
from engine.verify.assessment import Assessment
from tools.registry import ToolRegistry
from workers.verifier import NONE, FoundVerifier, VerifierFinder, read_version

UNPINNED = "unpinned"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One model, as this process serves it, with one verifier.

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
        is_default: Whether its verifier is the one of searches that ask for none by name.
        others: The same model with each other verifier that a search may ask for.
    """

    profile: ModelProfile
    prompts: PromptSet
    serving: Serving
    verifier: FoundVerifier | None = None
    assessment: Assessment = field(default_factory=Assessment)
    tools: frozenset[str] = frozenset()
    tools_text: str = ""
    native_tools: tuple[Mapping[str, Any], ...] = ()
    is_default: bool = True
    others: tuple[Offer, ...] = ()

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

    def judged_by(self, version: str) -> Offer:
        """Return the offer with the verifier that a job pins.

        Where it is not served any more this is the default's, which a search that pins another
        refuses.
        """
        each = (self, *self.others)
        return next((one for one in each if one.serving.verifier == version), self)

    def assess_for(self, algorithm: str, *, is_judged: bool = False) -> Assessment:
        """Return how the answers of one strategy are assessed.

        A calibrator speaks only for the strategies that it was fitted on, and where scores decide
        (``is_judged``) for those of the default verifier: another one's vote is another vote.
        """
        calibrator = self.assessment.calibrator
        if calibrator is None:
            return self.assessment
        is_of_other = bool(calibrator.fitting.algorithms) and (
            algorithm not in calibrator.fitting.algorithms
        )
        if is_of_other or (is_judged and not self.is_default):
            return replace(self.assessment, calibrator=None)
        return self.assessment

    def list_verifiers(self) -> tuple[Mapping[str, Any], ...]:
        """Return the verifiers as published to callers, the default first.

        Strategies stand beside one that makes them others than :meth:`list_strategies` says.
        """
        own = self.list_strategies()
        return tuple(
            {
                "name": one.verifier.kind.value if one.verifier else VerifierKind.NONE.value,
                "version": one.serving.verifier,
                "is_default": one.is_default,
                "is_trained": one.verifier is not None and one.verifier.is_trained,
                **({} if (listed := one.list_strategies()) == own else {"strategies": listed}),
            }
            for one in (self, *self.others)
        )

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
        finder: Looks for the verifiers.
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
        own, *others = await self.finder.find_each(model)
        offer = make_offer(
            model=model,
            version=self.version,
            profile=self.profile,
            prompts=self.prompts,
            canonicaliser=self.equality.canonicaliser,
            verifier=own,
            others=others,
            assessment=self.assessment,
        )
        equipped = tuple(self._equip(one, tools) for one in offer.others)
        return replace(self._equip(offer, tools), others=equipped)

    def _equip(self, offer: Offer, tools: ToolRegistry) -> Offer:
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
    others: Sequence[FoundVerifier | None] = (),
    assessment: Assessment | None = None,
) -> Offer:
    """Return what a process offers that reaches ``model``.

    The local stack serves each model as ``name@digest``; the digest then is the fingerprint. For
    any other server it is the operator's ``version``. A calibrator that was fitted on another
    model's answers is left out: its figures would say nothing about this one's. ``verifier``
    judges, unless a search asks for one of ``others``.
    """
    _, is_pinned, digest = model.rpartition("@")
    fingerprint = digest if is_pinned and version == UNPINNED else version
    assessed = _suit_model(assessment or Assessment(), fingerprint)
    unjudged = Offer(
        profile=profile,
        prompts=prompts,
        serving=Serving(
            model=model,
            model_fingerprint=fingerprint,
            profile=profile.name,
            prompt_ids=prompts.prompt_ids(),
            canonicaliser=canonicaliser,
            calibrator=NONE if assessed.calibrator is None else assessed.calibrator.version,
        ),
        assessment=assessed,
    )
    return replace(
        _judge_by(unjudged, verifier),
        others=tuple(replace(_judge_by(unjudged, one), is_default=False) for one in others),
    )


def _judge_by(offer: Offer, verifier: FoundVerifier | None) -> Offer:
    """Return the offer with a verifier, whose word verifies an answer only if it was trained."""
    assessment = offer.assessment
    if verifier is None or not verifier.is_trained:
        assessment = replace(assessment, policy=replace(assessment.policy, min_score=None))
    return replace(
        offer,
        verifier=verifier,
        serving=replace(offer.serving, verifier=read_version(verifier)),
        assessment=assessment,
    )


def _suit_model(assessment: Assessment, fingerprint: str) -> Assessment:
    """Return the assessment without a calibrator of another model."""
    calibrator = assessment.calibrator
    if calibrator is None or calibrator.fitting.model_fingerprint == fingerprint:
        return assessment
    _log.warning(
        "calibrator_unusable",
        calibrator=calibrator.version,
        fitted_on=calibrator.fitting.model_fingerprint,
        served=fingerprint,
    )
    return replace(assessment, calibrator=None)
