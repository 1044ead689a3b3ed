"""Formulas: composition, charge and molar mass (standard atomic weights, added up by hand)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.kernels.chemistry import run
from tools.kernels.chemistry_formula import parse_formula, render_counts
from tools.kernels.kernel_error import KernelError


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("H2O", 18.015),  # 2 x 1.008 + 15.999
        ("NaCl", 58.443),  # 22.990 + 35.453
        ("C6H12O6", 180.156),  # 6 x 12.011 + 12 x 1.008 + 6 x 15.999
        ("CuSO4·5H2O", 249.684),  # 63.546 + 32.067 + 9 x 15.999 + 10 x 1.008
        ("Al2(SO4)3", 342.153),  # 2 x 26.982 + 3 x (32.067 + 4 x 15.999)
        ("Ca(OH)2", 74.092),  # 40.078 + 2 x (15.999 + 1.008)
        ("K4[Fe(CN)6]", 368.345),  # 4 x 39.098 + 55.845 + 6 x (12.011 + 14.007)
    ],
    ids=str,
)
def test_molar_mass_adds_up(text, grams):
    assert parse_formula(text).molar_mass == pytest.approx(grams, abs=0.005)


@pytest.mark.parametrize(
    ("text", "counts", "charge"),
    [
        ("NH4+", "H4N", 1),
        ("SO42-", "O4S", -2),
        ("SO4^2-", "O4S", -2),
        ("SO4 2-", "O4S", -2),
        ("SO₄²⁻", "O4S", -2),
        ("SO4-2", "O4S", -2),
        ("PO4(3-)", "O4P", -3),
        ("Fe3+", "Fe", 3),
        ("Fe+++", "Fe", 3),
        ("Ca2+", "Ca", 2),
        ("Hg22+", "Hg2", 2),
        ("Cr2O72-", "Cr2O7", -2),
        ("[Fe(CN)6]4-", "C6FeN6", -4),
        ("MnO4-", "MnO4", -1),
        ("H3O+(aq)", "H3O", 1),
        ("e-", "", -1),
        ("Cl^-", "Cl", -1),
        ("CuSO4.5H2O", "CuH10O9S", 0),
        ("CuSO4*5H2O (s)", "CuH10O9S", 0),
    ],
    ids=str,
)
def test_charge_is_told_from_counts(text, counts, charge):
    formula = parse_formula(text)
    assert (render_counts(formula.counts), formula.charge) == (counts, charge)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("NACL", "'A' is no element"),
        ("h2o", "capital letter"),
        ("Ca(OH2", "not closed"),
        ("CaOH)2", "none opened"),
        ("H0", "counts nothing"),
        ("2", "was expected"),
        ("0H", "counts nothing"),
        ("", "1 to 200 characters"),
        ("Xy2", "no element"),
        ("C99999999", "counts nothing"),
        ("((((((((((H))))))))))", "too deeply"),
    ],
    ids=str,
)
def test_refusal_names_the_place(text, hint):
    with pytest.raises(KernelError, match=hint):
        parse_formula(text)


_ELEMENTS = st.sampled_from(["H", "C", "N", "O", "Na", "Cl", "Fe", "U"])


@given(counts=st.dictionaries(_ELEMENTS, st.integers(1, 99), min_size=1), n=st.integers(1, 9))
def test_written_composition_is_read_back(counts, n):
    assert parse_formula(render_counts(counts)).counts == counts
    repeated = parse_formula(f"({render_counts(counts)}){n}")
    assert repeated.counts == {element: count * n for element, count in counts.items()}


@given(
    counts=st.dictionaries(_ELEMENTS, st.integers(1, 9), min_size=2),
    charge=st.integers(-4, 4).filter(bool),
)
def test_marked_charge_is_read_back(counts, charge):
    sign = "+" if charge > 0 else "-"
    formula = parse_formula(f"{render_counts(counts)}^{abs(charge)}{sign}")
    assert (formula.counts, formula.charge) == (counts, charge)


@given(text=st.text(alphabet="HCONaFe0123456789()[]+-^·. e", max_size=20) | st.text(max_size=12))
def test_any_text_is_read_or_refused(text):
    with suppress(KernelError):
        assert run({"operation": "formula", "formula": text})["molar_mass_g_per_mol"] > 0


def test_shares_of_the_mass_add_up():
    result = run({"operation": "formula", "formula": "CuSO4·5H2O"})
    shares = {each["element"]: each["mass_percent"] for each in result["elements"]}
    # Copper: 63.546/249.684 = 25.45 %.
    assert shares["Cu"] == pytest.approx(25.4506, abs=0.001)
    assert sum(shares.values()) == pytest.approx(100)
