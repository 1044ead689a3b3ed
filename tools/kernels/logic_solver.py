"""The kernel of `logic_solver`: satisfiability, entailment and optimisation, by Z3."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import z3

from tools.kernels.kernel_error import KernelError
from tools.kernels.logic_text import Names, declare, read_formula, read_term

MAX_PROPOSITIONS = 10
MAX_SCRIPT_OUTPUT = 12_000

_MS = 1_000
_STATUS = re.compile(r"^(sat|unsat|unknown)\s*$", re.MULTILINE)
_N_DIGITS = 12


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Carry out one operation.

    Raises:
        KernelError: When it cannot be carried out, with what to mend.
    """
    z3.set_param("sat.random_seed", 0)
    z3.set_param("smt.random_seed", 0)
    try:
        return _OPERATIONS[arguments["operation"]](arguments)
    except z3.Z3Exception as error:
        raise KernelError(f"Z3 refused this: {str(error)[:300]}") from error


def warm() -> None:
    """Do once what is slow the first time."""
    run({
        "operation": "check", "variables": {"x": "int"}, "constraints": ["x * x = 49"],
        "n_models": 1, "timeout_s": 5,
    })  # fmt: skip


def _check(arguments: Mapping[str, Any]) -> dict[str, Any]:
    names = declare(arguments["variables"])
    solver = z3.Solver()
    constraints = _add_flagged(solver, arguments["constraints"], names)
    _limit(solver, arguments)
    status = str(solver.check(*constraints))
    if status == "unsat":
        core = _find_core(solver, constraints)
        text = f"unsat: there is no solution. These contradict each other: {'; '.join(core)}"
        return _answer(text, status, core=core)
    if status == "unknown":
        return _unknown(solver)
    solver.add(*constraints)
    solver.check()
    models, has_more = _list_models(solver, names, arguments["n_models"])
    lines = ["sat: " + "; or ".join(_describe(model) for model in models)]
    if has_more is not None:
        lines.append("There are other solutions." if has_more else "There is no other solution.")
    return _answer("\n".join(lines), status, models=models, is_complete=has_more is False)


