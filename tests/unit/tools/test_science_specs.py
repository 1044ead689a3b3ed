"""Descriptions of the four tools of science agree with their kernels."""

import pytest

from engine.domain.errors import InvalidToolCallError
from tools.chemistry import CHEMISTRY
from tools.chemistry import SYMBOLS as CHEMISTRY_SYMBOLS
from tools.kernels import chemistry, physics, plots, units
from tools.physics import PHYSICS
from tools.physics import SYMBOLS as PHYSICS_SYMBOLS
from tools.plot import PLOT
from tools.unit_convert import UNIT_CONVERT

_SPECS = [CHEMISTRY, PHYSICS, PLOT, UNIT_CONVERT]
_KERNELS = {"chemistry": chemistry, "physics": physics, "plot": plots, "unit_convert": units}
_CALLS = [
    (CHEMISTRY, {"operation": "formula", "formula": "CuSO4·5H2O"}),
    (CHEMISTRY, {"operation": "functional_groups", "smiles": "CCO"}),
    (CHEMISTRY, {"operation": "drawing", "smiles": "CCO", "width_px": 200, "height_px": 200}),
    (CHEMISTRY, {"operation": "coordinates", "smiles": "O", "seed": 3}),
    (
        CHEMISTRY,
        {
            "operation": "stoichiometry",
            "equation": "H2 + O2 -> H2O",
            "amounts": {"H2": "5 L"},
            "temperature": "25 degC",
            "pressure": 101325,
        },
    ),
    (
        CHEMISTRY,
        {
            "operation": "ph",
            "solutes": [{"kind": "weak_base", "pkb": [4.75], "concentration": 0.1}],
        },
    ),
    (CHEMISTRY, {"operation": "dilution", "knowns": {"C1": 12, "V1": "10 mL", "V2": 1}}),
    (PHYSICS, {"topic": "kinematics", "knowns": {"v0": 20, "a": -10, "d": 15}}),
    (PHYSICS, {"topic": "circuit", "netlist": "V1 a 0 5\nR1 a 0 10"}),
    (PLOT, {"kind": "histogram", "values": [1, 2, 2, 3], "bins": 3, "format": "both"}),
    (PLOT, {"kind": "scatter", "x": [1, 2], "y": [3, 4], "joined": True, "title": "a"}),
    (UNIT_CONVERT, {"operation": "describe", "from_unit": "gal"}),
    (UNIT_CONVERT, {"value": 0, "from_unit": "degC", "to_unit": "K"}),
    (
        UNIT_CONVERT,
        {"operation": "check", "expression": "v + d", "variables": {"v": "m/s", "d": "m"}},
    ),
]


def _call(spec, arguments):
    given = spec.read_arguments(arguments).model_dump(mode="json")
    return spec.output_model.model_validate(_KERNELS[spec.name].run(given))


@pytest.mark.parametrize("spec", _SPECS, ids=lambda spec: spec.name)
def test_every_example_fits_both_models(spec):
    for example in spec.examples:
        assert _call(spec, example.arguments).text


@pytest.mark.parametrize(("spec", "arguments"), _CALLS, ids=str)
def test_every_kind_of_result_fits_its_model(spec, arguments):
    assert _call(spec, arguments).text


def _list_symbols(topics):
    return {
        name: " ".join(symbol.name for symbol in topic.symbols) for name, topic in topics.items()
    }


def test_described_quantities_are_those_of_the_kernels():
    assert _list_symbols(physics.TOPICS) == PHYSICS_SYMBOLS
    assert _list_symbols(chemistry.TOPICS) == CHEMISTRY_SYMBOLS


def test_offered_choices_are_those_of_the_kernels():
    topics = PHYSICS.input_model.model_json_schema()["properties"]["topic"]["enum"]
    assert topics == [*physics.TOPICS, physics.CIRCUIT]
    operations = CHEMISTRY.input_model.model_json_schema()["properties"]["operation"]["enum"]
    assert operations == [*chemistry.OPERATIONS, *chemistry.TOPICS]


@pytest.mark.parametrize(
    ("spec", "arguments", "words"),
    [
        (
            UNIT_CONVERT,
            {"operation": "convert", "value": 3},
            "convert needs `from_unit`, `to_unit`",
        ),
        (UNIT_CONVERT, {"operation": "describe", "from_unit": "m", "value": 3}, "does not take"),
        (CHEMISTRY, {"operation": "balance", "smiles": "CCO"}, "balance needs `equation`"),
        (CHEMISTRY, {"operation": "cook"}, "operation: input should be 'properties'"),
        (PHYSICS, {"topic": "circuit", "knowns": {"U": 3}}, "circuit needs `netlist`"),
        (PHYSICS, {"topic": "newton", "knowns": {"m": [1]}}, "knowns.m"),
        (PLOT, {"kind": "bar", "labels": ["a"], "x": [1]}, "bar needs `values`"),
        (PLOT, {"kind": "function", "expressions": ["x"], "samples": 1}, "samples"),
    ],
    ids=str,
)
def test_wrong_call_is_told_before_it_is_run(spec, arguments, words):
    with pytest.raises(InvalidToolCallError, match="cannot be run as written") as caught:
        spec.read_arguments(arguments)
    assert words in str(caught.value)
