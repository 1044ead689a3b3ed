import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bench.proportion import Proportion


def _share(n_hits, n_cases):
    return Proportion(n_hits=n_hits, n_cases=n_cases)


@pytest.mark.parametrize(
    ("n_hits", "n_cases", "low", "high"),
    [
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I,
        # method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
    ids=str,
)
def test_intervals_are_those_of_the_literature(n_hits, n_cases, low, high):
    share = _share(n_hits, n_cases)

    assert share.low == pytest.approx(low, abs=5e-5)
    assert share.high == pytest.approx(high, abs=5e-5)


@given(st.integers(0, 300), st.integers(0, 300))
def test_an_interval_holds_its_share_and_mirrors(n_hits, n_misses):
    share, mirrored = _share(n_hits, n_hits + n_misses), _share(n_misses, n_hits + n_misses)

    assert 0 <= share.low <= share.high <= 1
    assert share.low == pytest.approx(1 - mirrored.high)
    if share.ratio is not None:
        assert share.low - 1e-12 <= share.ratio <= share.high + 1e-12


def test_without_a_case_nothing_is_known():
    share = _share(0, 0)

    assert (share.ratio, share.low, share.high) == (None, 0.0, 1.0)


def test_more_hits_than_cases_are_refused():
    with pytest.raises(ValueError, match="no share"):
        _share(3, 2)
