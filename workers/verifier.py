"""Finds the verifier that the settings ask for, or what takes its place, and all others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from engine.adapters.caching_verifier import CachingVerifier, JudgementCache
from engine.adapters.checked_verifier import CheckedVerifier
from engine.adapters.classify_verifier import ClassifyVerifier
from engine.adapters.label_verifier import LabelVerifier, Question, Rendered
from engine.adapters.openai_http import ModelServer
from engine.adapters.shape_verifier import ShapeVerifier
from engine.adapters.stepwise_verifier import StepwiseVerifier
from engine.adapters.verifier_http import VerifierHttp
from engine.config import Settings
from engine.domain.aggregation import Aggregation
from engine.domain.errors import ModelUnavailableError
from engine.domain.ids import TenantId
from engine.domain.profile import ModelProfile
from engine.domain.verifier_kind import VerifierKind
from engine.ports import CancelReason, Claim, Verifier
from engine.prompts.prompt_set import PromptSet
from engine.verify.profile import VerifierProfile
from engine.verify.shape_model import ShapeModel

JUDGE_PROMPT = "judge"
NONE = "none"
# Whoever scores this speaks as it was spoken to.
FIRST_CLAIM = Claim(problem="What is 1 + 1?", steps=("1 + 1 = 2",), answer="2")
# Under this name the local stack serves the adapter that was trained to verify.
VERIFIER_MODEL = "verifier"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVerifier:
    """What judges answers here.

    Attributes:
        verifier: Judges claims of anybody; searches take it for one tenant.
        cache: What it has judged.
        kind: The name by which callers choose it.
        aggregation: How the scores of a path's beginnings become one; ``LAST`` judges it once.
        is_trained: Whether its word verifies an answer: that of a model about itself does not.
        note: What the log of a search that uses it has to say, if anything.
        checks: What is run beside it, with a veto.
    """

    verifier: Verifier
    cache: JudgementCache
    kind: VerifierKind = VerifierKind.LABEL
    aggregation: Aggregation = Aggregation.LAST
    is_trained: bool = True
    note: str | None = None
    checks: tuple[Verifier, ...] = ()

    @property
    def version(self) -> str:
        """What event 1 pins."""
        return self.to_tenant(TenantId("")).version

    def to_tenant(self, tenant_id: TenantId) -> Verifier:
        """Return the verifier as a tenant's searches use it."""
        verifier: Verifier = CachingVerifier(self.verifier, self.cache, scope=tenant_id)
        if self.aggregation is not Aggregation.LAST:
            verifier = StepwiseVerifier(verifier, self.aggregation)
        return CheckedVerifier(verifier, self.checks) if self.checks else verifier


