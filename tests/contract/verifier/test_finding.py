"""Which verifier a worker finds, and what takes the place of one that is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.adapters.execution_verifier import ExecutionVerifier
from engine.adapters.key_equality import KeyEquality
from engine.adapters.verifier_file import load_shape_model
from engine.config import Settings
from engine.domain.errors import ModelUnavailableError
from engine.domain.ids import TenantId
from engine.domain.profile import CHAT_PROFILE, AnswerProtocol
from engine.domain.verdict import Verdict
from engine.prompts.prompt_set import load_prompt_set
from engine.verify.assessment import Assessment
from engine.verify.fitting import FitPlan, fit_calibrator
from engine.verify.profile import VerifierProfile
from engine.verify.verdict import VerdictPolicy
from tests.contract.verifier.conftest import claim
from tests.contract.verifier.judge_server import MODEL
from tests.contract.verifier.test_verifier import judge
from tests.unit.engine.verify.builders import rows
from workers.offer import OfferMaker
from workers.verifier import VerifierFinder

BASE = "base@ba5e00000000"
SHIPPED_SHAPE = Path(__file__).parents[3] / "models/svend-mini/svend-shape.json"


@pytest.fixture
def make_finder(server, make_http):
    def make(prompt_set: str = "chat", profile=None, **settings) -> VerifierFinder:
        return VerifierFinder(
            settings=Settings(llm_url=server.url, **settings),
            profile=CHAT_PROFILE,
            prompts=load_prompt_set(prompt_set),
            verifier_profile=profile or VerifierProfile(),
            connect=lambda place: make_http(place=place),
            checks=(ExecutionVerifier(None, AnswerProtocol.MARKED),),
        )

    return make


@pytest.fixture
def make_maker(make_finder):
    def make(assessment: Assessment | None = None, **settings) -> OfferMaker:
        return OfferMaker(
            version="unpinned",
            profile=CHAT_PROFILE,
            prompts=load_prompt_set("chat"),
            equality=KeyEquality(),
            finder=make_finder(**settings),
            assessment=assessment or Assessment(policy=VerdictPolicy(min_score=0.9)),
        )

    return make


@pytest.fixture
def calibrator():
    plan = FitPlan(name="share", model_fingerprint="ba5e00000000", n_resamples=5)
    return fit_calibrator(rows(200), plan)


async def test_the_adapter_named_verifier_judges(make_finder, server):
    found = await make_finder().find(BASE)
    (judged,) = await judge(found.to_tenant(TenantId("t")), claim(0.9))
    assert (judged.score, found.note) == (pytest.approx(0.9), None)
    assert server.bodies[0]["model"] == MODEL


async def test_without_it_the_base_model_judges_and_says_so(make_finder, server):
    server.models = (BASE,)
    found = await make_finder().find(BASE)
    await judge(found.to_tenant(TenantId("t")), claim(0.9))
    assert server.bodies[0]["model"] == BASE
    assert "'verifier'" in (found.note or "")
    assert not found.is_trained


async def test_a_named_verifier_that_is_not_served_is_named_in_the_note(make_finder):
    found = await make_finder(verifier_model="other").find(BASE)
    assert "'other'" in (found.note or "")


async def test_a_model_that_is_to_judge_itself_needs_no_excuse(make_finder):
    found = await make_finder(verifier_kind="self").find(BASE)
    assert (found.note, found.is_trained) == (None, False)


async def test_prompts_that_cannot_ask_leave_no_verifier(make_finder):
    assert await make_finder("svend-mini").find(BASE) is None


async def test_no_verifier_may_be_wanted(make_finder, server):
    assert await make_finder(verifier_kind="none").find(BASE) is None
    assert not server.paths


async def test_a_classification_server_judges(make_finder, server):
    settings = {"verifier_kind": "classify", "verifier_url": server.url, "verifier_model": MODEL}
    found = await make_finder(**settings).find(BASE)
    await judge(found.to_tenant(TenantId("t")), claim(0.9))
    assert server.paths == ["/classify"]


async def test_shapes_are_judged_without_a_server(make_finder, server):
    finder = replace(make_finder(verifier_kind="shape"), shape=load_shape_model(SHIPPED_SHAPE))
    found = await finder.find(BASE)
    (judged,) = await judge(found.to_tenant(TenantId("t")), claim(0.9, answer="12"))
    assert 0 < (judged.score or 0) < 1
    # It weighs votes; what only looks right is not verified.
    assert not found.is_trained
    assert not server.paths


async def test_shapes_without_a_file_leave_no_verifier(make_finder):
    assert await make_finder(verifier_kind="shape").find(BASE) is None


async def test_a_server_that_is_away_may_come_back(make_finder):
    with pytest.raises(ModelUnavailableError, match="the verifier at"):
        await make_finder(verifier_url="http://127.0.0.1:9").find(BASE)


async def test_steps_are_judged_where_their_scores_are_to_be_aggregated(make_finder, server):
    found = await make_finder(profile=VerifierProfile(aggregation="min")).find(BASE)
    verifier = found.to_tenant(TenantId("t"))
    (judged,) = await judge(verifier, replace(claim(0.9), steps=("p=0.8", "p=0.3", "p=0.9")))
    assert (judged.score, len(server.bodies)) == (pytest.approx(0.3), 3)


async def test_what_one_tenant_asked_another_pays_for_again(make_finder, server):
    found = await make_finder().find(BASE)
    for tenant in ("one", "one", "other"):
        await judge(found.to_tenant(TenantId(tenant)), claim(0.9))
    assert len(server.bodies) == 2


async def test_a_slip_vetoes_whatever_was_judged(make_finder):
    found = await make_finder().find(BASE)
    slipped = replace(claim(0.9), steps=("2 + 2 = 5 p=0.9",))
    (judged,) = await judge(found.to_tenant(TenantId("t")), slipped)
    assert (judged.score, judged.verdict) == (0.0, Verdict.WRONG)


async def test_an_offer_pins_its_verifier(make_maker):
    offer = await make_maker().make(model=BASE)
    assert offer.serving.verifier == offer.verifier.version != "none"
    assert offer.offered.has_verifier


async def test_without_a_verifier_the_pin_says_none(make_maker):
    offer = await make_maker(verifier_kind="none").make(model=BASE)
    assert (offer.serving.verifier, offer.offered.has_verifier) == ("none", False)


async def test_a_trained_verifier_s_word_counts(make_maker):
    offer = await make_maker().make(model=BASE)
    assert offer.assessment.policy.min_score == 0.9


async def test_a_model_s_word_about_itself_verifies_nothing(make_maker):
    offer = await make_maker(verifier_kind="self").make(model=BASE)
    assert offer.assessment.policy.min_score is None


async def test_a_calibrator_of_this_model_is_pinned(make_maker, calibrator):
    offer = await make_maker(Assessment(calibrator=calibrator)).make(model=BASE)
    assert offer.serving.calibrator == calibrator.version


async def test_a_calibrator_of_another_model_is_left_out(make_maker, calibrator):
    offer = await make_maker(Assessment(calibrator=calibrator)).make(model="other@0123456789ab")
    assert (offer.serving.calibrator, offer.assessment.calibrator) == ("none", None)


async def test_a_calibrator_speaks_for_the_strategies_it_was_fitted_on(make_maker, calibrator):
    fitting = replace(calibrator.fitting, algorithms=("direct",))
    only_direct = replace(calibrator, fitting=fitting)
    offer = await make_maker(Assessment(calibrator=only_direct)).make(model=BASE)
    assert offer.assess_for("direct").calibrator == only_direct
    assert offer.assess_for("beam").calibrator is None
