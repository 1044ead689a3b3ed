"""The second check of labels finds what is wrong, by arithmetic of its own."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.program import ProgramError, run_program
from engine.training.datasets.file import write_examples
from engine.training.generation.kept import Making, make_kept
from engine.training.generation.outcome import EXAMPLES_FILE, LABELS_FILE
from engine.training.generation.recheck import Recheck, evaluate, recheck_labels
from engine.training.generation.sketch import from_row


def write(folder, n, **wrong):
    """A run's files with n labels, of which the first is changed."""
    examples, rows = [], []
    for index in range(n):
        row = {"question": f"{index} boxes of 5?", "program": f"all={index}*5"}
        kept = make_kept(str(index), from_row(row), Making())
        examples += kept.examples
        rows += [label.to_row() for label in kept.labels]
    rows[0] |= wrong
    write_examples(folder / EXAMPLES_FILE, examples)
    (folder / LABELS_FILE).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return recheck_labels(folder)


def test_sound_labels_pass(tmp_path):
    found = write(tmp_path, 20)
    assert found.passes
    assert found.render() == "labels re-checked by execution: 100.00% right (n = 20)"


@pytest.mark.parametrize(
    "wrong",
    [
        {"program": "all=7*7"},
        {"program": "all=7/0"},
        {"program": "all=x"},
        {"program": "all=__import__('os')"},
        {"answer": "77"},
        {"question": "Another?"},
        {"id": "0"},
    ],
    ids=str,
)
def test_wrong_label_fails_the_check(tmp_path, wrong):
    found = write(tmp_path, 20, **wrong)
    assert len(found.wrong) in {1, 2}
    assert not found.passes


def test_bar_is_997_of_a_thousand():
    assert Recheck(n=1000, n_right=997, wrong=()).passes
    assert not Recheck(n=1000, n_right=996, wrong=()).passes
    assert not Recheck(n=0, n_right=0, wrong=()).passes


@given(st.lists(st.sampled_from(["1", "2.5", "(3-4)", "-7", "12"]), min_size=1, max_size=6))
def test_both_evaluators_agree(parts):
    source = "a=" + "+".join(parts) + ";b=a*" + "-".join(parts) + ";c=b/7"
    assert evaluate(source) == run_program(source).value


def test_decimals_are_exact():
    assert evaluate("a=0.1+0.2") == Fraction(3, 10)


def test_what_one_evaluator_refuses_the_other_does():
    for source in ("a=b", "a=1/0", "a=2**3", "a=", "a=f(1)"):
        with pytest.raises(ValueError, match=r".+"):
            evaluate(source)
        with pytest.raises(ProgramError):
            run_program(source)
