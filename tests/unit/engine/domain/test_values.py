"""Values refuse to exist in a state that nothing could be done with."""

from __future__ import annotations

import json
import pickle
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import errors
from engine.domain.answer import Answer, uncompared_class
from engine.domain.budget import Budget, Spent
from engine.domain.ids import NodeId, derive_id, derive_seed
from engine.domain.job_status import (
    TERMINAL_STATUSES,
    TRANSITIONS,
    JobStatus,
    check_transition,
)
from engine.domain.pins import Pins, Serving
from engine.domain.problem import MAX_PROBLEM_CHARS, Problem
from engine.domain.trial import PathEnd, Sampling

SERVING = Serving(
    model="m",
    model_fingerprint="f",
    profile="chat",
    prompt_ids={"solve": "chat/solve@1"},
    canonicaliser="c/1",
)


@pytest.mark.parametrize("text", ["", "  \n", "x" * (MAX_PROBLEM_CHARS + 1)], ids=len)
def test_a_problem_needs_text_within_bounds(text):
    with pytest.raises(errors.InvalidProblemError):
        Problem(text=text)


@pytest.mark.parametrize("seed", [-1, 2**53], ids=str)
def test_a_seed_must_survive_every_json_reader(seed):
    with pytest.raises(errors.InvalidProblemError):
        Problem(text="x", seed=seed)


@pytest.mark.parametrize("name", ["tokens", "seconds", "model_calls", "nodes", "money"])
@pytest.mark.parametrize("limit", [0, -1, float("nan")], ids=str)
def test_a_budget_limit_must_be_positive(name, limit):
    with pytest.raises(errors.InvalidBudgetError, match=name):
        Budget(**{name: limit})


@pytest.mark.parametrize(
    ("spent", "name"),
    [
        (Spent(tokens_out=10), "tokens"),
        (Spent(running_ms=1500), "seconds"),
        (Spent(model_calls=3), None),
        (Spent(nodes=4), None),
        (Spent(tokens_in=10**9), None),
    ],
    ids=["tokens", "seconds", "calls-are-paid-for", "nodes-are-paid-for", "prompts-are-free"],
)
def test_a_budget_names_the_limit_that_ends_a_search_at_once(spent, name):
    budget = Budget(tokens=10, seconds=1.5, model_calls=3, nodes=4)

    assert budget.exhausted_by(spent) == name


@pytest.mark.parametrize(
    ("spent", "n_calls_aloft", "n_free"),
    [
        (Spent(), 0, 4),
        (Spent(nodes=3), 0, 1),
        (Spent(nodes=9), 0, 0),
        (Spent(model_calls=2), 0, 4),
        (Spent(model_calls=2), 1, 0),
        (Spent(model_calls=3), 0, 0),
    ],
    ids=["fresh", "one-node", "no-node", "one-call", "call-aloft", "no-call"],
)
def test_a_budget_allows_new_nodes_up_to_its_limits(spent, n_calls_aloft, n_free):
    budget = Budget(model_calls=3, nodes=4)

    assert budget.count_free_nodes(spent, n_calls_aloft=n_calls_aloft, n_wanted=9) == n_free


def test_a_budget_without_limits_allows_what_is_wanted():
    assert Budget().count_free_nodes(Spent(nodes=99), n_calls_aloft=5, n_wanted=7) == 7


def test_a_budget_shows_only_the_limits_that_are_set():
    assert Budget(tokens=5).to_data() == {"tokens": 5}


@given(st.lists(st.builds(Spent, tokens_out=st.integers(0, 99), nodes=st.integers(0, 9))))
def test_spending_only_grows(parts):
    total = Spent()
    for part in parts:
        more = total.plus(part)
        assert all(more.to_data()[k] >= total.to_data()[k] for k in total.to_data())
        total = more

    assert Spent.from_data(total.to_data()) == total