def read_version(found: FoundVerifier | None) -> str:
    """Return what event 1 pins of what judges, or that nothing does."""
    return NONE if found is None else found.version


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierFinder:
    """Looks for a verifier.

    Attributes:
        settings: Which one is wanted.
        profile: How the base model is spoken to.
        prompts: Its prompts.
        verifier_profile: How the verifier is spoken to.
        connect: Opens a model at its server.
        shape: What judges the shape of programs, if there is one.
        checks: What is run beside it, with a veto.
    """

    settings: Settings
    profile: ModelProfile
    prompts: PromptSet
    verifier_profile: VerifierProfile
    connect: Callable[[ModelServer], VerifierHttp]
    shape: ShapeModel | None = None
    checks: tuple[Verifier, ...] = ()

    async def find(self, base_model: str) -> FoundVerifier | None:
        """Return the verifier beside a base model; ``None`` where nothing can judge.

        Raises:
            ModelError: When the verifier's server does not answer; another time it may.
        """
        match self.settings.verifier_kind:
            case VerifierKind.NONE:
                return None
            case VerifierKind.SELF:
                return self._judge_itself(base_model, note=None)
            case VerifierKind.SHAPE:
                return self._judge_by_shape()
            case kind:
                return await self._find_served(VerifierKind(kind), base_model)

    async def find_each(self, base_model: str) -> tuple[FoundVerifier | None, ...]:
        """Return each verifier that can be had beside a base model, the settings' own first.

        Among them is ``None``, once: that nothing judges can always be had. One that comes to the
        same as another is left out.

        Raises:
            ModelError: When a server that the settings name does not answer; a job may wait for
                the verifier there.
        """
        each = [await self.find(base_model)]
        others = (
            *await self._find_others_served(),
            None if self.shape is None else self._judge_by_shape(),
            self._judge_itself(base_model, note=None),
        )
        for other in (*(one for one in others if one is not None), None):
            if read_version(other) not in map(read_version, each):
                each.append(other)
        return tuple(each)

    async def _find_served(self, kind: VerifierKind, base_model: str) -> FoundVerifier | None:
        server = self._server()
        names = await self._list_models(server)
        name = self._pick(kind, names)
        if name is None:
            wanted = self.settings.verifier_model or VERIFIER_MODEL
            note = f"no model {wanted!r} is served at {server.root_url}: the base model judges"
            return self._judge_itself(base_model, note=note)
        return self._connect(kind, replace(server, model=name))

    async def _find_others_served(self) -> tuple[FoundVerifier | None, ...]:
        """Return what another ``SVEND_VERIFIER_KIND`` would find at the servers that there are.

        A server speaks one way: as the settings say, else as it answers to a first claim.
        """
        kind, url = self.settings.verifier_kind, self.settings.verifier_url
        if kind == VerifierKind.LABEL or (kind == VerifierKind.CLASSIFY and not url):
            return ()
        if not url:
            return (await self._find_other(VerifierKind.LABEL),)
        if kind == VerifierKind.CLASSIFY:
            return (await self._find_beside(),)
        classifying = await self._find_other(VerifierKind.CLASSIFY)
        if classifying is not None and await _answers(classifying):
            return (await self._find_beside(), classifying)
        return (await self._find_other(VerifierKind.LABEL),)

    async def _find_other(self, kind: VerifierKind) -> FoundVerifier | None:
        server = self._server()
        name = self._pick(kind, await self._list_models(server))
        return None if name is None else self._connect(kind, replace(server, model=name))

    async def _find_beside(self) -> FoundVerifier | None:
        """Return the adapter beside the model, while the settings' server is another."""
        server = self._base_server()
        name = _find_adapter(await self._list_models(server))
        found = name and self._connect(VerifierKind.LABEL, replace(server, model=name))
        # How steps' scores are put together is said of the settings' server.
        return replace(found, aggregation=Aggregation.LAST) if found else None

    def _connect(self, kind: VerifierKind, place: ModelServer) -> FoundVerifier | None:
        http = self.connect(place)
        if kind is VerifierKind.CLASSIFY:
            return self._found(kind, ClassifyVerifier(http, self.verifier_profile))
        question = self._find_question()
        if question is None:
            _log.warning("verifier_unusable", model=place.model, reason=self._lack)
            return None
        found = self._found(kind, LabelVerifier(http, question))
        return replace(found, aggregation=self.verifier_profile.aggregation)

    def _judge_itself(self, base_model: str, *, note: str | None) -> FoundVerifier | None:
        question = self._find_question()
        if note is not None:
            _log.info("verifier_missing", reason=note if question else self._lack)
        if question is None:
            return None
        server = replace(self._base_server(), model=base_model)
        verifier = LabelVerifier(self.connect(server), question)
        return replace(self._found(VerifierKind.SELF, verifier), is_trained=False, note=note)

    def _judge_by_shape(self) -> FoundVerifier | None:
        if self.shape is None:
            lack = "SVEND_VERIFIER_SHAPE names no file"
            _log.warning("verifier_unusable", model="shape", reason=lack)
            return None
        # Its word weighs votes; what has only the right shape is not verified.
        found = self._found(VerifierKind.SHAPE, ShapeVerifier(self.shape))
        return replace(found, is_trained=False)

    def _found(self, kind: VerifierKind, verifier: Verifier) -> FoundVerifier:
        return FoundVerifier(
            verifier=verifier, cache=JudgementCache(), kind=kind, checks=self.checks
        )

    def _find_question(self) -> Question | None:
        prompt = self.prompts.prompts.get(JUDGE_PROMPT)
        if prompt is None:
            return None
        return Question(
            prompt_id=prompt.prompt_id,
            render=self._render,
            kind=self.profile.endpoint,
            labels=self.verifier_profile.labels,
        )

    def _render(self, claim: Claim) -> Rendered:
        variables = {
            "problem": claim.problem,
            "steps": self.profile.step_joint.join(claim.steps),
            "answer": claim.answer or "",
        }
        return self.prompts.render(JUDGE_PROMPT, variables)

    def _pick(self, kind: VerifierKind, names: tuple[str, ...]) -> str | None:
        wanted = self.settings.verifier_model
        if wanted:
            return wanted if wanted in names else None
        if kind is VerifierKind.CLASSIFY and self.settings.verifier_url:
            return names[0] if names else None
        return _find_adapter(names)

    async def _list_models(self, server: ModelServer) -> tuple[str, ...]:
        try:
            return await self.connect(server).list_models()
        except ModelUnavailableError as error:
            raise ModelUnavailableError(f"the verifier at {server.root_url}: {error}") from error

    def _server(self) -> ModelServer:
        if not self.settings.verifier_url:
            return self._base_server()
        return ModelServer(
            base_url=self.settings.verifier_url, api_key=self.settings.verifier_api_key
        )

    def _base_server(self) -> ModelServer:
        return ModelServer(base_url=self.settings.llm_url, api_key=self.settings.llm_api_key)

    @property
    def _lack(self) -> str:
        return f"the prompts {self.prompts.name!r} have no {JUDGE_PROMPT!r}"


class _NeverCancelled:
    """Nobody asks a worker that is starting to stop asking."""

    def reason(self) -> CancelReason | None:
        return None

    async def wait(self) -> None:
        await asyncio.Event().wait()


def _find_adapter(names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name.partition("@")[0] == VERIFIER_MODEL), None)


async def _answers(found: FoundVerifier) -> bool:
    """Whether a server scores a claim when it is asked as this verifier asks."""
    (judged,) = await found.verifier.judge((FIRST_CLAIM,), _NeverCancelled())
    return judged.score is not None
