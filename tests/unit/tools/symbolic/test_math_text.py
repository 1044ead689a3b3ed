import re
from contextlib import suppress

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.kernels.kernel_error import KernelError
from tools.kernels.math_text import Vocabulary, read_math

READINGS = {
    "2x + 3": "2*x + 3",
    "3(x+1)^2": "3*(x + 1)**2",
    "x(x+1)": "x*(x + 1)",
    "1/2x": "x/2",
    "-2^2": "-4",
    "2^-1": "1/2",
    "2^3^2": "512",
    "0.1 + 0.2": "3/10",
    "1e-3": "1/1000",
    "50%": "1/2",
    "5!": "120",
    "|x - 1|": "Abs(x - 1)",
    "2|x|": "2*Abs(x)",
    "sin 2x": "sin(2*x)",
    "sin^2 x": "sin(x)**2",
    "sin x cos x": "sin(x)*cos(x)",
    "log_2(8)": "3",
    "3+4i": "3 + 4*I",
    "x² + 1": "x**2 + 1",
    "e^x": "exp(x)",
    "f(x)": "f(x)",
    "sum(i, (i, 1, 10))": "Sum(i, (i, 1, 10))",
    "x^2 = 4": "Eq(x**2, 4)",
    "0 < x <= 3": "(x <= 3) & (0 < x)",
    "{3, 1, 2}": "{1, 2, 3}",
    "(0, 1] union {5}": "Union({5}, Interval.Lopen(0, 1))",
    "S + N": "N + S",
    r"\frac{1}{2}x^{2}": "x**2/2",
    r"\frac12": "1/2",
    r"2\frac{1}{2}": "5/2",
    r"2\sqrt3": "2*sqrt(3)",
    r"\sqrt[3]{8}": "2",
    r"xy": "xy",
    r"\left(xy\right)": "x*y",
    r"x_1 + x_{2}": "x_1 + x_2",
    r"\log_{10}(100)": "2",
    r"90^\circ": "pi/2",
    r"\left| -3 \right|": "3",
    r"\binom{5}{2}": "10",
    r"\int_0^1 x^2\,dx": "Integral(x**2, (x, 0, 1))",
    r"\sum_{k=1}^{n} k^2": "Sum(k**2, (k, 1, n))",
    r"\lim_{x \to 0^+} \frac{1}{x}": "Limit(1/x, x, 0, dir='+')",
    r"\frac{d}{dx} x^2": "Derivative(x**2, x)",
    r"\{1, 2\}": "{1, 2}",
    r"$\dfrac{3}{4}$": "3/4",
    r"\(\pi\)": "pi",
    r"\boxed{7}": "7",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}": "Matrix([[1, 2],[3, 4]])",
    r"\begin{vmatrix}1&2\\3&4\end{vmatrix}": "-2",
}
REFUSALS = {
    "": "empty",
    "x +": "an operand is missing at the end",
    "(x": "'the end' stands where , or ) should",
    ")": "stands where an operand should",
    "foo(x)": "the function foo is not known",
    "x.__class__": "'.' at position 2",
    "10**10**10": "too large to write out",
    "9999999!": "too large to write out",
    r"\vec{x}": r"\vec is not known",
    r"\frac{1}": "ends where an argument should stand",
    r"\frac{1": "is not closed",
    r"\begin{cases}1\end{cases}": "cases is not known",
    r"\int x^2": "names no variable",
    "(" * 200 + "x" + ")" * 200: "nested too deeply",
    "1" * 500: "more than 400 digits",
    "x" * 9_000: "at most 8,000",
    "[[1,2],[3,4]] + 1": "cannot be",
}


@pytest.mark.parametrize("text", READINGS)
def test_text_is_read(text):
    assert sympy.sstr(read_math(text)).replace("\n", "") == READINGS[text]


@pytest.mark.parametrize("text", REFUSALS, ids=[text[:20] or "empty" for text in REFUSALS])
def test_refusal_says_what_is_wrong(text):
    with pytest.raises(KernelError, match=re.escape(REFUSALS[text])):
        read_math(text)


def test_declared_names_come_before_constants():
    symbol = sympy.Symbol("e", positive=True)

    assert read_math("e + 1", Vocabulary(symbols={"e": symbol})) == symbol + 1


def test_primes_are_derivatives_of_declared_functions():
    vocabulary = Vocabulary(symbols={"x": sympy.Symbol("x")}, functions=frozenset({"y"}))

    assert sympy.sstr(read_math("y''", vocabulary)) == "Derivative(y(x), (x, 2))"


def _expressions() -> st.SearchStrategy:
    x, y = sympy.symbols("x y")
    leaves = st.sampled_from([x, y, sympy.pi]) | st.integers(-20, 20).map(sympy.Integer)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda two: two[0] + two[1]),
            st.tuples(inner, inner).map(lambda two: two[0] * two[1]),
            st.tuples(inner, st.integers(1, 3)).map(lambda two: two[0] ** two[1]),
            inner.map(sympy.sin),
            inner.map(lambda value: sympy.sqrt(value**2 + 1)),
        ),
        max_leaves=6,
    )


@given(_expressions())
def test_what_sympy_writes_is_read_back(value):
    assert sympy.expand(read_math(sympy.sstr(value)) - value) == 0


@given(_expressions())
def test_what_sympy_writes_as_latex_is_read_back(value):
    assert sympy.expand(read_math(sympy.latex(value)) - value) == 0


@settings(max_examples=300)
@given(st.text(alphabet=r"xyi12.+-*/^()[]{}|!,=<> \_$&%'sincoqrtfa", max_size=30))
def test_any_text_is_read_or_refused(text):
    # Whatever else it raised would fail the test.
    with suppress(KernelError):
        read_math(text)
