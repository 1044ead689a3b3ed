"""Values worked by hand or taken from tables of mathematics; each says which."""

import pytest

ALGEBRA = {
    # it is (x - 2) times (x - 3)
    "quadratic": ("solve", "x^2 - 5x + 6 = 0", {}, "[2, 3]"),
    # the roots of unity that are not real
    "complex": ("solve", "x^2 + 1 = 0", {}, "[-I, I]"),
    "no-real": ("solve", "x^2 + 1 = 0", {"domain": "real"}, "[]"),
    # squaring gives x^2 - 3x = 0, whose root 0 does not fit
    "extraneous": ("solve", r"\sqrt{x+1} = x - 1", {}, "[3]"),
    "absolute": ("solve", "|x - 1| = 2", {}, "[-1, 3]"),
    # abc formula
    "letters": (
        "solve",
        "a x^2 + b x + c = 0",
        {"variables": ["x"]},
        "[(-b - sqrt(-4*a*c + b**2))/(2*a), (-b + sqrt(-4*a*c + b**2))/(2*a)]",
    ),
    "system": ("solve", "x + y = 10, x - y = 2", {}, "[{x: 6, y: 4}]"),
    "inequality": ("solve", "x^2 < 4", {}, "Interval.open(-2, 2)"),
    "inequalities": ("solve", "x > 1, x^2 <= 9", {}, "Interval.Lopen(1, 3)"),
    "pythagoras": ("simplify", "sin^2 x + cos^2 x", {}, "1"),
    "quotient": ("simplify", r"\frac{x^2-1}{x-1}", {}, "x + 1"),
    "binomial": ("expand", "(x+1)^3", {}, "x**3 + 3*x**2 + 3*x + 1"),
    "difference-of-squares": ("factor", "x^4 - 1", {}, "(x - 1)*(x + 1)*(x**2 + 1)"),
    # 360 = 8 * 9 * 5
    "factor-number": ("factor", "360", {}, "2**3*3**2*5**1"),
    # 1/(x-1) - 1/(x+1) = 2/(x^2-1)
    "partial-fractions": (
        "partial_fractions",
        "1/(x^2-1)",
        {},
        "-1/(2*(x + 1)) + 1/(2*(x - 1))",
    ),
    "cancel": ("cancel", "(x^2 - 4)/(x^2 + 4x + 4)", {}, "(x - 2)/(x + 2)"),
    "put-in": ("evaluate", "x^2 + y", {"conditions": ["x = 3", "y = 1/2"]}, "19/2"),
}
CALCULUS = {
    # product rule: 3x^2 sin x + x^3 cos x
    "product-rule": ("differentiate", "x^3 sin x", {}, "x**2*(x*cos(x) + 3*sin(x))"),
    "second": ("differentiate", "x^4", {"order": 2}, "12*x**2"),
    # by parts: x e^x - e^x
    "by-parts": ("integrate", "x e^x", {}, "(x - 1)*exp(x)"),
    # arctan from 0 to infinity
    "arctan": ("integrate", "1/(x^2+1)", {"lower": "0", "upper": "oo"}, "pi/2"),
    # the Gaussian integral
    "gauss": ("integrate", "e^(-x^2)", {"lower": "-oo", "upper": "oo"}, "sqrt(pi)"),
    # the Dirichlet integral
    "dirichlet": ("integrate", "sin(x)/x", {"lower": "0", "upper": "oo"}, "pi/2"),
    "latex-integral": ("integrate", r"\int_0^1 x^2\,dx", {}, "1/3"),
    "sine": ("limit", "sin(x)/x", {"point": "0"}, "1"),
    # Euler's number as its limit
    "euler": ("limit", "(1 + 1/n)^n", {"point": "oo"}, "E"),
    # 1 - cos x = x^2/2 - ...
    "cosine": ("limit", r"\lim_{x \to 0} \frac{1-\cos x}{x^2}", {}, "1/2"),
    "one-sided": ("limit", "1/x", {"point": "0", "direction": "-"}, "-oo"),
    "exponential": ("series", "e^x", {"order": 4}, "1 + x + x**2/2 + x**3/6 + O(x**4)"),
    # the Basel problem
    "basel": ("sum", "1/n^2", {"lower": "1", "upper": "oo"}, "pi**2/6"),
    # Gauss at school
    "triangular": (
        "sum",
        "k",
        {"lower": "1", "upper": "n", "variables": ["k"]},
        "n*(n + 1)/2",
    ),
    "factorial": ("product", "k", {"lower": "1", "upper": "5"}, "120"),
    "oscillator": (
        "solve_ode",
        "y'' + y = 0",
        {"function": "y", "variables": ["x"], "conditions": ["y(0) = 0", "y'(0) = 1"]},
        "Eq(y(x), sin(x))",
    ),
    "growth": (
        "solve_ode",
        r"\frac{dy}{dx} = 2y",
        {"function": "y", "variables": ["x"], "conditions": ["y(0) = 3"]},
        "Eq(y(x), 3*exp(2*x))",
    ),
    # separable: ln y = x^2/2 + c
    "separable": (
        "solve_ode",
        "dy/dx = x y",
        {"function": "y", "variables": ["x"]},
        "Eq(y(x), C1*exp(x**2/2))",
    ),
}
MATRICES = {
    # 1*4 - 2*3
    "determinant": ("determinant", "[[1, 2], [3, 4]]", {}, "-2"),
    "vandermonde": ("determinant", "[[1,1,1],[1,2,4],[1,3,9]]", {}, "2"),
    # adjugate over determinant
    "inverse": (
        "inverse",
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        {},
        "Matrix([\n[ -2,    1],\n[3/2, -1/2]])",
    ),
    # trace 4, determinant 3
    "eigenvalues": ("eigenvalues", "[[2, 1], [1, 2]]", {}, "[1, 3]"),
    "rank": ("rank", "[[1, 2], [2, 4]]", {}, "1"),
    "rref": ("rref", "[[1,2,3],[4,5,6]]", {}, "Matrix([\n[1, 0, -1],\n[0, 1,  2]])"),
    # lambda^2 - trace lambda + determinant
    "characteristic": (
        "characteristic_polynomial",
        "[[1,2],[3,4]]",
        {},
        "lambda**2 - 5*lambda - 2",
    ),
    # Cramer: 9 - 5 and 10 - 3 over 5
    "linear": ("solve_linear", "[[2, 1], [1, 3]]", {"other": "[3, 5]"}, "[4/5, 7/5]"),
    "swap": ("matrix_product", "[[1,2],[3,4]]", {"other": "[[0,1],[1,0]]"}, None),
}
NUMBERS = {
    "gcd": ("gcd", {"numbers": [12, 18, 30]}, "6"),
    "lcm": ("lcm", {"numbers": [4, 6, 10]}, "60"),
    # 3 * 4 = 12 = 1 mod 11
    "inverse": ("mod_inverse", {"numbers": [3], "moduli": [11]}, "4"),
    # Fermat: 2^12 = 1 mod 13, so 2^100 = 2^4 = 16 = 3
    "power": ("mod_power", {"numbers": [2, 100], "moduli": [13]}, "3"),
    # Sunzi's own problem
    "sunzi": ("chinese_remainder", {"numbers": [2, 3, 2], "moduli": [3, 5, 7]}, "23"),
    # 91 = 7 * 13
    "not-prime": ("is_prime", {"numbers": [91]}, "False"),
    "mersenne": ("is_prime", {"numbers": [2**31 - 1]}, "True"),
    "next": ("next_prime", {"numbers": [100]}, "101"),
    "divisors": ("divisors", {"numbers": [12]}, "[1, 2, 3, 4, 6, 12]"),
    # Euler: 36 times 1/2 times 2/3
    "totient": ("totient", {"numbers": [36]}, "12"),
    # the fifth Fermat number, factored by Euler
    "fermat": ("factor_integer", {"numbers": [2**32 + 1]}, "{641: 1, 6700417: 1}"),
    "mean": ("mean", {"numbers": [1, 2, 4]}, "7/3"),
    "median": ("median", {"numbers": [3, 1, 2, 10]}, "5/2"),
    # deviations 9+1+1+1+0+0+4+16 = 32 over 8
    "variance": ("variance", {"numbers": [2, 4, 4, 4, 5, 5, 7, 9]}, "4"),
    "deviation": ("standard_deviation", {"numbers": [2, 4, 4, 4, 5, 5, 7, 9]}, "2"),
    "quartiles": ("quartiles", {"numbers": [1, 2, 3, 4, 5, 6, 7]}, "[1, 2, 4, 6, 7]"),
    "line": ("linear_regression", {"numbers": [1, 2, 3], "others": [3, 5, 7]}, "2*x + 1"),
    "correlation": ("correlation", {"numbers": [1, 2, 3], "others": [6, 4, 2]}, "-1"),
    # C(10, 3) / 2^10 = 120 / 1024
    "binomial": ("binomial_probability", {"numbers": [10, 3, "1/2"]}, "15/128"),
}
# From tables: e^-2 * 2^3/3!, and the normal distribution at 1.96.
DECIMALS = {
    "poisson": ("poisson_probability", {"numbers": [2, 3]}, 0.180447),
    "normal": ("normal_probability", {"numbers": [0, 1, "1.96"]}, 0.975002),
    "lambert": ("evaluate", {"expression": "LambertW(1)"}, 0.567143),
    "pi": ("evaluate", {"expression": "pi"}, 3.141593),
}


