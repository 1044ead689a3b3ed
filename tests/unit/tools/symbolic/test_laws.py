import sympy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.kernels.math_text import read_math

_COEFFICIENTS = st.lists(st.integers(-9, 9), min_size=1, max_size=5)
_QUIET = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
X = sympy.Symbol("x")


def _polynomial(coefficients: list[int]) -> sympy.Expr:
    return sympy.Poly(coefficients, X).as_expr()


@_QUIET
@given(_COEFFICIENTS, st.sampled_from(["", "*sin(x)", "*exp(x)", "/(x^2+1)"]))
def test_derivative_of_an_integral_is_the_integrand(calculate, coefficients, factor):
    text = f"({sympy.sstr(_polynomial(coefficients))}){factor}"
    integral = calculate("integrate", text, variables=["x"]).result
    derived = read_math(calculate("differentiate", integral, variables=["x"]).result)

    assert sympy.simplify(derived - read_math(text)) == 0


@_QUIET
@given(st.lists(st.fractions(-9, 9, max_denominator=9), min_size=1, max_size=4))
def test_roots_of_a_product_are_its_zeros(calculate, roots):
    product = sympy.expand(sympy.prod(X - sympy.Rational(root) for root in roots))
    found = read_math(calculate("solve", sympy.sstr(product), variables=["x"]).result)

    assert set(found) == {sympy.Rational(root) for root in roots}


@_QUIET
@given(st.lists(st.lists(st.integers(-5, 5), min_size=3, max_size=3), min_size=3, max_size=3))
def test_a_matrix_times_its_inverse_is_the_identity(calculate, rows):
    matrix = sympy.Matrix(rows)
    if matrix.det() == 0:
        return
    inverse = read_math(calculate("inverse", str(rows)).result)

    assert matrix * inverse == sympy.eye(3)


@_QUIET
@given(st.integers(2, 10**12))
def test_factors_multiply_to_the_number(calculate, value):
    [item] = calculate("factor_integer", numbers=[value]).items
    shown = item.split(" = ")[1]

    assert read_math(shown) == value


@_QUIET
@given(st.integers(0, 10**6), st.sets(st.sampled_from([2, 3, 5, 7, 11, 13]), min_size=1))
def test_remainders_lead_back_to_the_number(calculate, value, moduli):
    remainders = [value % modulus for modulus in moduli]
    found = calculate("chinese_remainder", numbers=remainders, moduli=list(moduli)).result

    assert int(found) == value % sympy.prod(moduli)
