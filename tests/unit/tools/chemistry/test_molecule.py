"""Molecules. Expected values are published ones of well-known substances."""

import math
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.kernels.chemistry import run
from tools.kernels.kernel_error import KernelError

_ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
_CAFFEINE = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"


def _properties(smiles):
    return run({"operation": "properties", "smiles": smiles})["properties"]


@pytest.mark.parametrize(
    ("smiles", "expected"),
    [
        # PubChem 2244: 180.16 g/mol, one donor, polar surface 63.6.
        (
            _ASPIRIN,
            {
                "formula": "C9H8O4",
                "molar_mass_g_per_mol": 180.159,
                "monoisotopic_mass_g_per_mol": 180.04226,
                "tpsa_square_angstrom": 63.6,
                "n_hydrogen_bond_donors": 1,
                "n_rings": 1,
                "n_heavy_atoms": 13,
            },
        ),
        # PubChem 2519: 194.19 g/mol, no donor.
        (
            _CAFFEINE,
            {
                "formula": "C8H10N4O2",
                "molar_mass_g_per_mol": 194.194,
                "monoisotopic_mass_g_per_mol": 194.08038,
                "n_hydrogen_bond_donors": 0,
                "n_rings": 2,
                "n_rotatable_bonds": 0,
            },
        ),
        ("CCO", {"formula": "C2H6O", "n_hydrogen_bond_donors": 1, "tpsa_square_angstrom": 20.23}),
        ("c1ccccc1", {"formula": "C6H6", "n_aromatic_rings": 1, "molar_mass_g_per_mol": 78.114}),
        ("[Na+].[Cl-]", {"formula": "ClNa", "charge": 0, "molar_mass_g_per_mol": 58.443}),
        ("[NH4+]", {"charge": 1}),
        ("N[C@@H](C)C(=O)O", {"n_stereocentres": 1, "formula": "C3H7NO2"}),
        ("CCCCCC", {"n_rotatable_bonds": 3}),
    ],
    ids=str,
)
def test_properties_are_the_published_ones(smiles, expected):
    properties = _properties(smiles)
    for name, value in expected.items():
        assert properties[name] == (
            pytest.approx(value, abs=0.01) if isinstance(value, float) else value
        ), name


def test_fat_prefers_octanol_and_sugar_water():
    assert _properties("CCCCCCCC")["log_p"] > 2
    assert _properties("OCC1OC(O)C(O)C(O)C1O")["log_p"] < 0


def test_two_spellings_are_one_molecule():
    assert _properties("OCC")["smiles"] == _properties("C(O)C")["smiles"] == "CCO"


@pytest.mark.parametrize(
    ("smiles", "groups"),
    [
        (_ASPIRIN, {"carboxylic acid": 1, "ester": 1, "benzene ring": 1}),
        ("CCO", {"primary alcohol": 1}),
        ("CC(O)C", {"secondary alcohol": 1}),
        ("CC(C)(C)O", {"tertiary alcohol": 1}),
        ("Oc1ccccc1", {"phenol": 1, "benzene ring": 1}),
        ("CC=O", {"aldehyde": 1}),
        ("CC(=O)C", {"ketone": 1}),
        ("CC(=O)O", {"carboxylic acid": 1}),
        ("CC(=O)OC", {"ester": 1}),
        ("CC(N)=O", {"amide": 1}),
        ("CCOCC", {"ether": 1}),
        ("C1CO1", {"epoxide": 1}),
        ("NCC(=O)O", {"carboxylic acid": 1, "primary amine": 1}),
        ("CNC", {"secondary amine": 1}),
        ("CN(C)C", {"tertiary amine": 1}),
        ("CC#N", {"nitrile": 1}),
        ("C[N+](=O)[O-]", {"nitro": 1}),
        ("C=CC#C", {"alkene": 1, "alkyne": 1}),
        ("CS", {"thiol": 1}),
        ("CSSC", {"disulfide": 1}),
        ("CC(=O)Cl", {"acyl halide": 1}),
        ("CC(=O)OC(=O)C", {"acid anhydride": 1}),
        ("ClCCBr", {"chloride": 1, "bromide": 1}),
        ("OCCO", {"primary alcohol": 2}),
        ("C", {}),
    ],
    ids=str,
)
def test_groups_are_told_apart(smiles, groups):
    assert run({"operation": "functional_groups", "smiles": smiles})["groups"] == groups


def test_drawing_is_svg_of_the_size_asked_for():
    call = {"operation": "drawing", "smiles": _ASPIRIN, "width_px": 300, "height_px": 200}
    result = run(call)
    root = ET.fromstring(result["svg"])
    assert root.get("width") == "300px"
    assert "C9H8O4" in result["alternative_text"]
    assert "1 ester" in result["alternative_text"]


def test_same_call_draws_the_same_bytes():
    call = {"operation": "drawing", "smiles": _CAFFEINE}
    assert run(call) == run(call)


def _place(smiles, seed):
    return run({"operation": "coordinates", "smiles": smiles, "seed": seed})["atoms"]


def _distance(one, other):
    return math.dist([one[axis] for axis in "xyz"], [other[axis] for axis in "xyz"])


def test_water_has_its_shape():
    # The O-H bond is 0.96 to 0.98 angstrom long, the angle 104 to 106 degrees.
    oxygen, one, other = _place("O", 7)
    assert _distance(oxygen, one) == pytest.approx(0.97, abs=0.02)
    opposite = _distance(one, other)
    angle = 2 * math.asin(opposite / 2 / _distance(oxygen, one))
    assert math.degrees(angle) == pytest.approx(104.5, abs=3)


def test_benzene_is_flat_and_even():
    # C-C in benzene: 1.39 to 1.40 angstrom.
    atoms = [atom for atom in _place("c1ccccc1", 3) if atom["element"] == "C"]
    lengths = sorted(_distance(a, b) for i, a in enumerate(atoms) for b in atoms[:i])
    assert lengths[:6] == pytest.approx([1.395] * 6, abs=0.01)


def test_coordinates_follow_the_seed():
    assert _place("CCCCO", 1) == _place("CCCCO", 1)
    assert _place("CCCCO", 1) != _place("CCCCO", 2)


@pytest.mark.parametrize(
    ("smiles", "hint"),
    [
        ("C2H6O", "write CCO"),
        ("C(", "check brackets"),
        ("CC(C)(C)(C)C", "valence"),
        ("c1cccc1", "kekulize"),
        ("", "plain characters"),
        ("Cé", "plain characters"),
        ("C" * 1_001, "plain characters"),
        ("C" * 900, "at most 300"),
    ],
    ids=lambda value: value[:12],
)
def test_refusal_says_what_is_wrong(smiles, hint):
    with pytest.raises(KernelError, match=hint):
        _properties(smiles)


@pytest.mark.parametrize("size", [1, 100_000], ids=str)
def test_size_of_a_drawing_is_bounded(size):
    with pytest.raises(KernelError, match="pixels"):
        run({"operation": "drawing", "smiles": "CCO", "width_px": size})


def test_too_many_atoms_are_not_placed():
    with pytest.raises(KernelError, match="at most 150"):
        _place("C" * 60, 1)


@given(smiles=st.text(alphabet="CNOcn()[]=#1234+-@HFl.", max_size=20) | st.text(max_size=10))
def test_any_text_is_a_molecule_or_refused(smiles):
    for operation in ("properties", "functional_groups", "drawing"):
        with suppress(KernelError):
            assert isinstance(run({"operation": operation, "smiles": smiles})["text"], str)
