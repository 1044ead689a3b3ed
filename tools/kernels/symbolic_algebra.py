"""Solving and rewriting."""

from __future__ import annotations

import math
from typing import Any

import sympy
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from tools.kernels.kernel_error import KernelError
from tools.kernels.symbolic_request import Answer, Request

_STARTS = (-50, -10, -3, -1, -0.3, 0.1, 0.5, 1, 2, 5, 10, 50)
_SMALL = 1e-9
_SAME = 1e-7


def solve(request: Request) -> Answer:
    """Solve an equation, an inequality or a system."""
    relations = request.relations()
    trivial = _find_trivial(relations)
    if trivial is not None:
        return trivial
    relations = [each for each in relations if each is not sympy.true]
    variables = request.variables(*relations)
    if not variables:
        raise KernelError("there is no variable to solve for")
    if any(not isinstance(each, sympy.Eq) for each in relations):
        return _solve_inequalities(relations, variables)
    if len(relations) == 1:
        if len(variables) > 1 and len(request.arguments.get("variables") or []) != 1:
            names = ", ".join(map(str, variables))
            raise KernelError(f"say what to solve for: set `variables` to one of {names}")
        return _solve_one(relations[0], variables[0], is_real=_wants_real(request))
    return _solve_system(relations, variables, is_real=_wants_real(request))


def simplify(request: Request) -> Answer:
    """Simplify an expression."""
    return Answer(value=sympy.simplify(request.expression().doit()))


def expand(request: Request) -> Answer:
    """Multiply out."""
    return Answer(value=sympy.expand(request.expression()))


def factor(request: Request) -> Answer:
    """Factor a polynomial over the rationals; an integer into primes."""
    value = request.expression()
    if value.is_Integer:
        return Answer(value=sympy.factorint(value, visual=True))
    return Answer(value=sympy.factor(value))


def cancel(request: Request) -> Answer:
    """Bring a rational function to lowest terms."""
    return Answer(value=sympy.cancel(sympy.together(request.expression())))


def apart(request: Request) -> Answer:
    """Split a rational function into partial fractions."""
    value = request.expression()
    return Answer(value=sympy.apart(value, request.variable(value)))


def evaluate(request: Request) -> Answer:
    """Carry out what an expression says, after putting values in for its variables."""
    value = request.expression()
    for text in request.arguments.get("conditions") or []:
        equation = request.read(text)
        if not isinstance(equation, sympy.Eq) or not isinstance(equation.lhs, sympy.Symbol):
            raise KernelError(f"{text!r} in `conditions` gives no value; write x = 3")
        value = value.subs(equation.lhs, equation.rhs)
    return Answer(value=value.doit())


def _find_trivial(relations: list[Any]) -> Answer | None:
    if sympy.false in relations:
        note = "There is no solution: an equation contradicts itself."
        return Answer(value=sympy.S.EmptySet, items=("no solution",), notes=(note,))
    if all(each is sympy.true for each in relations):
        return Answer(value=sympy.true, items=("true for every value",))
    return None


def _wants_real(request: Request) -> bool:
    return request.arguments.get("domain") == "real"


def _solve_one(equation: Any, variable: Any, *, is_real: bool) -> Answer:
    notes: list[str] = []
    found = _solve_exactly(equation, variable)
    if found is None:
        found = _solve_numerically(equation, variable)
        notes.append("These roots were found numerically; there may be others.")
    roots = [root for root in found if not (is_real and root.is_real is False)]
    if not all(_satisfies(equation, variable, root) for root in roots):
        notes.append("A root could not be confirmed by putting it in.")
    if not notes and equation.has(TrigonometricFunction):
        notes += _describe_all(equation, variable)
    roots.sort(key=sympy.default_sort_key)
    items = tuple(f"{variable} = {sympy.sstr(root)}{_approximately(root)}" for root in roots)
    return Answer(value=roots, items=items or (_say_none(is_real=is_real),), notes=tuple(notes))