@pytest.mark.parametrize(
    "settings",
    [{"temperature": -0.1}, {"temperature": 2.1}, {"top_p": 0}, {"top_p": 1.1}, {"max_tokens": 0}],
    ids=str,
)
def test_sampling_refuses_what_no_server_accepts(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        Sampling(**settings)


@pytest.mark.parametrize(
    "settings",
    [{"n_candidates": -1}, {"n_candidates": 21}, {"group_tokens": 0}, {"min_certainty": 1.0}],
    ids=str,
)
def test_sampling_refuses_a_certainty_that_nobody_could_measure(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        Sampling(**settings)


SAMPLINGS = st.builds(
    Sampling,
    max_tokens=st.integers(1, 9),
    n_candidates=st.integers(1, 20),
    group_tokens=st.integers(1, 64),
    min_certainty=st.none() | st.floats(0, 9),
)


@given(SAMPLINGS | st.builds(Sampling, group_tokens=st.integers(1, 64)))
def test_sampling_survives_the_log(sampling):
    assert Sampling(**sampling.to_data()) == sampling


def test_sampling_without_certainty_is_written_as_it_always_was():
    assert list(Sampling().to_data()) == ["temperature", "top_p", "max_tokens"]


def test_terminal_states_absorb():
    assert {
        JobStatus.SUCCEEDED,
        JobStatus.FAILED,
        JobStatus.CANCELLED,
        JobStatus.EXPIRED,
    } == TERMINAL_STATUSES
    assert all(not TRANSITIONS[status] for status in TERMINAL_STATUSES)


@given(st.sampled_from(JobStatus), st.sampled_from(JobStatus))
def test_only_listed_transitions_are_allowed(before, after):
    if after in TRANSITIONS[before]:
        check_transition(before, after)
        assert not before.is_terminal
    else:
        with pytest.raises(errors.StaleTransitionError, match=f"{before} cannot become {after}"):
            check_transition(before, after)


def test_pins_survive_the_log():
    pins = Pins(
        algorithm="direct", algorithm_version=1, root_search_id="r", seed=3, serving=SERVING
    )

    assert Pins.from_data(pins.to_data()) == pins
    assert "start" not in pins.to_data()


def test_pins_of_a_path_survive_the_log():
    pins = Pins(
        algorithm="beam",
        algorithm_version=1,
        root_search_id="r",
        seed=3,
        serving=SERVING,
        start=PathEnd(node_id=NodeId("n"), part=2),
    )

    assert Pins.from_data(json.loads(json.dumps(pins.to_data()))) == pins


def test_a_worker_that_offers_something_else_names_each_difference():
    pins = Pins(
        algorithm="direct", algorithm_version=1, root_search_id="r", seed=3, serving=SERVING
    )
    offered = Serving(**{**SERVING_DATA, "model_fingerprint": "other"})

    with pytest.raises(errors.PinMismatchError, match="model_fingerprint: pinned 'f'") as caught:
        pins.check_runnable(2, offered)
    assert "algorithm_version: pinned 1, here 2" in str(caught.value)


@pytest.mark.parametrize(
    ("prompt_ids", "is_runnable"),
    [
        pytest.param({"solve": "chat/solve@1", "program": "chat/program@1"}, True, id="one-more"),
        pytest.param({"solve": "chat/solve@2"}, False, id="another"),
        pytest.param({"program": "chat/program@1"}, False, id="one-less"),
    ],
)
def test_a_worker_needs_every_prompt_that_was_pinned_and_may_know_more(prompt_ids, is_runnable):
    pins = Pins(
        algorithm="direct", algorithm_version=1, root_search_id="r", seed=3, serving=SERVING
    )
    offered = Serving(**{**SERVING_DATA, "prompt_ids": prompt_ids})

    with nullcontext() if is_runnable else pytest.raises(errors.PinMismatchError):
        pins.check_runnable(1, offered)


def test_ids_and_seeds_depend_on_every_part():
    assert derive_id("r", "a", "bc") != derive_id("r", "ab", "c")
    assert derive_seed("r", 1, "s") != derive_seed("r", 2, "s")
    assert 0 <= derive_seed("r", 1, "s") < 2**52


def test_an_answer_without_a_key_shares_a_class_with_its_own_text_only():
    assert uncompared_class(" same ") == uncompared_class("same")
    assert uncompared_class("same") != uncompared_class("other")


def test_an_answer_survives_the_log():
    answer = Answer(text="72", key=None, class_id="text:1", canonicaliser="c/1")

    assert Answer.from_data(answer.to_data()) == answer
    assert not answer.is_comparable


def _list_errors():
    found = vars(errors).values()
    return [kind for kind in found if isinstance(kind, type) and issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", _list_errors(), ids=lambda kind: kind.__name__)
def test_every_error_explains_itself_and_pickles(kind):
    bare, told = kind(), kind("what happened")

    assert str(bare).endswith((".", "'.", "characters of text.")) or str(bare)
    assert str(pickle.loads(pickle.dumps(told))) == "what happened"
    assert kind.code


SERVING_DATA = {
    "model": "m",
    "model_fingerprint": "f",
    "profile": "chat",
    "prompt_ids": {"solve": "chat/solve@1"},
    "canonicaliser": "c/1",
}
