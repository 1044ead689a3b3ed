"""Stoichiometry, pH, gases and dilution. Expected values are worked by hand in the comments."""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.kernels.chemistry import run
from tools.kernels.chemistry_acid import find_solute
from tools.kernels.kernel_error import KernelError


def _react(equation, amounts, **more):
    call = {"operation": "stoichiometry", "equation": equation, "amounts": amounts}
    result = run({**call, **more})
    return result, {each["species"]: each for each in result["species"]}


def _ph(*solutes, **more):
    return run({"operation": "ph", "solutes": list(solutes), **more})["ph"]


def _solute(species, concentration, **more):
    return {"species": species, "concentration": concentration, **more}


def test_scarcest_reactant_limits():
    # 28.014 g N2 is 1 mol; 3.024 g H2 is 1.5 mol, enough for 1 mol NH3 = 17.031 g.
    result, species = _react("N2 + H2 -> NH3", {"N2": "28.014 g", "H2": "3.024 g"})
    assert result["limiting"] == ["H2"]
    assert species["NH3"]["turnover_mol"] == pytest.approx(1, rel=1e-6)
    assert species["NH3"]["turnover_g"] == pytest.approx(17.031, rel=1e-5)
    assert species["N2"]["final_mol"] == pytest.approx(0.5, rel=1e-5)
    assert species["H2"]["final_mol"] == 0


def test_yield_is_part_of_what_is_possible():
    # 1.5 mol H2 makes 1 mol NH3; 12.77325 g is three quarters.
    result, _ = _react("N2 + H2 -> NH3", {"H2": "1.5 mol"}, actual={"NH3": "12.77325 g"})
    assert result["yields"][0]["yield_percent"] == pytest.approx(75, rel=1e-4)


def test_reactant_that_is_not_given_is_taken_in_full():
    # 44.097 g C3H8 is 1 mol and takes 5 mol O2.
    _, species = _react("C3H8 + O2 -> CO2 + H2O", {"C3H8": "44.097 g"})
    assert species["O2"]["turnover_mol"] == pytest.approx(5, rel=1e-4)
    assert species["O2"]["final_mol"] is None


def test_wished_product_says_what_it_takes():
    # 3 mol CO2 takes 1 mol C3H8.
    _, species = _react("C3H8 + O2 -> CO2 + H2O", {"CO2": "3 mol"})
    assert species["C3H8"]["turnover_mol"] == pytest.approx(1)


def test_solutions_are_volume_times_concentration():
    # 25 mL x 0.1 M = 2.5 mmol acid against 20 mL x 0.15 M = 3 mmol base.
    result, species = _react(
        "HCl + NaOH -> NaCl + H2O", {"HCl": "25 mL of 0.1 M", "NaOH": "20 mL of 0.15 mol/L"}
    )
    assert result["limiting"] == ["HCl"]
    assert species["NaOH"]["final_mol"] == pytest.approx(0.0005)


def test_impure_liquid_is_volume_times_density_times_share():
    # 10 mL x 1.84 g/mL x 98 % = 18.032 g of 98.079 g/mol.
    _, species = _react("H2SO4 + NaOH -> Na2SO4 + H2O", {"H2SO4": "10 mL of 1.84 g/mL of 98 %"})
    assert species["H2SO4"]["turnover_mol"] == pytest.approx(18.032 / 98.079, rel=1e-4)


def test_gas_volume_follows_the_gas_law():
    # 22.41397 L at 0 degrees and 1 atm is 1 mol.
    _, species = _react("H2 + O2 -> H2O", {"H2": "22.41397 L"}, temperature="0 degC")
    assert species["H2O"]["turnover_mol"] == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize(
    ("amounts", "hint"),
    [
        ({}, "is empty"),
        ({"H2": "5"}, "no unit"),
        ({"H2": "5 m"}, "is no amount"),
        ({"H2": "5 L"}, "`temperature`"),
        ({"H2": "-5 g"}, "is negative"),
        ({"He": "5 g"}, "does not take part"),
        ({"H2": "some"}, "no quantity"),
    ],
    ids=str,
)
def test_unreadable_amount_is_refused(amounts, hint):
    with pytest.raises(KernelError, match=hint):
        _react("H2 + O2 -> H2O", amounts)


@given(hydrogen=st.floats(0.01, 100), oxygen=st.floats(0.01, 100))
def test_mass_is_conserved(hydrogen, oxygen):
    _, species = _react("H2 + O2 -> H2O", {"H2": f"{hydrogen} g", "O2": f"{oxygen} g"})
    after = sum(each["final_g"] for each in species.values())
    assert after == pytest.approx(hydrogen + oxygen, rel=1e-6)


