"""The kernel of `symbolic_math`: SymPy over text read by our own grammar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

from tools.kernels import symbolic_algebra as algebra
from tools.kernels import symbolic_calculus as calculus
from tools.kernels import symbolic_matrix as matrix
from tools.kernels import symbolic_number as number
from tools.kernels import symbolic_statistics as statistics
from tools.kernels.kernel_error import KernelError
from tools.kernels.symbolic_request import Answer, Request, make_request

OPERATIONS: Mapping[str, Callable[[Request], Answer]] = {
    "solve": algebra.solve,
    "simplify": algebra.simplify,
    "expand": algebra.expand,
    "factor": algebra.factor,
    "cancel": algebra.cancel,
    "partial_fractions": algebra.apart,
    "evaluate": algebra.evaluate,
    "differentiate": calculus.differentiate,
    "integrate": calculus.integrate,
    "limit": calculus.limit,
    "series": calculus.series,
    "sum": calculus.summation,
    "product": calculus.product,
    "solve_ode": calculus.solve_ode,
    "determinant": matrix.determinant,
    "inverse": matrix.inverse,
    "transpose": matrix.transpose,
    "trace": matrix.trace,
    "rank": matrix.rank,
    "rref": matrix.rref,
    "null_space": matrix.null_space,
    "matrix_product": matrix.multiply,
    "eigenvalues": matrix.eigenvalues,
    "eigenvectors": matrix.eigenvectors,
    "characteristic_polynomial": matrix.characteristic_polynomial,
    "solve_linear": matrix.solve_linear,
    "factor_integer": number.factor_integer,
    "gcd": number.gcd,
    "lcm": number.lcm,
    "mod_inverse": number.mod_inverse,
    "mod_power": number.mod_power,
    "chinese_remainder": number.remainder_system,
    "is_prime": number.is_prime,
    "next_prime": number.next_prime,
    "divisors": number.divisors,
    "totient": number.totient,
    "mean": statistics.mean,
    "median": statistics.median,
    "mode": statistics.mode,
    "variance": statistics.variance,
    "standard_deviation": statistics.standard_deviation,
    "quartiles": statistics.quartiles,
    "correlation": statistics.correlation,
    "linear_regression": statistics.linear_regression,
    "binomial_probability": statistics.binomial_probability,
    "poisson_probability": statistics.poisson_probability,
    "normal_probability": statistics.normal_probability,
}


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Carry out one operation.

    Raises:
        KernelError: When it cannot be carried out, with what to mend.
    """
    operation = OPERATIONS.get(arguments["operation"])
    if operation is None:
        raise KernelError(f"`operation` must be one of {', '.join(OPERATIONS)}")
    try:
        return operation(make_request(arguments)).to_data()
    except RecursionError as error:
        raise KernelError("the expression is too deep for this operation") from error
    except NotImplementedError as error:
        raise KernelError(f"no method is known for this: {error}"[:300]) from error
    except (TypeError, ValueError, AttributeError, ZeroDivisionError, sympy.SympifyError) as error:
        # What SymPy raises where an expression is not of the kind that an operation takes.
        words = f"{arguments['operation']} cannot be applied to this: {error}"
        raise KernelError(words[:400]) from error


def warm() -> None:
    """Do once what is slow the first time."""
    for each in ({"operation": "solve", "expression": r"\frac{x^2}{2} - 8 = 0"},
                 {"operation": "integrate", "expression": "sin(x)*exp(x)"}):  # fmt: skip
        run({"variables": ["x"], **each})
