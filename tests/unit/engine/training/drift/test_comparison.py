"""What moved is counted prompt by prompt, and only where there is something to count."""

from __future__ import annotations

import pytest

from engine.training.drift.comparison import compare, confusion_of
from engine.training.drift.gate import Gate, list_failures
from engine.training.drift.prompt import Prompt
from engine.training.evaluation_set import Item

UNKNOWN = "not enough information"


def prompt(answer=None, **given):
    item = None if answer is None else Item(question="Q?", answer=answer)
    return Prompt(id="1", problem="Q?", item=item, **given)


@pytest.fixture(scope="module")
def moved(behave):
    """Four prompts: one stays right, one turns wrong, one turns right, one has no known answer."""
    prompts = [prompt("1"), prompt("2"), prompt("3"), prompt()]
    old = [behave("1"), behave("2"), behave("4"), behave(None, n_tokens=9)]
    new = [behave("1"), behave(UNKNOWN), behave("3"), behave(None, n_tokens=5)]
    return compare(prompts, old, new, seed=0)


def test_agreement_is_over_all_prompts_and_no_answer_twice_has_not_moved(moved):
    assert (moved.agreement.n, moved.agreement.mean) == (4, 0.5)


def test_transitions_are_of_prompts_with_known_answers(moved):
    assert moved.correctness.transitions == {
        "right_to_right": 1,
        "right_to_wrong": 1,
        "wrong_to_right": 1,
        "wrong_to_wrong": 0,
    }
    assert moved.correctness.accuracy.change.mean == 0.0
    assert moved.correctness.mcnemar_p == 1.0


def test_a_change_for_the_worse_only_is_surprising(behave):
    prompts = [prompt("1")] * 8
    found = compare(prompts, [behave("1")] * 8, [behave("2")] * 8, seed=0)
    assert found.correctness.mcnemar_p == pytest.approx(2 / 2**8)
    assert found.correctness.accuracy.change.high == -1.0


def test_refusals_and_missing_answers_are_two_things(moved):
    assert moved.properties["declined"].change.mean == 0.25
    assert moved.properties["no_answer"].new.mean == 0.25


def test_length_shifts_prompt_by_prompt(moved):
    assert moved.properties["tokens"].change.mean == -1.0
    assert moved.properties["statements"].change.mean == 0.0


def test_what_the_prompts_do_not_hold_is_not_measured(behave):
    found = compare([prompt()], [behave("1")], [behave("1")], seed=0)
    assert found.correctness is found.tools is found.paraphrase is found.seed is None


def test_nothing_asked_is_an_error():
    with pytest.raises(ValueError):
        compare([], [], [], seed=0)


def test_stability_is_of_each_version(behave):
    old = [behave("1", retold=["1", "2"], samples=["1", "1", "2"])]
    new = [behave("1", retold=["1", "1"], samples=["1", "2", None])]
    found = compare([prompt()], old, new, seed=0)
    assert found.paraphrase.old.mean == pytest.approx(1 / 3, abs=1e-4)
    assert found.paraphrase.new.mean == 1.0
    assert found.seed.change.mean == pytest.approx(-1 / 3, abs=1e-4)
    assert found.entropy_bits.old.mean < found.entropy_bits.new.mean


def test_choices_of_tools_are_told_apart(behave):
    old = [behave("1", tool="plot"), behave("1", tool="none"), behave("1")]
    new = [behave("1", tool="plot"), behave("1", tool="plot"), behave("1")]
    found = compare([prompt()] * 3, old, new, seed=0)
    assert (found.tools.agreement.n, found.tools.agreement.mean) == (2, 0.5)
    assert found.tools.confusion == {"none": {"plot": 1}, "plot": {"plot": 1}}


def test_counts_of_pairs_are_in_order():
    found = confusion_of([("b", "a"), ("a", "b"), ("b", "a"), ("b", "b")])
    assert found == {"a": {"b": 1}, "b": {"a": 2, "b": 1}}


def test_a_gate_on_what_was_not_measured_fails(moved):
    gates = [Gate(name="agreement", least=0.5), Gate(name="seed", least=0.0)]
    [line] = list_failures(moved, gates)
    assert line.startswith("seed was not measured")