def _solve_exactly(equation: Any, variable: Any) -> list[Any] | None:
    """Solve over the complex numbers, else, as absolute values need it, over the real ones."""
    real = sympy.Dummy(str(variable), real=True)
    for unknown in (variable, real):
        try:
            found = sympy.solve(equation.subs(variable, unknown), unknown)
        except NotImplementedError:
            continue
        return [root.subs(unknown, variable) for root in found]
    return None


def _say_none(*, is_real: bool) -> str:
    return "no real solution" if is_real else "no solution"


def _approximately(root: Any) -> str:
    is_plain = root.is_Rational or root.is_Float or not root.is_number
    return "" if is_plain else f" (about {sympy.sstr(sympy.N(root, 6), full_prec=False)})"


def _satisfies(equation: Any, variable: Any, root: Any) -> bool:
    if not root.is_number or equation.free_symbols != {variable}:
        return sympy.simplify((equation.lhs - equation.rhs).subs(variable, root)) == 0
    near = sympy.N(root, 20)
    left, right = (complex(side.subs(variable, near)) for side in equation.args)
    return abs(left - right) < _SMALL * (1 + abs(left))


def _describe_all(equation: Any, variable: Any) -> list[str]:
    try:
        every = sympy.solveset(equation, variable, sympy.S.Reals)
    except (NotImplementedError, ValueError, TypeError):
        return ["The equation is periodic; there are other solutions."]
    return [f"All real solutions: {sympy.sstr(every)}"]


def _solve_numerically(equation: Any, variable: Any) -> list[Any]:
    """Find roots from a few starts, for an equation that SymPy knows no method for."""
    difference = equation.lhs - equation.rhs
    if difference.free_symbols != {variable}:
        raise KernelError(
            "no method is known for this equation; give values to its other letters, or compute "
            "numerically with execute_python"
        )
    roots: list[Any] = []
    for start in _STARTS:
        try:
            root: Any = sympy.nsolve(difference, variable, start)
        except (ValueError, ZeroDivisionError, TypeError):
            continue
        size = _SAME * (1 + abs(root))
        if math.isfinite(abs(root)) and all(abs(root - other) > size for other in roots):
            roots.append(root)
    if not roots:
        raise KernelError(
            "no method is known for this equation, and no root was found numerically"
        )
    return [sympy.Float(root, 12) for root in roots]


def _solve_inequalities(relations: list[Any], variables: list[Any]) -> Answer:
    if len(variables) != 1:
        raise KernelError("inequalities are solved in one variable; logic_solver takes several")
    try:
        # As a set where it can be, since `(-oo < x) & (x < 2)` says less plainly what it is.
        found = sympy.Intersection(
            *(sympy.solveset(each, variables[0], sympy.S.Reals) for each in relations)
        )
    except (NotImplementedError, ValueError) as error:
        raise KernelError(f"no method is known for this inequality: {error}"[:300]) from error
    return Answer(value=found, items=(f"{variables[0]} in {sympy.sstr(found)}",))


def _solve_system(relations: list[Any], variables: list[Any], *, is_real: bool) -> Answer:
    try:
        found = sympy.solve(relations, variables, dict=True)
    except NotImplementedError as error:
        raise KernelError(
            "no method is known for this system; compute numerically with execute_python"
        ) from error
    if is_real:
        found = [one for one in found if all(each.is_real is not False for each in one.values())]
    free = [each for each in variables if found and each not in found[0]]
    notes = [f"{', '.join(map(str, free))} can be anything."] if free else []
    items = tuple(
        ", ".join(f"{name} = {sympy.sstr(value)}" for name, value in one.items()) for one in found
    )
    value = [{str(name): each for name, each in one.items()} for one in found]
    return Answer(value=value, items=items or (_say_none(is_real=is_real),), notes=tuple(notes))
