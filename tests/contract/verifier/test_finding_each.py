"""Which verifiers a worker offers beside its own, and how their words are kept apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.adapters.verifier_file import load_shape_model
from engine.domain.errors import ModelUnavailableError
from engine.domain.ids import TenantId
from tests.contract.verifier.conftest import claim
from tests.contract.verifier.judge_server import MODEL
from tests.contract.verifier.test_finding import BASE, SHIPPED_SHAPE, make_finder, make_maker
from tests.contract.verifier.test_verifier import judge

__all__ = ["make_finder", "make_maker"]


async def list_kinds(finder):
    return ["none" if one is None else one.kind.value for one in await finder.find_each(BASE)]


async def test_beside_the_adapter_the_model_itself_and_nothing_are_offered(make_finder):
    assert await list_kinds(make_finder()) == ["label", "self", "none"]


async def test_what_takes_the_adapter_s_place_is_offered_once(make_finder, server):
    server.models = (BASE,)
    each = await make_finder().find_each(BASE)
    assert [one and one.kind.value for one in each] == ["self", None]
    assert each[0].note is not None


async def test_an_adapter_that_is_the_model_itself_is_offered_once(make_finder):
    assert await list_kinds(make_finder(verifier_model=BASE)) == ["label", "none"]


async def test_where_nothing_judges_by_itself_a_caller_may_ask_for_what_can(make_finder):
    assert await list_kinds(make_finder(verifier_kind="none")) == ["none", "label", "self"]


async def test_shapes_are_offered_where_a_file_is_set(make_finder):
    finder = replace(make_finder("svend-mini"), shape=load_shape_model(SHIPPED_SHAPE))
    assert await list_kinds(finder) == ["none", "shape"]


async def test_prompts_that_cannot_ask_offer_no_language_model(make_finder):
    assert await list_kinds(make_finder("svend-mini", verifier_kind="none")) == ["none"]


async def test_an_adapter_is_offered_beside_a_classification_server(make_finder, server):
    settings = {"verifier_kind": "classify", "verifier_url": server.url, "verifier_model": MODEL}
    assert await list_kinds(make_finder(**settings)) == ["classify", "label", "self", "none"]


@pytest.mark.parametrize(("kind", "other"), [("none", "self"), ("self", "none")])
async def test_a_server_that_classifies_is_offered_beside_whatever_judges_by_itself(
    make_finder, server, kind, other
):
    finder = make_finder(verifier_kind=kind, verifier_url=server.url, verifier_model=MODEL)
    assert await list_kinds(finder) == [kind, "label", "classify", other]


async def test_a_server_that_does_not_classify_is_asked_for_yes_or_no(make_finder, server):
    server.statuses = [404]
    finder = make_finder(verifier_kind="none", verifier_url=server.url, verifier_model=MODEL)
    assert await list_kinds(finder) == ["none", "label", "self"]
    assert server.paths == ["/classify"]


async def test_a_server_that_is_away_may_hold_what_a_job_was_promised(make_finder):
    finder = make_finder(verifier_kind="none", verifier_url="http://127.0.0.1:9")
    with pytest.raises(ModelUnavailableError, match="the verifier at"):
        await finder.find_each(BASE)


async def test_what_one_verifier_judged_another_is_asked_again(make_finder, server):
    label, itself, _ = await make_finder().find_each(BASE)
    for found in (label, itself, label, itself):
        await judge(found.to_tenant(TenantId("t")), claim(0.9))
    assert [body["model"] for body in server.bodies] == [MODEL, BASE]


async def test_an_offer_follows_the_verifier_that_a_job_pins(make_maker):
    offer = await make_maker().make(model=BASE)
    label, itself, nothing = (offer.judged_by(one["version"]) for one in offer.list_verifiers())
    assert label is offer
    assert [one.serving.verifier for one in (label, itself, nothing)] == [
        one["version"] for one in offer.list_verifiers()
    ]
    assert [one.assessment.policy.min_score for one in (label, itself, nothing)] == [
        0.9,
        None,
        None,
    ]
    assert [one.offered.has_verifier for one in (label, itself, nothing)] == [True, True, False]


async def test_a_verifier_that_is_not_served_leaves_the_offer_as_it_is(make_maker):
    offer = await make_maker().make(model=BASE)
    assert offer.judged_by("label:gone:judge@1") is offer


async def test_each_verifier_is_published_with_what_it_makes_of_the_strategies(make_maker):
    offer = await make_maker().make(model=BASE)
    label, itself, nothing = offer.list_verifiers()
    assert [
        (one["name"], one["is_default"], one["is_trained"]) for one in offer.list_verifiers()
    ] == [
        ("label", True, True),
        ("self", False, False),
        ("none", False, False),
    ]
    assert "strategies" not in {**label, **itself}
    scorers = {one["name"]: one["unavailable"].get("scorer") for one in nothing["strategies"]}
    assert "verifier" in scorers["best_of_n"]
