import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answers.key import canonical_key

_RUBBLE = (
    "1 2 12 0.5 1,000 1e3 + - * / ^ ( ) { } [ ] = % $ . , ! \\frac \\sqrt \\pi \\text \\boxed "
    "\\times ^\\circ ° √ ½ ² − m s kg cm^2 J V N/C rad °C per hour feet in and a half twenty "
    "hundred dozen clips yes no B (C) cannot be determined x pi sqrt ~ ** about"
)
_PIECES = st.sampled_from(_RUBBLE.split())
_RATIONALS = st.fractions(max_denominator=10**6)
_RADICANDS = st.sampled_from([2, 3, 5, 6, 7, 10, 11, 30, 101])


def _n_calls(text):
    """Count the calls that a key costs: a measure of work that no clock disturbs."""
    n_calls = 0

    def count(*_):
        nonlocal n_calls
        n_calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        canonical_key(text)
    finally:
        sys.setprofile(before)
    return n_calls


@given(st.text(max_size=600))
def test_arbitrary_text_never_raises(text):
    canonical_key(text)


@given(st.lists(_PIECES, max_size=24), st.sampled_from(["", " "]))
def test_grammatical_rubble_never_raises(pieces, joint):
    canonical_key(joint.join(pieces))


@given(st.lists(_PIECES, max_size=12), st.sampled_from(["", " "]))
def test_key_of_a_key_body_is_the_key(pieces, joint):
    key = canonical_key(joint.join(pieces))
    if key is not None and key[0] in "nsucb":
        assert canonical_key(key[2:].replace(":", " ")) == key


@given(st.integers(min_value=-(10**30), max_value=10**30))
def test_every_rendering_of_an_integer_has_its_key(number):
    for text in (str(number), f"{number:,}", f"{number}.0", f"${number}$", f"{number} clips"):
        assert canonical_key(text) == f"n:{number}"


@given(_RATIONALS)
def test_every_rendering_of_a_fraction_has_its_key(value):
    above, below = value.numerator, value.denominator
    for text in (f"{above}/{below}", f"\\frac{{{above}}}{{{below}}}", f"{3 * above}/{3 * below}"):
        assert canonical_key(text) == f"n:{value}"


@given(_RATIONALS, _RATIONALS)
def test_fractions_share_a_key_only_when_equal(left, right):
    assert (canonical_key(str(left)) == canonical_key(str(right))) == (left == right)


@given(_RATIONALS, st.integers(min_value=1, max_value=99), _RADICANDS)
def test_square_leaves_the_root(coefficient, outside, radicand):
    plain = canonical_key(f"({coefficient})*({outside})*\\sqrt{{{radicand}}}")
    assert canonical_key(f"({coefficient})*\\sqrt{{{outside**2 * radicand}}}") == plain


@given(_RATIONALS, _RADICANDS)
def test_division_undoes_multiplication(value, radicand):
    divisor = f"(3+\\sqrt{{{radicand}}})"
    assert canonical_key(f"({value})*{divisor}/{divisor}") == f"n:{value}"


@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_prefix_scales_a_unit_exactly(value):
    metres = canonical_key(f"{value} m")
    assert canonical_key(f"{value} km") == canonical_key(f"{Fraction(value) * 1000} m")
    assert canonical_key(f"{Fraction(value) * 100} cm") == metres
    assert canonical_key(f"{Fraction(value) * 1000} millimeters") == metres


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "-",
        "{",
        "1+",
        "1*",
        "1/",
        "1,",
        "1.",
        "=1",
        "1 ",
        "9",
        "\\frac",
        "\\sqrt",
        "\\boxed{",
        "{}",
        "()",
        "one ",
        "twenty-",
        "a ",
        "m ",
        "m/",
        "m^",
        "1m ",
        "2(",
        "sqrt(",
        "°",
        "²",
        "$",
        "**",
        "(B)",
        "and ",
        "\\sqrt{999999937}*",
        "1h ",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("start", ["", "1 ", "yes, ", "(B) "], ids=["bare", "1", "yes", "B"])
def test_work_grows_no_faster_than_the_text(start, piece):
    short = start + piece * (240 // len(piece))
    long = start + piece * (480 // len(piece))
    assert _n_calls(long) <= 2.2 * _n_calls(short) + 40