@pytest.mark.parametrize(
    "case", [*ALGEBRA.values(), *CALCULUS.values(), *MATRICES.values()],
    ids=[*ALGEBRA, *CALCULUS, *MATRICES],
)  # fmt: skip
def test_expression_has_its_known_answer(calculate, case):
    operation, expression, others, expected = case
    result = calculate(operation, expression, **others).result

    assert result == (expected or "Matrix([\n[2, 1],\n[4, 3]])")


@pytest.mark.parametrize("case", NUMBERS.values(), ids=NUMBERS)
def test_numbers_have_their_known_answer(calculate, case):
    operation, others, expected = case

    assert calculate(operation, **others).result == expected


@pytest.mark.parametrize("case", DECIMALS.values(), ids=DECIMALS)
def test_decimal_agrees_with_tables(calculate, case):
    operation, others, expected = case

    assert float(calculate(operation, **others).decimal) == pytest.approx(expected, abs=5e-7)


def test_numeric_roots_say_that_they_are(calculate):
    # The Dottie number, the fixed point of the cosine.
    answer = calculate("solve", "cos x = x")

    assert answer.items == ["x = 0.739085133215"]
    assert answer.notes == ["These roots were found numerically; there may be others."]


def test_roots_without_radicals_are_given_in_decimals(calculate):
    # The plastic number's cousin: the real root of x^5 - x - 1.
    assert "(about 1.1673)" in calculate("solve", "x^5 - x - 1 = 0").items[0]


