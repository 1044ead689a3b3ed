"""The tool `chemistry` behind the wall."""

from xml.etree import ElementTree as ET

import pytest


def test_molecule_has_its_published_properties(tools):
    # PubChem 2244, aspirin.
    result = tools.get("chemistry", operation="properties", smiles="CC(=O)Oc1ccccc1C(=O)O")
    assert result["properties"]["formula"] == "C9H8O4"
    assert result["properties"]["tpsa_square_angstrom"] == pytest.approx(63.6)


def test_equation_is_balanced(tools):
    result = tools.get(
        "chemistry", operation="balance", equation="KMnO4 + HCl -> KCl + MnCl2 + H2O + Cl2"
    )
    assert [each["coefficient"] for each in result["coefficients"]] == [2, 16, 2, 2, 8, 5]


def test_buffer_has_the_ph_of_its_acid(tools):
    solutes = [
        {"species": "CH3COOH", "concentration": "0.1 mol/L"},
        {"species": "CH3COONa", "concentration": "0.1 mol/L"},
    ]
    assert tools.get("chemistry", operation="ph", solutes=solutes)["ph"] == pytest.approx(
        4.756, abs=0.001
    )


def test_scarcest_reactant_limits(tools):
    result = tools.get(
        "chemistry",
        operation="stoichiometry",
        equation="N2 + H2 -> NH3",
        amounts={"N2": "28 g", "H2": "3 g"},
    )
    assert result["limiting"] == ["H2"]


def test_gas_law_is_solved(tools):
    result = tools.get(
        "chemistry", operation="ideal_gas", knowns={"P": 1, "n": 1, "T": "0 degC"}, find=["V"]
    )
    (solution,) = result["solutions"]
    assert solution["values"]["V"]["value"] == pytest.approx(22.41397, rel=1e-6)


def test_drawing_crosses_the_wall_whole(tools):
    result = tools.get("chemistry", operation="drawing", smiles="Cn1c(=O)c2c(ncn2C)n(C)c1=O")
    assert ET.fromstring(result["svg"]).tag.endswith("svg")


def test_coordinates_are_those_of_the_seed(tools):
    call = {"operation": "coordinates", "smiles": "CCO"}
    first = tools.get("chemistry", **call, seed=5)
    assert first["atoms"] == tools.get("chemistry", **call, seed=5)["atoms"]
    assert first["atoms"] != tools.get("chemistry", **call, seed=6)["atoms"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"operation": "properties", "smiles": "C2H6O"}, "write CCO"),
        ({"operation": "balance", "equation": "H2 -> O2"}, "H only on the left"),
        ({"operation": "properties", "smiles": "C" * 900}, "at most 300"),
    ],
    ids=["smiles", "equation", "size"],
)
def test_refusal_crosses_the_wall_with_its_words(tools, arguments, hint):
    assert hint in tools.refuse("chemistry", **arguments)
