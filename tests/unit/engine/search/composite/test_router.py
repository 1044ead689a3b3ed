"""The router spends what the pilot's agreement calls for, and says why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.domain.errors import InvalidInputError, UnavailableAlgorithmError
from engine.domain.outcome import Outcome
from engine.domain.problem import Problem
from engine.domain.route import Route
from engine.domain.trial import Sampling, Work
from engine.route.policy import AgreementPolicy
from engine.search.composite.router import FixedPolicy, Router
from engine.search.registry import create_algorithm
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.strategy import Offered
from engine.search.tool_use.tora import Tora
from tests.unit.engine.search.cases.tool_use import ToolWorld
from tests.unit.engine.search.simulation import play, vote_for

PILOT = SelfConsistency(samples=4, stop=Stop.FULL)
OFFERED = Offered(prompts=frozenset({"solve", "step"}), policy=AgreementPolicy())


def _router(**changes):
    parts = {"adaptive": SelfConsistency(samples=8), "guided": SelfConsistency(samples=6)}
    given = {"pilot": PILOT, "parts": parts, "policy": AgreementPolicy()}
    return Router(**{**given, **changes})


def _routes(router, played):
    state = router.start(Problem(text="?"))
    for told in played.told:
        state = router.tell(state, told)
    return [route.choice for route in router.routes(state)]


def _scripted(*names):
    return lambda trial: vote_for(trial, names[trial.rank % len(names)])


def test_a_unanimous_pilot_answers_at_once():
    played = play(_router(), _scripted("a"))

    assert _routes(_router(), played) == [None]
    assert len(played.computed) == 4
    assert "100%" in played.standing.why


def test_partial_agreement_goes_on_with_more_samples():
    played = play(_router(), _scripted("a", "a", "b", "a", "a"))

    assert _routes(_router(), played)[0] == "adaptive"
    assert played.standing.answer.text == "a"


def test_little_agreement_goes_to_a_guided_search():
    played = play(_router(), _scripted("a", "b", "c", "a"))

    assert _routes(_router(), played)[0] == "guided"


def test_no_more_parts_follow_than_allowed():
    played = play(_router(max_routes=1), _scripted("a", "b", "c", "d", "e", "f", "g"))

    assert len(_routes(_router(max_routes=1), played)) == 2


def test_the_callers_choice_overrides_the_policy():
    router = _router(policy=FixedPolicy(choice="guided"))

    assert _routes(router, play(router, _scripted("a"))) == ["guided", None]


@pytest.mark.parametrize("effort", ["auto", "quick", "standard", "deep"])
def test_every_effort_can_be_had(effort):
    router = create_algorithm("auto", {"effort": effort}, OFFERED)

    assert play(router, _scripted("a")).standing.answer.text == "a"


def test_more_effort_may_draw_more():
    planned = [
        create_algorithm("auto", {"effort": effort}, OFFERED)
        .standing(create_algorithm("auto", {"effort": effort}, OFFERED).start(Problem(text="?")))
        .n_planned
        for effort in ("quick", "standard", "deep")
    ]

    assert planned == sorted(set(planned))


def test_without_a_policy_the_strategy_says_so():
    with pytest.raises(UnavailableAlgorithmError, match="policy"):
        create_algorithm("auto", {}, Offered())


def test_a_part_that_is_pinned_but_gone_is_refused():
    with pytest.raises(UnavailableAlgorithmError, match="guided"):
        create_algorithm("auto", {"parts": ["guided"]}, Offered(policy=AgreementPolicy()))


def test_what_is_pinned_does_not_change_with_what_is_offered():
    asked = create_algorithm("auto", {}, OFFERED)
    later = replace(OFFERED, has_verifier=True, sampling=Sampling(temperature=0.1))

    assert create_algorithm("auto", asked.settings(), later) == asked


def test_a_pinned_verifier_that_is_gone_is_missed():
    asked = create_algorithm("auto", {}, replace(OFFERED, has_verifier=True))

    with pytest.raises(UnavailableAlgorithmError, match="no verifier judges here"):
        create_algorithm("auto", asked.settings(), OFFERED)


def test_the_pilot_alone_plans_for_no_more_than_itself():
    router = create_algorithm("auto", {"route": "none"}, OFFERED)

    assert router.standing(router.start(Problem(text="?"))).n_planned == 4


def test_an_ensemble_names_the_parts_that_there_are():
    with pytest.raises(InvalidInputError, match="self_consistency"):
        create_algorithm("ensemble", {"parts": [{"strategy": "oracle"}]}, OFFERED)


class InOrder:
    """Implements ``RoutePolicy``: every part, one after the other."""

    def choose(self, at):
        return Route(choice=next(iter(at.open), None), reason="in order")


def test_a_part_that_has_begun_earlier_in_the_log_hears_of_it_in_the_logs_order():
    votes, tools, world = SelfConsistency(samples=2), Tora(samples=3), ToolWorld(failures=0.0)
    before = _router(parts={"tools": tools}, policy=InOrder())
    after = _router(parts={"votes": votes, "tools": tools}, policy=InOrder())
    whole = play(before, world)
    assert Work.TOOL in {trial.work for trial in whole.trials}

    for cut in range(len(whole.told)):
        prefix = whole.told[:cut]
        ended = {told.trial_id for told in prefix if isinstance(told, Outcome)}
        rest = play(after, world, earlier=prefix)
        assert rest.standing.is_decided
        assert not ended & set(rest.computed)
        assert set(whole.computed) - ended <= set(rest.computed)
