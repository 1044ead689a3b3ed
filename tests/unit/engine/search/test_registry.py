"""Strategies are found by name, and a fault in a request says how to mend it."""

from __future__ import annotations

import pytest

from engine.domain.errors import (
    InvalidInputError,
    UnavailableAlgorithmError,
    UnknownAlgorithmError,
)
from engine.domain.trial import Sampling
from engine.prompts.prompt_set import load_prompt_set
from engine.route.policy import AgreementPolicy
from engine.search.direct import Direct
from engine.search.registry import create_algorithm, list_strategies
from engine.search.self_consistency import SelfConsistency
from engine.search.strategy import Offered
from engine.search.vote import VoteRule

OFFERED = Offered(
    sampling=Sampling(temperature=0.9, max_tokens=99),
    prompts=frozenset(load_prompt_set("chat").prompts),
    tools=frozenset({"calculator", "execute_python"}),
    policy=AgreementPolicy(),
)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UnknownAlgorithmError, match=r"direct,.* self_consistency"):
        create_algorithm("oracle", {}, OFFERED)


def test_an_unknown_setting_lists_the_known_ones():
    with pytest.raises(InvalidInputError, match="max_tokens"):
        create_algorithm("direct", {"samples": 3}, OFFERED)


def test_a_rule_without_its_verifier_says_why():
    with pytest.raises(UnavailableAlgorithmError, match="no verifier judges here"):
        create_algorithm("self_consistency", {"rule": "verifier"}, OFFERED)


@pytest.mark.parametrize(
    "settings",
    [{"rule": "loudest"}, {"samples": "many"}, {"temperature": 9}, {"top_p": 0}],
    ids=str,
)
def test_a_bad_value_is_refused(settings):
    with pytest.raises(InvalidInputError):
        create_algorithm("self_consistency", settings, OFFERED)


def test_absent_settings_take_the_models_own():
    algorithm = create_algorithm("self_consistency", {"samples": 3}, OFFERED)

    assert algorithm == SelfConsistency(samples=3, sampling=OFFERED.sampling)


def test_direct_is_greedy():
    algorithm = create_algorithm("direct", {"max_tokens": 7}, OFFERED)

    assert algorithm == Direct(max_tokens=7)


@pytest.mark.parametrize("strategy", list_strategies(OFFERED), ids=lambda s: s.name)
def test_pinned_settings_build_the_same_algorithm_again(strategy):
    built = create_algorithm(strategy.name, strategy.defaults(), OFFERED)

    assert create_algorithm(strategy.name, built.settings(), OFFERED) == built
    assert (built.name, built.version) == (strategy.name, strategy.version)


@pytest.mark.parametrize("strategy", list_strategies(OFFERED), ids=lambda s: s.name)
def test_a_published_strategy_describes_every_setting(strategy):
    published = strategy.to_data(OFFERED)

    assert set(published["defaults"]) == set(published["schema"]["properties"])
    assert published["is_available"] is (published["reason"] is None)


def test_every_rule_of_the_schema_can_be_voted_by():
    schema = list_strategies(OFFERED)[0].properties["rule"]

    assert schema["enum"] == [rule.value for rule in VoteRule]


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("self_consistency", {"samples": 2.5}, "samples must be of type integer"),
        ("self_consistency", {"samples": True}, "samples must be of type integer"),
        ("beam", {"width": 0}, "width must be at least 1"),
        ("particle_filter", {"is_entropic": "yes"}, "is_entropic must be of type boolean"),
        ("mcts", {"exploration": float("nan")}, "exploration must be finite"),
        ("tot_dfs", {"threshold": 1}, "threshold must be below 1"),
        ("tot_bfs", {"generator": "guess"}, "generator must be one of sample, propose"),
        ("auto", {"parts": ["luck"]}, "parts must hold members that be one of adaptive"),
        ("ensemble", {"parts": []}, "parts must have between 1 and 8 members"),
        ("ensemble", {"parts": [{}]}, "have a 'strategy'"),
        ("ensemble", {"parts": [{"strategy": "direct", "n": 1}]}, "have no 'n'"),
    ],
    ids=str,
)
def test_what_the_schema_refuses_is_refused_with_what_is_allowed(name, settings, said):
    with pytest.raises(InvalidInputError, match=said):
        create_algorithm(name, settings, OFFERED)


@pytest.mark.parametrize("strategy", list_strategies(OFFERED), ids=lambda s: s.name)
def test_every_default_is_allowed_by_its_own_schema(strategy):
    assert strategy.create(strategy.defaults()).name == strategy.name


def test_a_part_of_an_ensemble_is_checked_like_a_search_of_its_own():
    def ensemble(**settings):
        part = {"strategy": "self_consistency", "settings": settings}
        return create_algorithm("ensemble", {"parts": [part]}, OFFERED)

    with pytest.raises(InvalidInputError, match="samples must be of type integer"):
        ensemble(samples=2.5)
    with pytest.raises(UnavailableAlgorithmError, match="no verifier judges here"):
        ensemble(rule="verifier")


@pytest.mark.parametrize("name", ["auto", "ensemble"])
def test_a_composite_search_is_no_part_of_an_ensemble(name):
    with pytest.raises(InvalidInputError, match="a 'strategy' to be one of self_consistency"):
        create_algorithm("ensemble", {"parts": [{"strategy": name}]}, OFFERED)


def test_a_vote_by_certainty_can_be_a_part_of_an_ensemble():
    assert create_algorithm("ensemble", {"parts": [{"strategy": "deepconf"}]}, OFFERED)
