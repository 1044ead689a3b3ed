"""Balancing: published coefficients, and atoms and charge conserved whatever the reaction."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tools.kernels.chemistry import run
from tools.kernels.chemistry_equation import balance_equation, find_null_space, parse_equation
from tools.kernels.chemistry_formula import parse_formula, render_counts
from tools.kernels.kernel_error import KernelError


def _balance(text):
    return balance_equation(parse_equation(text))


@pytest.mark.parametrize(
    ("equation", "coefficients"),
    [
        ("H2 + O2 -> H2O", [2, 1, 2]),
        ("H2+O2=H2O", [2, 1, 2]),
        ("C3H8 + O2 → CO2 + H2O", [1, 5, 3, 4]),
        ("Fe + O2 -> Fe2O3", [4, 3, 2]),
        ("Al + HCl -> AlCl3 + H2", [2, 6, 2, 3]),
        ("KMnO4 + HCl -> KCl + MnCl2 + H2O + Cl2", [2, 16, 2, 2, 8, 5]),
        ("Cu + HNO3 -> Cu(NO3)2 + NO + H2O", [3, 8, 3, 2, 4]),
        ("MnO4- + Fe2+ + H+ -> Mn2+ + Fe3+ + H2O", [1, 5, 8, 1, 5, 4]),
        ("Cr2O7^2- + C2H5OH + H+ -> Cr3+ + CO2 + H2O", [2, 1, 16, 4, 2, 11]),
        ("Zn -> Zn2+ + e-", [1, 1, 2]),
        ("MnO4- + H+ + e- -> Mn2+ + H2O", [1, 8, 5, 1, 4]),
        (
            "K4[Fe(CN)6] + H2SO4 + H2O -> K2SO4 + FeSO4 + (NH4)2SO4 + CO",
            [1, 6, 6, 2, 1, 3, 6],
        ),
        ("P2I4 + P4 + H2O -> PH4I + H3PO4", [10, 13, 128, 40, 32]),
        ("C6H12O6 + O2 <=> CO2 + H2O", [1, 6, 6, 6]),
        ("2 Na + 1/2 Cl2 -> NaCl", [2, 1, 2]),
        ("NH3(g) + O2(g) -> NO(g) + H2O(l)", [4, 5, 4, 6]),
    ],
    ids=str,
)
def test_coefficients_are_the_published_ones(equation, coefficients):
    assert list(_balance(equation).coefficients) == coefficients


@pytest.mark.parametrize(
    ("equation", "hint"),
    [
        ("H2 + O2", "reactants -> products"),
        ("H2 -> O2", "H only on the left; O only on the right"),
        ("H2O -> H2O2", "no coefficients balance"),
        ("C + O2 -> CO + CO2", "2 independent reactions"),
        ("KMnO4 + H2O2 + H2SO4 -> O2 + MnSO4 + K2SO4 + H2O", "2 H2O2 -> O2 \\+ 2 H2O"),
        ("H2O + H2O -> H2", "stands twice"),
        ("Fe2O3 + CO2 -> Fe + CO", "CO2, CO would stand on the other side"),
        ("Fe + O2 + He -> Fe2O3 + He2", "independent"),
        ("-> H2O", "is empty"),
        ("H2 -> O2 -> H2O", "is no equation"),
        ("Fe3+ -> Fe2+", "no coefficients"),
    ],
    ids=str,
)
def test_refusal_says_what_is_wrong(equation, hint):
    with pytest.raises(KernelError, match=hint):
        _balance(equation)


_COUNTS = st.dictionaries(
    st.sampled_from(["H", "C", "O", "N", "Fe"]), st.integers(1, 6), min_size=1, max_size=3
)


@st.composite
def _species(draw):
    charge = draw(st.sampled_from([0, 0, 0, 1, -1, 2, -2]))
    size = f"{abs(charge)}" if abs(charge) > 1 else ""
    sign = "" if not charge else f"^{size}{'+' if charge > 0 else '-'}"
    return f"{render_counts(draw(_COUNTS))}{sign}"


@given(data=st.data(), species=st.lists(_species(), min_size=1, max_size=4, unique=True))
def test_balanced_reaction_conserves_atoms_and_charge(data, species):
    weights = data.draw(st.lists(st.integers(1, 5), min_size=len(species), max_size=len(species)))
    formulas = [parse_formula(text) for text in species]
    totals: dict[str, int] = {}
    for weight, formula in zip(weights, formulas, strict=True):
        for element, n in formula.counts.items():
            totals[element] = totals.get(element, 0) + weight * n
    charge = sum(w * formula.charge for w, formula in zip(weights, formulas, strict=True))
    sign = "" if not charge else f"^{abs(charge)}{'+' if charge > 0 else '-'}"
    product = f"({render_counts(totals)}){sign}"
    try:
        balanced = _balance(f"{' + '.join(species)} -> {product}")
    except KernelError as error:
        # Species that make each other up are several reactions at once, which is told.
        assume("independent reactions" not in str(error))
        raise
    assert all(n > 0 for n in balanced.coefficients)
    _assert_conserved(balanced)


@given(
    carbons=st.integers(1, 30),
    hydrogens=st.integers(1, 62),
    oxygens=st.integers(0, 10),
    nitrogens=st.integers(0, 5),
)
def test_any_combustion_is_balanced(carbons, hydrogens, oxygens, nitrogens):
    assume(2 * carbons + hydrogens / 2 > oxygens)
    fuel = {"C": carbons, "H": hydrogens, "O": oxygens, "N": nitrogens}
    formula = render_counts({element: n for element, n in fuel.items() if n})
    products = "CO2 + H2O + N2" if nitrogens else "CO2 + H2O"
    _assert_conserved(_balance(f"{formula} + O2 -> {products}"))


def _assert_conserved(balanced):
    n_left = len(balanced.equation.left)
    totals = {"charge": 0}
    pairs = zip(balanced.coefficients, balanced.equation.species, strict=True)
    for index, (n, each) in enumerate(pairs):
        sign = n if index < n_left else -n
        totals["charge"] += sign * each.charge
        for element, count in each.counts.items():
            totals[element] = totals.get(element, 0) + sign * count
    assert set(totals.values()) == {0}


@given(
    matrix=st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(-9, 9), min_size=width, max_size=width), min_size=1, max_size=4
        )
    )
)
def test_null_space_is_taken_to_zero(matrix):
    for vector in find_null_space(matrix):
        assert any(vector)
        assert all(
            sum(Fraction(a) * b for a, b in zip(row, vector, strict=True)) == 0 for row in matrix
        )


@given(text=st.text(alphabet="HCOe2345+- ->()^", max_size=40) | st.text(max_size=20))
def test_any_text_is_balanced_or_refused(text):
    with suppress(KernelError):
        assert run({"operation": "balance", "equation": text})["text"]
