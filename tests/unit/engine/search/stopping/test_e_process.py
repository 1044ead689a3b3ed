"""The certificate bets fairly, and says only what it can prove."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.stopping.e_process import EProcess, log_e_value, share_risk
from engine.search.stopping.poll import Poll

COUNTS = st.integers(0, 40)


def _e_value(n_for, n_against):
    return math.exp(log_e_value(n_for, n_against))


def _rule_on(names, *, risk=0.05, n_planned=64):
    poll = Poll(names=tuple(names), votes=(), n_left=n_planned - len(names))
    return EProcess(risk=risk).rule_on(poll)


def test_a_target_named_in_advance_needs_seven_votes():
    assert _e_value(6, 0) < 1 / 0.05 <= _e_value(7, 0)
    assert _e_value(7, 0) == pytest.approx(255 / 8)


def test_an_answer_that_votes_propose_needs_nine():
    assert not _rule_on("a" * 8).is_settled
    assert _rule_on("a" * 9).is_settled
    assert _rule_on("").n_needed == 9


def test_no_bet_is_placed_before_the_first_vote():
    assert log_e_value(0, 0) == 0


@given(COUNTS, COUNTS)
def test_the_bet_is_fair_between_equals(n_for, n_against):
    after = (_e_value(n_for + 1, n_against) + _e_value(n_for, n_against + 1)) / 2

    # Within rounding: against a target no likelier than its rival the evidence never grows.
    assert after <= _e_value(n_for, n_against) * (1 + 1e-9)
    assert _e_value(n_for + 1, n_against) > _e_value(n_for, n_against + 1)


@given(COUNTS, COUNTS)
def test_the_evidence_is_the_integral_of_the_bets(n_for, n_against):
    n_steps = 4000
    points = (0.5 + (i + 0.5) / n_steps / 2 for i in range(n_steps))
    total = sum(2 * (2 * t) ** n_for * (2 * (1 - t)) ** n_against for t in points)

    assert _e_value(n_for, n_against) == pytest.approx(total / n_steps / 2, rel=1e-3)


def test_the_shares_of_the_risk_add_up_to_no_more_than_it():
    assert sum(share_risk(0.05, place) for place in range(1, 5000)) == pytest.approx(
        0.05, rel=1e-3
    )
    assert sum(share_risk(0.05, place) for place in range(1, 5000)) < 0.05


def test_an_answer_that_appears_later_needs_more():
    n_late = _rule_on(["b", "a"]).n_needed

    assert _rule_on(["b", *["a"] * 9]).certificate == "none"
    assert n_late > 8


def test_a_certificate_names_its_error():
    ruling = _rule_on("a" * 9, risk=0.05)

    assert ruling.certificate == "mode with error at most 0.05"
    assert ruling.reason == "certified as mode with error at most 0.05"


def test_the_last_sample_ends_it_without_a_certificate():
    ruling = _rule_on("abb", n_planned=3)

    assert ruling.is_settled
    assert ruling.certificate == "none"
    assert ruling.reason == "none left; uncertified"


def test_it_ends_once_no_vote_could_change_or_certify_the_winner():
    # 5 of 6 lead for good among 8, and 2 more cannot make up for the vote against.
    ruling = _rule_on("abaaaa", n_planned=8)

    assert ruling.is_settled
    assert ruling.reason.endswith("left, too few to change it; uncertified")


def test_it_waits_for_a_certificate_that_can_still_come():
    # 8 of 10 cannot be overtaken, but the ninth vote certifies.
    assert not _rule_on("a" * 8, n_planned=10).is_settled


def test_a_certificate_is_for_the_leader_alone():
    # "c" alone has gained of late, but "a" leads: nothing is said of either.
    names = "ab" * 12 + "c" * 11

    assert _rule_on(names).certificate == "none"