@pytest.mark.parametrize(
    ("solutes", "expected"),
    [
        ([_solute("HCl", "0.1 M")], 1.0),
        # 1e-8 M: x^2 - 1e-8 x - 1e-14 = 0, x = 1.0512e-7.
        ([_solute("HCl", 1e-8)], 6.9783),
        ([_solute("NaOH", "10 mmol/L")], 12.0),
        ([_solute("Ca(OH)2", 0.01)], 12.3010),
        # x^2 + Ka x - 0.1 Ka = 0 with Ka = 10^-4.756: x = 1.3156e-3.
        ([_solute("CH3COOH", 0.1)], 2.8809),
        # Kb = 10^-4.75: x = 1.3247e-3.
        ([_solute("NH3", 0.1)], 11.1221),
        # Half of 14 + 4.756 - 1.
        ([_solute("CH3COONa", 0.1)], 8.878),
        ([_solute("NH4Cl", 0.1)], 5.125),
        # Equal parts of a buffer: pKa.
        ([_solute("CH3COOH", 0.1), _solute("CH3COONa", 0.1)], 4.7562),
        # Ten to one: pKa + 1.
        ([_solute("NH3", 1), _solute("NH4Cl", 0.1)], 10.25),
        # Half way between 6.35 and 10.33.
        ([_solute("NaHCO3", 0.1)], 8.34),
        # pKa and pKb nearly alike: 7 + (4.756 - 4.75)/2.
        ([_solute("CH3COONH4", 0.1)], 7.003),
        # 0.1 + x with x (0.1 + x)/(0.1 - x) = 10^-1.99: x = 8.61e-3.
        ([_solute("H2SO4", 0.1)], 0.9641),
        ([_solute("NaCl", 1)], 7.0),
        # 25 mL of acid against 20 mL of base: 0.5 mmol in 45 mL.
        (
            [_solute("HCl", 0.1, volume="25 mL"), _solute("NaOH", 0.1, volume="20 mL")],
            -math.log10(0.5 / 45),
        ),
        # At the equivalence point: acetate of 0.05 M, 7 + (4.756 + log 0.05)/2.
        (
            [_solute("CH3COOH", 0.1, volume="25 mL"), _solute("NaOH", 0.1, volume="25 mL")],
            8.7275,
        ),
        ([{"kind": "weak_acid", "ka": [1.8e-5], "concentration": 0.1}], 2.8753),
        ([{"kind": "weak_base", "kb": [1.8e-5], "concentration": 0.1}], 11.1247),
        ([{"kind": "strong_acid", "ions": 2, "concentration": 0.05}], 1.0),
        ([_solute("acetic acid", 0.1)], 2.8809),
    ],
    ids=str,
)
def test_ph_is_the_one_worked_by_hand(solutes, expected):
    assert _ph(*solutes) == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize(
    "text", ["CH3COONa", "NaCH3COO", "NaC2H3O2", "C2H3NaO2", "sodium acetate"], ids=str
)
def test_solute_is_known_however_it_is_written(text):
    assert find_solute(text) == find_solute("CH3COONa")


def test_constant_of_the_call_takes_the_place_of_the_tables():
    # Ka = 1.8e-5: x^2 + 1.8e-5 x - 1.8e-6 = 0, x = 1.3327e-3.
    assert _ph(_solute("CH3COOH", 0.1, ka=[1.8e-5])) == pytest.approx(2.8753, abs=1e-4)
    assert _ph(_solute("NH3", 0.1, kb=[1.8e-5])) == pytest.approx(11.1247, abs=1e-4)


_ACIDS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["weak_acid", "weak_base", "salt_of_weak_acid"]),
        "pka": st.lists(st.floats(-2, 16), min_size=1, max_size=3),
        "concentration": st.floats(1e-6, 10),
    }
)
_STRONG = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["strong_acid", "strong_base"]),
        "concentration": st.floats(0, 10),
    }
)


@given(solutes=st.lists(_ACIDS | _STRONG, min_size=1, max_size=4))
def test_charges_balance_at_the_ph_found(solutes):
    result = run({"operation": "ph", "solutes": solutes})
    ph = result["ph"]
    assert -4 <= ph <= 18
    shares = [each["share"] for each in result["forms"]]
    assert all(0 <= share <= 1 for share in shares)
    assert result["hydrogen_molar"] * result["hydroxide_molar"] == pytest.approx(1e-14, rel=1e-5)


@given(weak=_ACIDS, more=st.floats(0.001, 5))
def test_more_acid_never_raises_the_ph(weak, more):
    acid = {"kind": "strong_acid", "concentration": more}
    assert _ph(weak, acid) <= _ph(weak) + 1e-9


