"""Pictures: their bytes, their size and their words."""

import base64
import io
import math
from contextlib import suppress
from xml.etree import ElementTree as ET

import matplotlib.image
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.kernels.kernel_error import KernelError
from tools.kernels.plots import MAX_IMAGE_BYTES, run
from tools.kernels.plots_data import break_at_poles
from tools.kernels.plots_function import compute_function

SVG = "{http://www.w3.org/2000/svg}"
_FLOATS = st.floats(-1e6, 1e6)


def _draw(kind="function", **more):
    if kind == "function":
        more.setdefault("expressions", ["x^2"])
    return run({"kind": kind, **more})


def _bytes(result, index=0):
    return base64.b64decode(result["images"][index]["data"], validate=True)


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("x^2 - 2*x", 3, 3),
        ("-x^2", 3, -9),
        ("2^3^2", 0, 512),
        ("sin(pi/2)", 0, 1),
        ("log(e^3)", 0, 3),
        ("ln(x)", math.e, 1),
        ("log10(1000)", 0, 3),
        ("log2(8)", 0, 3),
        ("sqrt(x)", 9, 3),
        ("abs(-x)", 4, 4),
        ("max(x, 2)", 1, 2),
        ("cosh(0) + erf(0)", 0, 1),
        ("gamma(5)", 0, 24),
        ("floor(2.7) + ceil(2.1)", 0, 5),
        ("y = 3*x", 2, 6),
        ("f(x) = 3·x", 2, 6),
        ("6/2*x", 2, 6),
    ],
    ids=str,
)
def test_function_has_the_value_worked_by_hand(text, at, expected):
    values = compute_function(text, "x", np.array([float(at)]))
    assert values[0] == pytest.approx(expected)


@given(a=_FLOATS, b=_FLOATS, c=_FLOATS, x=st.floats(-100, 100))
def test_polynomial_is_computed_as_python_does(a, b, c, x):
    (value,) = compute_function(f"({a})*x^2 + ({b})*x + ({c})", "x", np.array([x]))
    assert value == pytest.approx(a * x * x + b * x + c, rel=1e-9, abs=1e-6)


def test_png_has_the_size_asked_for():
    result = _draw(width_px=500, height_px=300)
    picture = matplotlib.image.imread(io.BytesIO(_bytes(result)))
    assert picture.shape[:2] == (300, 500)
    assert result["images"][0]["media_type"] == "image/png"


def test_png_is_drawn_upon():
    picture = matplotlib.image.imread(io.BytesIO(_bytes(_draw())))
    assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 10


def test_svg_keeps_its_text_and_names_itself():
    result = _draw(title="Fall <of> a & stone", format="svg")
    root = ET.fromstring(_bytes(result))
    text = " ".join(root.itertext())
    assert result["images"][0]["media_type"] == "image/svg+xml"
    assert "Fall <of> a & stone" in text
    assert "Line plot from -10 to 10" in text


def test_both_formats_come_together():
    kinds = [image["media_type"] for image in _draw(format="both")["images"]]
    assert kinds == ["image/png", "image/svg+xml"]


@pytest.mark.parametrize("form", ["png", "svg"])
def test_same_call_draws_the_same_bytes(form):
    call = {"expressions": ["sin(x)", "cos(x)"], "title": "a", "format": form}
    assert _bytes(_draw(**call)) == _bytes(_draw(**call))


def test_words_name_range_and_extremes():
    # x^2 - 4 from -3 to 5: least -4 at 0, greatest 21 at 5, through zero at -2 and 2.
    words = _draw(expressions=["x^2 - 4"], lower=-3, upper=5, samples=801)["alternative_text"]
    assert "from -3 to 5" in words
    assert "least -4 at " in words
    assert "greatest 21 at 5" in words
    assert "changes sign 2 times" in words


def test_words_name_gaps():
    words = _draw(expressions=["sqrt(x)"], lower=-1, upper=1, samples=101)["alternative_text"]
    assert "no value at 50 of 101 points" in words


def test_pole_does_not_fill_the_picture():
    words = _draw(expressions=["1/x"], lower=-1, upper=1, samples=1000)["alternative_text"]
    assert "The picture shows heights from" in words


def test_line_is_broken_at_a_pole_and_nowhere_else():
    x = np.linspace(-5, 5, 1000)
    with np.errstate(all="ignore"):
        assert np.isnan(break_at_poles(1 / x)).sum() == 1
    assert not np.isnan(break_at_poles(x**3)).any()


def test_words_of_a_scatter_plot_name_the_correlation():
    # y = 2 x: 1; y = -x: -1.
    assert "Correlation 1.000" in _draw("scatter", x=[1, 2, 3], y=[2, 4, 6])["text"]
    assert "Correlation -1.000" in _draw("scatter", x=[1, 2, 3], y=[-1, -2, -3])["text"]
    assert "Correlation" not in _draw("scatter", x=[1, 2, 3], y=[5, 5, 5])["text"]


