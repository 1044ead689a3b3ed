"""Linear algebra with exact entries."""

from __future__ import annotations

from typing import Any

import sympy

from tools.kernels.kernel_error import KernelError
from tools.kernels.symbolic_request import Answer, Request

MAX_ROWS = 40


def determinant(request: Request) -> Answer:
    """The determinant of a square matrix."""
    return Answer(value=sympy.simplify(_square(request).det()))


def inverse(request: Request) -> Answer:
    """The inverse of a square matrix."""
    matrix = _square(request)
    if sympy.simplify(matrix.det()) == 0:
        raise KernelError("the matrix is singular, so it has no inverse; its determinant is 0")
    return Answer(value=matrix.inv().applyfunc(sympy.simplify))


def transpose(request: Request) -> Answer:
    """The transpose."""
    return Answer(value=_matrix(request).T)


def trace(request: Request) -> Answer:
    """The trace of a square matrix."""
    return Answer(value=sympy.simplify(_square(request).trace()))


def rank(request: Request) -> Answer:
    """The rank."""
    return Answer(value=sympy.Integer(_matrix(request).rank()))


def rref(request: Request) -> Answer:
    """The reduced row echelon form."""
    reduced, pivots = _matrix(request).rref()
    shown = ", ".join(str(pivot + 1) for pivot in pivots) or "none"
    return Answer(value=reduced, notes=(f"Columns with a pivot: {shown}.",))


def null_space(request: Request) -> Answer:
    """A basis of the vectors that the matrix takes to zero."""
    basis = _matrix(request).nullspace()
    items = tuple(sympy.sstr(list(vector)) for vector in basis)
    return Answer(value=basis, items=items or ("only the zero vector",))


def multiply(request: Request) -> Answer:
    """The product of two matrices."""
    left, right = _matrix(request), _matrix(request, "other")
    if left.cols != right.rows:
        raise KernelError(
            f"the first matrix has {left.cols} columns and the second {right.rows} rows; these "
            "must be the same"
        )
    return Answer(value=(left * right).applyfunc(sympy.simplify))


def eigenvalues(request: Request) -> Answer:
    """The eigenvalues, with how often each occurs."""
    found = _square(request).eigenvals()
    ordered = sorted(found.items(), key=lambda pair: sympy.default_sort_key(pair[0]))
    values = [(sympy.simplify(value), count) for value, count in ordered]
    items = tuple(
        sympy.sstr(value) if count == 1 else f"{sympy.sstr(value)} ({count} times)"
        for value, count in values
    )
    return Answer(value=[value for value, count in values for _ in range(count)], items=items)


def eigenvectors(request: Request) -> Answer:
    """The eigenvalues, each with a basis of its eigenvectors."""
    found = sorted(_square(request).eigenvects(), key=lambda one: sympy.default_sort_key(one[0]))
    items = tuple(
        f"{sympy.sstr(sympy.simplify(value))}: "
        + ", ".join(sympy.sstr([sympy.simplify(entry) for entry in vector]) for vector in vectors)
        for value, _, vectors in found
    )
    value = [
        [sympy.simplify(value), [vector.applyfunc(sympy.simplify) for vector in vectors]]
        for value, _, vectors in found
    ]
    return Answer(value=value, items=items)


def characteristic_polynomial(request: Request) -> Answer:
    """The characteristic polynomial det(lambda*I - A)."""
    matrix = _square(request)
    return Answer(value=matrix.charpoly(sympy.Symbol("lambda")).as_expr())


def solve_linear(request: Request) -> Answer:
    """Solve A x = b for the matrix `expression` and the column `other`."""
    matrix, right = _matrix(request), _matrix(request, "other")
    if right.rows != matrix.rows and right.cols == matrix.rows and right.rows == 1:
        right = right.T
    if right.rows != matrix.rows or right.cols != 1:
        raise KernelError(f"`other` must be a column of {matrix.rows} entries, such as [1, 2]")
    unknowns = sympy.symbols(f"x1:{matrix.cols + 1}")
    found: Any = sympy.linsolve((matrix, right), *unknowns)
    if not found:
        return Answer(value=found, items=("no solution",))
    solution = next(iter(found))
    items = tuple(
        f"{name} = {sympy.sstr(value)}" for name, value in zip(unknowns, solution, strict=True)
    )
    free = sorted(solution.free_symbols & set(unknowns), key=str)
    notes = (f"{', '.join(map(str, free))} can be anything.",) if free else ()
    return Answer(value=list(solution), items=items, notes=notes)


def _matrix(request: Request, name: str = "expression") -> Any:
    matrix = request.matrix(name)
    if max(matrix.shape) > MAX_ROWS:
        raise KernelError(f"a matrix may have {MAX_ROWS} rows and columns; use execute_python")
    return matrix


def _square(request: Request) -> Any:
    matrix = _matrix(request)
    if matrix.rows != matrix.cols:
        raise KernelError(f"the matrix must be square; it is {matrix.rows} by {matrix.cols}")
    return matrix
