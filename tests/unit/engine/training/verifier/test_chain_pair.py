"""Pairs hold a right and a wrong solution of one question, in their writer's own form."""

from __future__ import annotations

import json
from random import Random

import pytest
from click.testing import CliRunner

from engine.training.datasets.file import read_examples, write_examples
from engine.training.emission.chain import WRONG_SYSTEM
from engine.training.verifier.chain_pair import pair_chains, render_chain
from engine.training.verifier.pair_command import pairs
from tests.unit.engine.training.verifier.made_up import make_chain, make_chains

QUESTION = "Ann has 4 cups and 5 more. How many?"


def chain(program, *, is_right=False, system="one@0.8", question=QUESTION):
    steps = program.split(";")
    return make_chain(question, steps, len(steps) if is_right else 0, system)


def test_a_program_is_given_its_answers_name():
    assert render_chain(chain("a=4+5;b=a*2")) == "a=4+5;b=a*2<ans>b"
    assert render_chain(chain("a=4+5;b=a*2<ans>a")) == "a=4+5;b=a*2<ans>a"


def test_prose_stays_as_it_is():
    said = make_chain(QUESTION, ("First, 4 and 5.", "The answer is 9."), 2)
    assert render_chain(said) == "First, 4 and 5.\n\nThe answer is 9."


def test_the_better_one_is_right_and_the_worse_one_wrong_and_no_pair_comes_twice():
    chains = make_chains(20, seed=1)
    right = {(one.question, render_chain(one)) for one in chains if one.is_right}
    found = pair_chains(chains, per_question=4, rng=Random(0))

    assert found
    for pair in found:
        question = pair.prompt[0].content
        assert (question, pair.chosen) in right
        assert (question, pair.rejected) not in right
    assert len({(p.prompt, p.chosen, p.rejected) for p in found}) == len(found)


@pytest.mark.parametrize(("n_right", "n_wrong"), [(3, 3), (2, 6), (6, 2), (4, 6), (1, 5)])
def test_each_chain_has_its_turn_before_any_has_a_second(n_right, n_wrong):
    right = [chain(f"a=4+5;b=a+{n}", is_right=True) for n in range(n_right)]
    wrong = [chain(f"a=4-5;b=a-{n}") for n in range(n_wrong)]
    every = pair_chains([*right, *wrong], per_question=n_right * n_wrong, rng=Random(0))

    assert len({(pair.chosen, pair.rejected) for pair in every}) == n_right * n_wrong
    assert len({pair.chosen for pair in every[:n_right]}) == n_right
    assert len({pair.rejected for pair in every[:n_wrong]}) == n_wrong


def test_the_command_leaves_made_chains_out_unless_asked(tmp_path):
    path, out = tmp_path / "chains.jsonl", tmp_path / "new" / "pairs.jsonl"
    made = chain("a=5-4", system=WRONG_SYSTEM)
    write_examples(path, [chain("a=4+5", is_right=True), chain("a=4*5"), made])
    words = ["--chains", str(path), "--out", str(out)]
    said = json.loads(CliRunner().invoke(pairs, words, catch_exceptions=False).stdout)

    assert said == {"n_pairs": 1, "n_questions": 1, "n_chains": 2, "n_questions_of_chains": 1}
    assert [pair.rejected for pair in read_examples(out)] == ["a=4*5<ans>a"]
    said = json.loads(CliRunner().invoke(pairs, [*words, "--made"]).stdout)
    assert said["n_pairs"] == 2


def test_that_no_question_has_both_is_said_in_a_line(tmp_path):
    path = tmp_path / "chains.jsonl"
    write_examples(path, [chain("a=4+5", is_right=True)])
    done = CliRunner().invoke(pairs, ["--chains", str(path), "--out", str(tmp_path / "p.jsonl")])

    assert done.exit_code == 1
    assert "no question has a right and a wrong chain" in done.output
    assert not (tmp_path / "p.jsonl").exists()