def test_words_of_a_histogram_name_mean_and_fullest_bin():
    # 1, 2, 2, 3, 3, 3: mean 14/6, and the half from 2 to 3 holds five.
    words = _draw("histogram", values=[1, 2, 2, 3, 3, 3], bins=2)["text"]
    assert "mean 2.33333" in words
    assert "from 2 to 3, holds 5" in words


def test_words_of_bars_name_each_or_the_extremes():
    assert "a 3, b -4" in _draw("bar", labels=["a", "b"], values=[3, -4])["text"]
    many = _draw("bar", labels=[f"n{i}" for i in range(20)], values=list(range(20)))["text"]
    assert "greatest is n19 with 19, the least n0 with 0" in many


def _texts(result):
    """What the picture says, as it is drawn; the second image is the SVG."""
    return [each.text for each in ET.fromstring(_bytes(result, 1)).iter(f"{SVG}text")]


@pytest.mark.parametrize("text", ["$x^{2$", "日本 😀", r"\frac{1}{2}", "<b>&amp;"], ids=ascii)
def test_title_and_labels_are_drawn_as_they_are(text):
    result = _draw(title=text, x_label=text, y_label=text, format="both")
    assert _texts(result).count(text) == 3


def test_title_of_signs_that_no_file_can_hold_is_left_out():
    text = "\x00\ud800"
    result = _draw(title=text, x_label=text, y_label=text, format="both")
    assert result["text"].startswith("Line plot")
    assert _texts(result) == _texts(_draw(format="both"))


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        ({"kind": "pie"}, "function, scatter, histogram, bar"),
        ({"expressions": []}, "1 to 6 functions"),
        ({"expressions": ["2x"]}, "2\\*x, not 2x"),
        ({"expressions": ["a*x"]}, "name the variable"),
        ({"expressions": ["foo(x)"]}, "Functions: abs"),
        ({"expressions": ["x.real"]}, "not arithmetic"),
        ({"expressions": ["__import__('os')"]}, "no expression"),
        ({"expressions": ["(lambda: x)()"]}, "no expression"),
        ({"expressions": ["sqrt(-1 - x^2)"]}, "no value from -10 to 10"),
        ({"lower": 3, "upper": 3}, "must be below"),
        ({"samples": 1}, "from 2 to 2000"),
        ({"log_x": True}, "above zero"),
        ({"format": "gif"}, "png, svg, both"),
        ({"width_px": 9}, "from 200 to 1600"),
        ({"kind": "scatter", "x": [1], "y": [1, 2]}, "as many of each"),
        ({"kind": "scatter"}, "`x` holds 1 to 2000 numbers"),
        ({"kind": "histogram", "values": [1], "bins": 1000}, "`bins`"),
        ({"kind": "histogram", "values": ["a"]}, "no number"),
        ({"kind": "bar", "labels": ["a"], "values": [1, 2]}, "as many of each"),
        ({"kind": "bar", "labels": ["a"] * 90, "values": [1] * 90}, "too many"),
    ],
    ids=str,
)
def test_refusal_says_how_to_mend_the_call(call, hint):
    with pytest.raises(KernelError, match=hint):
        _draw(**call)


def test_large_picture_is_made_coarser_until_it_is_small():
    expressions = [f"sin({n}*x)*exp(x/9)*cos(x^2)" for n in range(1, 7)]
    call = {"expressions": expressions, "samples": 2000, "width_px": 1600, "height_px": 1600}
    result = _draw(**call, format="both")
    assert all(len(_bytes(result, index)) <= MAX_IMAGE_BYTES for index in range(2))
    assert result["images"][0]["width_px"] < 1600
    picture = matplotlib.image.imread(io.BytesIO(_bytes(result)))
    assert picture.shape[1] == result["images"][0]["width_px"]


_VALUES = st.lists(
    st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.none(), max_size=5
)


@settings(max_examples=40, deadline=None)
@given(
    call=st.fixed_dictionaries(
        {"kind": st.sampled_from(["function", "scatter", "histogram", "bar"])},
        optional={
            "expressions": st.lists(
                st.text(alphabet="x12+-*/^().einscotlgaqr ", max_size=12), max_size=2
            ),
            "x": _VALUES,
            "y": _VALUES,
            "values": _VALUES,
            "labels": st.lists(st.text(max_size=3), max_size=5),
            "bins": st.integers(-1, 200) | st.none(),
            "lower": st.floats(),
            "upper": st.floats(),
            "log_x": st.booleans(),
            "log_y": st.booleans(),
            "title": st.text(max_size=8),
        },
    )
)
def test_any_call_is_drawn_or_refused(call):
    with suppress(KernelError):
        assert run(call)["images"]


@given(text=st.text(alphabet="x12+-*/^().,einscotlgaqrmp ", max_size=30) | st.text(max_size=12))
def test_any_text_is_a_function_or_refused(text):
    with suppress(KernelError):
        assert compute_function(text, "x", np.linspace(-2, 2, 9)).shape == (9,)
