"""Derivatives, integrals, limits, series, sums and differential equations."""

from __future__ import annotations

import re
from typing import Any

import sympy

from tools.kernels.kernel_error import KernelError
from tools.kernels.symbolic_request import Answer, Request, to_relation

MAX_ORDER = 50

# dy/dx, d^2y/dx^2 and d2y/dx2.
_LEIBNIZ = re.compile(r"\bd(?:\^?\(?(\d)\)?)?\s*([A-Za-z])\s*/\s*d\s*([A-Za-z])(?:\^?\(?\d\)?)?")


def differentiate(request: Request) -> Answer:
    """Differentiate, as often as `order` says."""
    value = request.expression()
    order = _order(request, default=1)
    derived = sympy.diff(value, request.variable(value), order)
    return Answer(value=sympy.simplify(derived))


def integrate(request: Request) -> Answer:
    """Integrate; between `lower` and `upper` where they are given."""
    value = request.expression()
    if isinstance(value, sympy.Integral):
        return _finish_integral(value.doit())
    variable = request.variable(value)
    bounds = [request.arguments.get(name) for name in ("lower", "upper")]
    if (bounds[0] in {None, ""}) != (bounds[1] in {None, ""}):
        raise KernelError("give both `lower` and `upper`, or neither")
    if bounds[0] in {None, ""}:
        answer = _finish_integral(sympy.integrate(value, variable))
        return Answer(value=answer.value, notes=(*answer.notes, "Plus a constant."))
    lower, upper = (request.read(str(bound)) for bound in bounds)
    return _finish_integral(sympy.integrate(value, (variable, lower, upper)))


def limit(request: Request) -> Answer:
    """Find the limit at `point`, from the side that `direction` names."""
    value = request.expression()
    if isinstance(value, sympy.Limit):
        return _find_limit(value.args[0], value.args[1], value.args[2], str(value.args[3]))
    point = request.get("point", "where the limit is taken, such as 0 or oo")
    side = request.arguments.get("direction") or "+-"
    return _find_limit(value, request.variable(value), point, side)


def series(request: Request) -> Answer:
    """Expand about `point`, up to and without the power `order`."""
    value = request.expression()
    point = request.read(str(request.arguments.get("point") or "0"))
    order = _order(request, default=6)
    try:
        found = sympy.series(value, request.variable(value), point, order)
    except (ValueError, NotImplementedError, sympy.PoleError) as error:
        raise KernelError(f"there is no expansion about {point}: {error}"[:300]) from error
    return Answer(value=found)


def summation(request: Request) -> Answer:
    """Add up, from `lower` to `upper`."""
    return _accumulate(request, sympy.Sum)


def product(request: Request) -> Answer:
    """Multiply, from `lower` to `upper`."""
    return _accumulate(request, sympy.Product)


def solve_ode(request: Request) -> Answer:
    """Solve an ordinary differential equation, with its conditions where they are given."""
    name = request.arguments.get("function")
    if not name:
        raise KernelError("`function` is missing: the name of the unknown function, such as y")
    if not request.arguments.get("variables"):
        raise KernelError("`variables` is missing: what the function depends on, such as [x]")
    text = _LEIBNIZ.sub(_write_derivative, str(request.arguments.get("expression") or ""))
    equation = to_relation(request.read(text))
    unknown = sympy.Function(name)(request.variable(equation))
    conditions = dict(_read_condition(request, each) for each in request.arguments["conditions"])
    try:
        found: Any = sympy.dsolve(equation, unknown, ics=conditions or None)
    except (NotImplementedError, ValueError, TypeError) as error:
        raise KernelError(f"the equation was not solved: {error}"[:400]) from error
    solutions = found if isinstance(found, list) else [found]
    return Answer(
        value=found,
        items=tuple(f"{sympy.sstr(each.lhs)} = {sympy.sstr(each.rhs)}" for each in solutions),
        notes=() if conditions else ("C1, C2, ... are constants.",),
    )


def _order(request: Request, *, default: int) -> int:
    order = request.arguments.get("order")
    order = default if order is None else order
    if not 1 <= order <= MAX_ORDER:
        raise KernelError(f"`order` must lie from 1 to {MAX_ORDER}")
    return order


def _finish_integral(value: Any) -> Answer:
    if value.has(sympy.Integral):
        return Answer(value=value, notes=("No closed form was found for what is left.",))
    return Answer(value=sympy.simplify(value))


def _find_limit(value: Any, variable: Any, point: Any, side: str) -> Answer:
    sides = "+" if point.is_infinite else side
    found, *others = (sympy.limit(value, variable, point, each) for each in sides)
    if others and sympy.simplify(found - others[0]) != 0:
        raise KernelError(
            f"the limit does not exist: from above it is {found}, from below {others[0]}; set "
            "`direction` to + or - for one of them"
        )
    if isinstance(found, sympy.AccumBounds):
        note = "The limit does not exist: the values keep moving between these bounds."
        return Answer(value=found, notes=(note,))
    return Answer(value=found)


def _accumulate(request: Request, kind: Any) -> Answer:
    value = request.expression()
    if not isinstance(value, kind):
        lower = request.get("lower", "where the index starts")
        upper = request.get("upper", "where the index ends; oo for a series without end")
        value = kind(value, (request.variable(value), lower, upper))
    if kind is sympy.Sum and sympy.oo in value.limits[0]:
        _refuse_divergent(value)
    found = value.doit()
    notes = ("No closed form was found for what is left.",) if found.has(kind) else ()
    return Answer(value=found if notes else sympy.simplify(found), notes=notes)


def _refuse_divergent(value: Any) -> None:
    try:
        converges = value.is_convergent()
    except (NotImplementedError, ValueError, TypeError):
        return
    if converges is sympy.false and value.doit() not in {sympy.oo, -sympy.oo}:
        raise KernelError("the series does not converge")


def _write_derivative(found: re.Match[str]) -> str:
    return f"Derivative({found[2]}({found[3]}), ({found[3]}, {found[1] or 1}))"


def _read_condition(request: Request, text: str) -> tuple[Any, Any]:
    equation = request.read(text)
    if not isinstance(equation, sympy.Eq):
        raise KernelError(f"{text!r} in `conditions` is no condition; write y(0) = 1")
    return equation.lhs, equation.rhs