def test_periodic_solutions_are_told(calculate):
    assert "2*_n*pi + pi/6" in calculate("solve", "sin x = 1/2").notes[0]


def test_free_variables_are_named(calculate):
    answer = calculate("solve", "x + y + z = 3, x - y = 0")

    assert answer.notes == ["z can be anything."]


def test_result_comes_in_latex_too(calculate):
    assert calculate("integrate", "1/x^3").latex == r"- \frac{1}{2 x^{2}}"


def test_assumption_decides_a_root(calculate):
    answer = calculate("simplify", "sqrt(x^2)", assumptions={"x": "positive"})

    assert answer.result == "x"


REFUSALS = [
    (("solve", "x + y = 1", {}), "set `variables` to one of x, y"),
    (("limit", "1/x", {"point": "0"}), "the limit does not exist"),
    (("inverse", "[[1,2],[2,4]]", {}), "singular"),
    (("determinant", "[[1,2,3]]", {}), "must be square; it is 1 by 3"),
    (("matrix_product", "[[1,2]]", {"other": "[[1,2]]"}), "2 columns and the second 1 rows"),
    (("mod_inverse", "", {"numbers": [2], "moduli": [4]}), "common divisor is 2"),
    (("gcd", "", {"numbers": ["1/2", "3"]}), "1/2 in `numbers` is not an integer"),
    (("mean", "", {"numbers": []}), "`numbers` must list at least 1"),
    (("mean", "", {"numbers": ["x"]}), "'x' in `numbers` is not a number"),
    (("solve", "", {}), "`expression` is missing"),
    (("integrate", "x", {"lower": "0"}), "give both `lower` and `upper`"),
    (("solve_ode", "y' = y", {}), "`function` is missing"),
    (("simplify", "10^10^10", {}), "too large to write out"),
    (("simplify", "foo(3)", {}), "the function foo is not known"),
    (("simplify", "1/0", {}), "divides by zero"),
    (("solve", "__import__('os').system('id')", {}), "'.' at position"),
]


@pytest.mark.parametrize(
    ("call", "words"), REFUSALS, ids=[f"{n}-{call[0]}" for n, (call, _) in enumerate(REFUSALS)]
)
def test_refusal_says_what_to_mend(refuse, call, words):
    operation, expression, others = call

    assert words in refuse(operation, expression, **others)