@pytest.mark.parametrize(
    ("solutes", "hint"),
    [
        ([], "is empty"),
        ([_solute("C8H10", 1)], "not in the table"),
        ([_solute("HCl", "5 g")], "quantity in mol/L"),
        ([_solute("HCl", -1)], "from 0 to 50"),
        ([{"kind": "weak_acid", "concentration": 1}], "needs its constants"),
        ([_solute("HCl", 1, pka=[4])], "0 constants in the table, not 1"),
        ([_solute("H2CO3", 1, pka=[4])], "2 constants in the table, not 1"),
        ([_solute("CH3COOH", 1, pka=[99])], "pKa from -60 to 60"),
        ([{"kind": "weak_acid", "ka": [0], "concentration": 1}], "above zero"),
        ([{"concentration": 1}], "give `species`, or `kind`"),
        ([_solute("HCl", 1, volume="1 L"), _solute("NaOH", 1)], "or for none"),
    ],
    ids=str,
)
def test_unreadable_solute_is_refused(solutes, hint):
    with pytest.raises(KernelError, match=hint):
        _ph(*solutes)


def _solve(operation, find=(), **knowns):
    call = {"operation": operation, "knowns": knowns, "find": list(find)}
    (solution,) = run(call)["solutions"]
    return {name: each["value"] for name, each in solution["values"].items()}


@pytest.mark.parametrize(
    ("operation", "knowns", "expected"),
    [
        ("ideal_gas", {"P": "1 atm", "n": 1, "T": "0 degC"}, {"V": 22.41397}),
        # 5 L at 2 atm to 1 atm.
        ("boyle", {"P1": 2, "V1": 5, "P2": 1}, {"V2": 10}),
        # 300 to 450 K.
        ("charles", {"V1": 2, "T1": 300, "T2": 450}, {"V2": 3}),
        ("gay_lussac", {"P1": 1, "T1": 300, "T2": 600}, {"P2": 2}),
        ("avogadro", {"V1": 22.4, "n1": 1, "n2": 2}, {"V2": 44.8}),
        # 1 x 2/300 = 2 x V/400: V = 4/3.
        ("combined_gas", {"P1": 1, "V1": 2, "T1": 300, "P2": 2, "T2": 400}, {"V2": 4 / 3}),
        ("partial_pressure", {"P": 2, "x": 0.25}, {"p": 0.5}),
        # sqrt(32/2) = 4.
        ("effusion", {"M1": 2, "M2": 32}, {"ratio": 4}),
        # 10 mL of 12 M to 0.5 M: 240 mL.
        ("dilution", {"C1": "12 M", "V1": "10 mL", "C2": "0.5 M"}, {"V2": 0.24, "V_added": 0.23}),
        # 500 mL of 0.2 M of 58.44 g/mol.
        ("molarity", {"C": 0.2, "V": "500 mL", "M": 58.44}, {"n": 0.1, "m": 5.844}),
        # 1.25 g/L at 0 degrees and 1 atm: 28.02 g/mol.
        ("ideal_gas", {"P": 1, "T": 273.15, "rho": 1.25}, {"M": 1.25 * 22.41397}),
    ],
    ids=str,
)
def test_gas_and_dilution_give_the_value_worked_by_hand(operation, knowns, expected):
    values = _solve(operation, **knowns)
    assert {name: values[name] for name in expected} == pytest.approx(expected, rel=1e-6)


@given(p=st.floats(0.01, 100), v=st.floats(0.01, 100), t=st.floats(1, 2000))
def test_gas_is_recovered_through_the_combined_law(p, v, t):
    there = _solve("combined_gas", P1=p, V1=v, T1=t, P2=1, T2=300)["V2"]
    back = _solve("combined_gas", P1=1, V1=there, T1=300, P2=p, T2=t)["V2"]
    assert back == pytest.approx(v, rel=1e-9)


@given(
    arguments=st.dictionaries(
        st.sampled_from(["species", "kind", "concentration", "volume", "pka"]),
        st.sampled_from(["HCl", "weak_acid", "0.1 M", "1 L", ""]) | st.text(max_size=5),
        max_size=4,
    ).filter(lambda each: "pka" not in each)
)
def test_any_solute_is_solved_or_refused(arguments):
    with suppress(KernelError):
        assert isinstance(_ph(arguments), float)


@given(text=st.text(alphabet="0123456789 .mgLolatm/of%x*-", max_size=20) | st.text(max_size=10))
def test_any_amount_is_read_or_refused(text):
    with suppress(KernelError):
        assert _react("H2 + O2 -> H2O", {"H2": text})[0]["text"]


def test_unknown_operation_lists_the_known():
    with pytest.raises(KernelError, match="balance, stoichiometry, ph, ideal_gas"):
        run({"operation": "cook"})
