"""The kernel of `chemistry`: molecules, formulas, reactions, solutions and gases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tools.kernels import chemistry_gas
from tools.kernels.chemistry_equation import Balanced, balance_equation, parse_equation
from tools.kernels.chemistry_formula import parse_formula, render_counts, weigh_element
from tools.kernels.chemistry_molecule import (
    describe_molecule,
    draw_molecule,
    embed_molecule,
    list_groups,
)
from tools.kernels.chemistry_solution import describe_ph
from tools.kernels.chemistry_stoichiometry import describe_stoichiometry
from tools.kernels.kernel_error import KernelError
from tools.kernels.physics_report import solve_call
from tools.kernels.physics_topic import Topic
from tools.kernels.units_quantity import tidy

TOPICS: Mapping[str, Topic] = {topic.name: topic for topic in chemistry_gas.TOPICS}


def warm() -> None:
    """Do what takes long the first time: the table of acids, Pint's registry, RDKit's patterns."""
    run({"operation": "functional_groups", "smiles": "CC(=O)Oc1ccccc1C(=O)O"})
    run({"operation": "ph", "solutes": [{"species": "HCl", "concentration": "0.1 mol/L"}]})
    for topic in TOPICS.values():
        topic.parse_laws()


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Carry out one operation.

    Raises:
        KernelError: Saying how to mend the call.
    """
    name = str(arguments.get("operation"))
    if name in TOPICS:
        return solve_call(TOPICS[name], arguments.get("knowns") or {}, arguments.get("find") or [])
    operation = OPERATIONS.get(name)
    if operation is None:
        raise KernelError(f"operation is one of {', '.join([*OPERATIONS, *TOPICS])}")
    return operation(arguments)


def _describe_formula(arguments: Mapping[str, Any]) -> dict[str, Any]:
    formula = parse_formula(arguments.get("formula") or "")
    if not formula.counts:
        raise KernelError("the electron alone has no composition")
    total = sum(weigh_element(each) * n for each, n in formula.counts.items())
    elements = [
        {
            "element": each,
            "count": n,
            "atomic_weight_g_per_mol": weigh_element(each),
            "mass_percent": tidy(100 * weigh_element(each) * n / total, 8),
        }
        for each, n in formula.counts.items()
    ]
    lines = [f"{formula.text}: {formula.molar_mass:.6g} g/mol, charge {formula.charge:+d}"]
    lines += [
        f"{each['element']}: {each['count']} atoms, {each['mass_percent']:.5g} % of the mass"
        for each in elements
    ]
    return {
        "text": "\n".join(lines),
        "composition": render_counts(formula.counts),
        "molar_mass_g_per_mol": tidy(formula.molar_mass, 9),
        "charge": formula.charge,
        "elements": elements,
    }


def _balance(arguments: Mapping[str, Any]) -> dict[str, Any]:
    balanced = balance_equation(parse_equation(arguments.get("equation") or ""))
    return {
        "text": balanced.text,
        "equation": balanced.text,
        "coefficients": _list_coefficients(balanced),
    }


def _list_coefficients(balanced: Balanced) -> list[dict[str, Any]]:
    n_left = len(balanced.equation.left)
    return [
        {"species": each.text, "coefficient": n, "is_reactant": index < n_left}
        for index, (n, each) in enumerate(
            zip(balanced.coefficients, balanced.equation.species, strict=True)
        )
    ]


def _embed(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return embed_molecule(arguments, int(arguments.get("seed") or 0))


OPERATIONS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "properties": describe_molecule,
    "functional_groups": list_groups,
    "drawing": draw_molecule,
    "coordinates": _embed,
    "formula": _describe_formula,
    "balance": _balance,
    "stoichiometry": describe_stoichiometry,
    "ph": describe_ph,
}
