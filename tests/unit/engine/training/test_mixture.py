"""A mixture is checked when it is made, and reduced to what is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.training.mixture import (
    CPU_MIXTURE,
    GPU_MIXTURE,
    InvalidMixtureError,
    Mixture,
    Part,
    parse_shares,
)


@pytest.mark.parametrize("mixture", [CPU_MIXTURE, GPU_MIXTURE], ids=["cpu", "gpu"])
def test_the_shipped_mixtures_have_every_part_and_add_up(mixture):
    assert {part for part, _ in mixture.shares} == set(Part)
    assert sum(share for _, share in mixture.shares) == pytest.approx(1)


def test_absent_parts_leave_their_shares_to_the_others():
    mixture = Mixture(shares=((Part.FAMILIES, 1), (Part.GSM8K, 2), (Part.TOOLS, 1)))
    left = mixture.among({Part.FAMILIES, Part.TOOLS})
    assert left.shares == ((Part.FAMILIES, 0.5), (Part.TOOLS, 0.5))


def test_a_mixture_of_nothing_is_refused():
    with pytest.raises(InvalidMixtureError):
        CPU_MIXTURE.among(set())


@pytest.mark.parametrize(
    "shares",
    [
        pytest.param(((Part.TOOLS, 0.0),), id="zero"),
        pytest.param(((Part.TOOLS, float("inf")),), id="infinite"),
        pytest.param(((Part.TOOLS, 1.0), (Part.TOOLS, 1.0)), id="twice"),
    ],
)
def test_bad_shares_are_refused(shares):
    with pytest.raises(InvalidMixtureError):
        Mixture(shares=shares)


@pytest.mark.parametrize("ratio", [-0.1, 1.1])
def test_a_share_of_varied_solutions_beyond_its_limits_is_refused(ratio):
    with pytest.raises(InvalidMixtureError, match="between 0 and 1"):
        replace(CPU_MIXTURE, varied_ratio=ratio)


def test_what_is_varied_stays_when_shares_change():
    mixture = replace(CPU_MIXTURE, varied_ratio=0.25)
    assert mixture.among({Part.TOOLS}).varied_ratio == 0.25
    assert mixture.changed({Part.TOOLS: 0.0}).varied_ratio == 0.25


def test_shares_are_changed_and_taken_out():
    changed = CPU_MIXTURE.changed(parse_shares(["gsm8k=0.5", "tools=0"]))
    shares = dict(changed.shares)
    assert shares[Part.GSM8K] == 0.5
    assert Part.TOOLS not in shares


@pytest.mark.parametrize("text", ["gsm8k", "gsm8k=much", "poems=0.1", "gsm8k=-1"], ids=str)
def test_what_is_no_share_is_refused(text):
    with pytest.raises(InvalidMixtureError, match=text):
        parse_shares([text])
