"""The catalogue as it reads under each of the verifiers on offer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.verifier_choice import choose_verifier, keep_verifier, list_verifiers
from db.records import Catalogue
from engine.domain.errors import UnknownVerifierError
from engine.domain.pins import Serving

SERVING = Serving(
    model="tiny@abc",
    model_fingerprint="abc",
    profile="chat",
    prompt_ids={},
    canonicaliser="keys@1",
    verifier="label@1",
)
OWN, UNJUDGED = ({"name": "judged"},), ({"name": "unjudged"},)
VERIFIERS = (
    {"name": "label", "version": "label@1", "is_default": True, "is_trained": True},
    {"name": "self", "version": "self@1", "is_default": False, "is_trained": False},
    {"name": "none", "version": "none", "is_default": False, "strategies": UNJUDGED},
)
CATALOGUE = Catalogue(
    serving=SERVING,
    strategies=OWN,
    published_at=datetime(2026, 1, 1, tzinfo=UTC),
    verifiers=VERIFIERS,
)


@pytest.mark.parametrize(
    ("name", "version", "strategies"),
    [
        pytest.param(None, "label@1", OWN, id="default"),
        pytest.param("label", "label@1", OWN, id="default-by-name"),
        pytest.param("self", "self@1", OWN, id="other"),
        pytest.param("none", "none", UNJUDGED, id="nothing"),
    ],
)
def test_pins_and_strategies_follow_the_chosen_verifier(name, version, strategies):
    chosen = choose_verifier(CATALOGUE, name)
    assert (chosen.serving.verifier, chosen.strategies) == (version, strategies)


def test_a_verifier_that_is_not_offered_is_refused_with_those_that_are():
    with pytest.raises(UnknownVerifierError, match="on offer are label, none, self"):
        choose_verifier(CATALOGUE, "classify")


def test_workers_of_an_earlier_release_offer_none_by_name():
    earlier = Catalogue(
        serving=SERVING, strategies=OWN, published_at=CATALOGUE.published_at, verifiers=()
    )
    assert choose_verifier(earlier, None) is earlier
    with pytest.raises(UnknownVerifierError, match="name none to choose"):
        choose_verifier(earlier, "label")


def test_a_job_keeps_the_verifier_that_it_pins():
    assert keep_verifier(CATALOGUE, "none").strategies == UNJUDGED
    assert keep_verifier(CATALOGUE, "label@0") is CATALOGUE


def test_callers_are_shown_verifiers_without_their_strategies():
    assert all("strategies" not in one for one in list_verifiers(CATALOGUE))
    assert [one["name"] for one in list_verifiers(CATALOGUE)] == ["label", "self", "none"]
