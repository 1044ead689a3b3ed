"""The tool `unit_convert` behind the wall."""

import pytest


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "expected"),
    [(90, "km/h", "m/s", 25), (20, "degC", "degF", 68), (1, "inch", "cm", 2.54)],
    ids=["speed", "temperature", "length"],
)
def test_value_is_converted(tools, value, from_unit, to_unit, expected):
    result = tools.get("unit_convert", value=value, from_unit=from_unit, to_unit=to_unit)
    assert result["value"] == pytest.approx(expected)


def test_rise_of_temperature_has_no_offset(tools):
    result = tools.get(
        "unit_convert", value=20, from_unit="degC", to_unit="degF", is_difference=True
    )
    assert result["value"] == pytest.approx(36)


def test_wrong_equation_is_an_answer_and_no_refusal(tools):
    variables = {"d": "m", "v": "m/s", "t": "s"}
    result = tools.get(
        "unit_convert", operation="check", expression="d = v*t^2", variables=variables
    )
    assert result["is_consistent"] is False


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"value": 1, "from_unit": "USD", "to_unit": "EUR"}, "currencies are not converted"),
        ({"value": 1, "from_unit": "oz", "to_unit": "mL"}, "fluid_ounce"),
        ({"value": 1, "from_unit": "__import__('os')", "to_unit": "m"}, "cannot be read"),
        ({"operation": "check", "expression": "9^9^9^9"}, "too large"),
    ],
    ids=["currency", "dimension", "code", "tower"],
)
def test_refusal_crosses_the_wall_with_its_words(tools, arguments, hint):
    assert hint in tools.refuse("unit_convert", **arguments)