def _entails(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Prove a goal: what is assumed, with the goal's negation, has no model."""
    names = declare(arguments["variables"])
    names.are_propositions = not arguments["variables"]
    if not arguments["goal"]:
        raise KernelError("`goal` is missing: the statement to be proved")
    solver = z3.Solver()
    constraints = _add_flagged(solver, arguments["constraints"], names)
    solver.add(z3.Not(read_formula(arguments["goal"], names)))
    _limit(solver, arguments)
    status = str(solver.check(*constraints))
    if status == "unknown":
        return _unknown(solver)
    if status == "unsat":
        core = _find_core(solver, constraints)
        used = f"It follows from: {'; '.join(core)}" if core else "It holds whatever is assumed."
        return _answer(f"proved: the goal holds. {used}", status, core=core, is_proved=True)
    model = _read_model(solver.model(), names)
    text = f"not proved: the goal is false for {_describe(model)}"
    return _answer(text, status, models=[model], is_proved=False)


def _optimize(arguments: Mapping[str, Any]) -> dict[str, Any]:
    names = declare(arguments["variables"])
    if not arguments["objective"]:
        raise KernelError("`objective` is missing: the number to make as small or large as can be")
    optimizer = z3.Optimize()
    for text in arguments["constraints"]:
        optimizer.add(read_formula(text, names))
    objective = read_term(arguments["objective"], names)
    is_least = arguments["direction"] == "minimize"
    handle = optimizer.minimize(objective) if is_least else optimizer.maximize(objective)
    _limit(optimizer, arguments)
    status = str(optimizer.check())
    if status == "unsat":
        return _answer("unsat: the constraints contradict each other", status)
    if status == "unknown":
        return _unknown(optimizer)
    bound = str(optimizer.lower(handle) if is_least else optimizer.upper(handle))
    model = _read_model(optimizer.model(), names)
    word = "least" if is_least else "greatest"
    if "oo" in bound:
        return _answer(f"unbounded: there is no {word} value", status, objective=bound)
    if "epsilon" in bound:
        text = f"the {word} value is approached and never reached: {bound}"
        return _answer(text, status, objective=bound)
    text = f"the {word} value is {bound}, at {_describe(model)}"
    return _answer(text, status, models=[model], objective=bound)


def _tabulate(arguments: Mapping[str, Any]) -> dict[str, Any]:
    if not arguments["goal"]:
        raise KernelError("`goal` is missing: the formula to tabulate, such as (p -> q) <-> r")
    names = Names(are_propositions=True)
    formula = read_formula(arguments["goal"], names)
    letters = sorted(names.known)
    if len(letters) > MAX_PROPOSITIONS:
        raise KernelError(
            f"a table takes {MAX_PROPOSITIONS} propositions; here are {len(letters)}"
        )
    rows: list[tuple[tuple[bool, ...], bool]] = []
    for values in itertools.product((True, False), repeat=len(letters)):
        pairs = [(names.known[n], z3.BoolVal(v)) for n, v in zip(letters, values, strict=True)]
        rows.append((values, z3.is_true(z3.simplify(z3.substitute(formula, *pairs)))))
    n_true = sum(result for _, result in rows)
    kind = {len(rows): "tautology", 0: "contradiction"}.get(n_true, "contingent")
    table = [" ".join([*letters, "| formula"])]
    for values, result in rows:
        shown = " ".join(
            _letter(value).ljust(len(name)) for name, value in zip(letters, values, strict=True)
        )
        table.append(f"{shown} | {_letter(result)}")
    text = f"{kind}: true in {n_true} of {len(rows)} rows\n" + "\n".join(table)
    return _answer(text, "sat" if n_true else "unsat", kind=kind, table=table)


def _run_script(arguments: Mapping[str, Any]) -> dict[str, Any]:
    script = arguments["script"]
    if not script.strip():
        raise KernelError("`script` is missing: SMT-LIB 2 text with (assert ...)")
    options = (
        f"(set-option :timeout {arguments['timeout_s'] * _MS})"
        "(set-option :produce-unsat-cores true)\n"
    )
    context = z3.Context()
    output = _evaluate(context, options + script)
    if "(check-sat" not in script:
        output += _evaluate(context, "(check-sat)")
    found = _STATUS.findall(output)
    status = found[-1] if found else "unknown"
    if status == "sat" and "(get-model)" not in script:
        output += _evaluate(context, "(get-model)")
    if status == "unsat" and ":named" in script and "(get-unsat-core)" not in script:
        output += _evaluate(context, "(get-unsat-core)")
    return _answer(output.strip()[:MAX_SCRIPT_OUTPUT] or status, status)


def _evaluate(context: z3.Context, script: str) -> str:
    try:
        return z3.Z3_eval_smtlib2_string(context.ref(), script)
    except z3.Z3Exception as error:
        value = error.args[0] if error.args else b""
        words = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        raise KernelError(f"the script is not understood: {words.strip()[:400]}") from error


def _add_flagged(solver: Any, texts: Sequence[str], names: Names) -> dict[Any, str]:
    """Add each constraint under a flag that turns it on; returns the texts by their flags."""
    constraints: dict[Any, str] = {}
    for number, text in enumerate(texts, start=1):
        # No variable's name holds a space.
        flag = z3.Bool(f"constraint {number}")
        constraints[flag] = text
        solver.add(z3.Implies(flag, read_formula(text, names)))
    return constraints


def _limit(solver: Any, arguments: Mapping[str, Any]) -> None:
    solver.set("timeout", arguments["timeout_s"] * _MS)


def _find_core(solver: Any, constraints: Mapping[Any, str]) -> list[str]:
    """Return constraints that contradict each other, none of which could be left out."""
    kept = {str(flag) for flag in solver.unsat_core()}
    for name in sorted(kept):
        rest = [flag for flag in constraints if str(flag) in kept - {name}]
        if solver.check(*rest) == z3.unsat:
            kept.remove(name)
    return [text for flag, text in constraints.items() if str(flag) in kept]


def _list_models(
    solver: Any, names: Names, n_models: int
) -> tuple[list[dict[str, str]], bool | None]:
    """Return the first models, and whether there are more; ``None`` where that is not known."""
    models: list[dict[str, str]] = []
    while True:
        model = solver.model()
        values = _read_model(model, names)
        models.append(values)
        solver.add(
            z3.Or([v != model.eval(v, model_completion=True) for v in names.known.values()])
        )
        again = solver.check()
        if again != z3.sat:
            return models, False if again == z3.unsat else None
        if len(models) >= n_models:
            return models, True


def _read_model(model: Any, names: Names) -> dict[str, str]:
    return {
        name: _write_value(model.eval(variable, model_completion=True))
        for name, variable in sorted(names.known.items())
    }


def _write_value(value: Any) -> str:
    if z3.is_algebraic_value(value):
        return f"about {value.approx(_N_DIGITS).as_decimal(_N_DIGITS).rstrip('?')}"
    return str(value).lower() if z3.is_bool(value) else str(value)


def _describe(model: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in model.items()) or "every value"


def _letter(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "T" if value else "F"


def _unknown(solver: Any) -> dict[str, Any]:
    reason = str(solver.reason_unknown())
    words = f"unknown: Z3 found neither a solution nor a contradiction ({reason})"
    return _answer(words, "unknown")


def _answer(text: str, status: str, **others: Any) -> dict[str, Any]:
    return {"text": text, "status": status, **others}


_OPERATIONS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "check": _check,
    "entails": _entails,
    "optimize": _optimize,
    "truth_table": _tabulate,
    "smtlib": _run_script,
}
