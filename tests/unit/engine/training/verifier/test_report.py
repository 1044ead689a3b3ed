"""A report says what is known, and nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from engine.training.example import Fault
from engine.training.verifier.baseline import BASELINES, score_held_out
from engine.training.verifier.judge import ChainScore
from engine.training.verifier.report import ReportSettings, make_report
from engine.training.verifier.report_table import show_report
from engine.training.verifier.shape_fit import shape_of_chain
from engine.training.verifier.verifier_file import (
    VerifierFile,
    VerifierKind,
    question_digests,
)
from engine.training.verifier.vote_row import vote_rows
from engine.verify.feature import Feature
from engine.verify.shape import FEATURES
from tests.unit.engine.training.verifier.made_up import make_chain, make_chains

SETTINGS = ReportSettings(has_baselines=False)


def score(chains, right=0.9, wrong=0.2):
    found = [right if chain.is_right else wrong for chain in chains]
    return [
        ChainScore(steps=(one,) * len(c.steps), whole=one)
        for one, c in zip(found, chains, strict=True)
    ]


def shown(report):
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    show_report(report, console)
    console.file.close()
    return console.export_text()


def test_a_perfect_judge_closes_the_whole_gap():
    chains = make_chains(60, seed=1)
    report = make_report(chains, score(chains), None, SETTINGS)
    found = report["unseen_questions"]
    assert found["within_question_auroc"]["mean"] == 1.0
    assert found["selection"]["all"]["weighted"]["mean"] == 1.0
    assert report["double_hold_out"] is None
    assert report["calibration"]["after"]["brier"]["value"] < 0.05
    text = shown(report)
    assert "F1 1.000 at one half" in text
    assert "Brier" in text


def test_figures_on_trained_systems_and_questions_stand_apart():
    chains = make_chains(60, seed=1)
    trained = VerifierFile(
        kind=VerifierKind.LANGUAGE,
        layout="marks",
        questions=question_digests(chains[:40]),
        systems=frozenset({"one@0.8"}),
    )
    report = make_report(chains, score(chains), trained, SETTINGS)
    assert report["n_of_trained_questions"] == 40
    assert report["unseen_questions"]["n_chains"] == 200
    assert report["double_hold_out"]["n_chains"] == 100


def test_chains_of_trained_questions_alone_leave_nothing_to_say():
    chains = make_chains(4, seed=1)
    trained = VerifierFile(
        kind=VerifierKind.LANGUAGE, layout="marks", questions=question_digests(chains)
    )
    report = make_report(chains, score(chains), trained, SETTINGS)
    assert report["unseen_questions"] == {"n_chains": 0}
    assert "too few problems" in report["calibration"]["error"]
    assert "no calibration" in shown(report)
    assert f"left out: {len(chains)} of {len(chains)} chains" in shown(report)


def test_planted_slips_are_judged_where_nothing_was_sampled():
    made = [
        make_chain(f"q {n}", ("a=1+1",), n % 2, ("mutation", "exact")[n % 2], Fault.ARITHMETIC)
        for n in range(20)
    ]
    report = make_report(made, score(made), None, SETTINGS)
    found = report["unseen_questions"]
    assert found["caught"]["all planted"] == {"share": 1.0, "n": 10}
    assert found["within_question_auroc"]["mean"] is None
    assert found["selection"] is None
    assert "false alarms" in shown(report)


def test_chains_made_by_rule_order_and_calibrate_nothing():
    chains = make_chains(60, seed=3)
    slips = [
        replace(chain, system="tool-mutation", is_right=False, n_right=0, fault=Fault.WRONG_TOOL)
        for chain in chains
    ]
    alone = make_report(chains, score(chains), None, SETTINGS)
    both = make_report(
        [*chains, *slips], [*score(chains), *score(slips, wrong=0.95)], None, SETTINGS
    )
    for name in ("within_question_auroc", "per_system_auroc", "auroc", "n_written", "selection"):
        assert both["unseen_questions"][name] == alone["unseen_questions"][name]
    assert both["calibration"] == alone["calibration"]
    assert both["unseen_questions"]["caught"]["all planted"]["share"] == 0


def test_the_greedy_solution_stands_beside_the_votes():
    chains = make_chains(10, seed=2)
    greedy = [replace(chain, system="one@0") for chain in chains[::4]]
    report = make_report([*chains, *greedy], score([*chains, *greedy]), None, SETTINGS)
    assert report["unseen_questions"]["selection"]["one@0.8"]["greedy"]["mean"] == 1.0


def test_a_baseline_sees_neither_the_question_nor_the_system():
    # The label is the system's: whoever saw a system would know all of its labels.
    chains = [
        make_chain(f"question {n}", (f"a={n}+1",), int(system == "good@1"), system)
        for n in range(40)
        for system in ("good@1", "bad@1", "bad@0.5")
    ]
    held = score_held_out(chains, BASELINES["shape"])
    assert held.by_system
    good = [s for s, chain in zip(held.scores, chains, strict=True) if chain.system == "good@1"]
    # With the one good system held out only wrong chains are left, and nothing can be fitted.
    assert good == [None] * 40


def test_with_a_single_system_questions_alone_are_held_out():
    chains = make_chains(30, seed=3, systems=("one@1",))
    held = score_held_out(chains, BASELINES["words and shape"])
    assert not held.by_system
    assert None not in held.scores


def test_baselines_that_cannot_be_fitted_are_none():
    chains = make_chains(2, seed=3)
    report = make_report(chains, score(chains), None, ReportSettings())
    assert set(report["baselines"].values()) == {None}


@pytest.mark.parametrize(
    ("steps", "is_whole"), [(("a=12+7",), 1.0), (("a=12/7",), 0.0), (("?",), 0.0)]
)
def test_the_shape_of_a_chain_is_that_of_its_program_and_its_value(steps, is_whole):
    shape = shape_of_chain(make_chain("Ann has 12 cups.", steps, 1))
    assert len(shape) == len(FEATURES)
    assert shape[FEATURES.index("is_whole")] == is_whole


def test_votes_become_rows_with_the_features_of_a_search():
    chains = [
        *(make_chain("q", (f"{name}=2",), 1) for name in "abc"),
        make_chain("q", ("a=3",), 0),
        make_chain("p", ("?",), 0),
        make_chain("p", ("!",), 0),
    ]
    (row,) = vote_rows(chains, None, n_samples=8, rule="majority")
    assert (row.problem, row.is_right) == ("q", True)
    assert row.features[Feature.VOTE_SHARE] == 0.75
    assert row.features[Feature.MARGIN] == 0.5
    assert Feature.LOG_ODDS not in row.features


class FixedJudge:
    """Scores chains by what they say."""

    def __init__(self, scores):
        self._scores = scores

    def score(self, chains):
        found = (self._scores[chain.steps[0]] for chain in chains)
        return [ChainScore(steps=(one,), whole=one) for one in found]


def test_the_rule_of_the_verifier_counts_low_scores_against_an_answer_as_a_search_does():
    chains = [make_chain("q", (f"{name}=2",), 0) for name in "abc"]
    chains.append(make_chain("q", ("d=3",), 1))
    # By the sum of scores the three would win: 1.2 against 0.9.
    judge = FixedJudge({"a=2": 0.4, "b=2": 0.4, "c=2": 0.4, "d=3": 0.9})
    (row,) = vote_rows(chains, judge, n_samples=8, rule="verifier")
    assert row.is_right
    assert row.features[Feature.VOTE_SHARE] == 0.25
    (row,) = vote_rows(chains, judge, n_samples=8, rule="majority")
    assert not row.is_right
