"""Conversions, dimensions and cautions. Expected values are definitions of the units, or worked by
hand in the comment."""

import math
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import constants

from tools.kernels.kernel_error import KernelError
from tools.kernels.units import run
from tools.kernels.units_grammar import parse_unit, registry, render_unit
from tools.kernels.units_quantity import parse_quantity

_UNITS_OF = {
    "length": ["m", "km", "inch", "ft", "yd", "mi", "nmi", "angstrom", "ly"],
    "mass": ["kg", "g", "lb", "oz", "t", "u"],
    "time": ["s", "min", "h", "day", "week", "ms"],
    "energy": ["J", "kWh", "eV", "cal", "Btu", "erg"],
    "pressure": ["Pa", "bar", "atm", "torr", "psi", "mmHg"],
    "temperature": ["K", "degC", "degF", "degR"],
    "speed": ["m/s", "km/h", "mi/h", "knot"],
}
_PAIRS = st.sampled_from(
    [(one, other) for units in _UNITS_OF.values() for one in units for other in units]
)
_ALPHABET = "mkgshJKNdegCF0123456789 ^*/()-.·²°%µ"
_TEXT = st.text(alphabet=_ALPHABET, max_size=14) | st.text(max_size=10)


def _convert(value, from_unit, to_unit, **more):
    call = {"operation": "convert", "value": value, "from_unit": from_unit, "to_unit": to_unit}
    return run({**call, **more})


def _check(expression, expected_unit=None, **variables):
    call = {"operation": "check", "expression": expression, "variables": variables}
    return run({**call, "expected_unit": expected_unit})


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "expected"),
    [
        (1, "inch", "cm", 2.54),  # definition of 1959
        (1, "mi", "m", 1609.344),  # 5280 ft of 0.3048 m
        (100, "km/h", "m/s", 100 / 3.6),
        (1, "lb", "g", constants.lb * 1000),
        (1, "atm", "Pa", constants.atm),
        (1, "eV", "J", constants.e),
        (1, "cal", "J", constants.calorie),
        (1, "kWh", "MJ", 3.6),  # 1000 W times 3600 s
        (0, "degC", "degF", 32),
        (100, "degC", "degF", 212),
        (-40, "degF", "degC", -40),  # (-40 - 32)/1.8
        (25, "°C", "K", 298.15),
        (1, "gal", "L", constants.gallon * 1000),
        (1, "imperial_gallon", "L", 4.54609),
        (1, "ly", "m", constants.light_year),
        (180, "deg", "rad", math.pi),
        (1, "nmi", "km", 1.852),
        (1, "g/cm^3", "kg/m^3", 1000),
        (4.184, "J/(g*K)", "cal/(g*degC)", 1),
        (1, "mmHg", "Pa", 133.322387415),  # 13595.1 kg/m^3 x 9.80665 m/s^2 x 1 mm
        (1, "hp", "W", constants.hp),
        (60, "rpm", "rad/s", 2 * math.pi),
        (2, "square meter", "cm2", 20_000),
        (1, "N m", "J", 1),
    ],
    ids=str,
)
def test_conversion_matches_the_definition(value, from_unit, to_unit, expected):
    assert _convert(value, from_unit, to_unit)["value"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 km/h", 5),
        ("1,234.5 m", 1234.5),
        ("6.02×10^23 1/mol", 6.02e23),
        ("6.02 × 10²³", 6.02e23),
        ("1.5x10^-3 m", 0.0015),
        ("3e8 m/s", 3e8),
        ("-40 °F", -40),
        ("−40 °F", -40),
        ("500/mm", 500),
        (".5m", 0.5),
        ("5%", 5),
    ],
    ids=str,
)
def test_number_is_read_as_it_is_written(text, expected):
    assert parse_quantity(text)[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    ["3,5 m", "1 000 m", "1.2.3 m", "2*100 m", "2x103 m", "1/2 kg", "m", "", "1e999 m"],
    ids=str,
)
def test_number_of_two_readings_is_refused(text):
    with pytest.raises(KernelError):
        parse_quantity(text)


def test_difference_of_temperatures_has_no_offset():
    # A rise of 20 degrees Celsius is a rise of 20 x 1.8 = 36 degrees Fahrenheit.
    assert _convert(20, "degC", "degF", is_difference=True)["value"] == pytest.approx(36)
    assert _convert(20, "degC", "K", is_difference=True)["value"] == pytest.approx(20)


def test_temperature_says_how_a_difference_is_converted():
    assert any("is_difference" in note for note in _convert(20, "degC", "degF")["notes"])
    assert _convert(20, "degC", "degF", is_difference=True)["notes"] == []


def test_temperature_and_difference_do_not_convert():
    with pytest.raises(KernelError, match="is_difference"):
        _convert(20, "delta_degC", "degF")


@pytest.mark.parametrize("unit", ["USD", "EUR", "dollars", "yen", "EUR/kWh"])
def test_currency_is_refused_with_the_reason(unit):
    with pytest.raises(KernelError, match="rates change"):
        _convert(1, unit, "GBP")


@pytest.mark.parametrize(
    ("unit", "other"),
    [
        ("gallon", "imperial_gallon"),
        ("ton", "metric_ton"),
        ("oz", "fluid_ounce"),
        ("cal", "kcal"),
        ("lb", "lbf"),
        ("mile", "nautical_mile"),
        ("C", "degC"),
        ("h", "planck_constant"),
    ],
    ids=str,
)
def test_ambiguous_unit_tells_its_other_reading(unit, other):
    (note,) = run({"operation": "describe", "from_unit": unit})["notes"]
    assert other in note


@pytest.mark.parametrize(
    ("from_unit", "to_unit", "hint"),
    [
        ("C", "F", "degC and degF"),
        ("oz", "mL", "fluid_ounce"),
        ("kg", "N", "a weight is a mass times g"),
        ("g", "mol", "molar mass"),
        ("m", "s", "do not convert"),
        ("Kg", "g", "did you mean kg"),
        ("Nm", "J", "written N\\*m"),
        ("J/mol K", "J/(mol*K)", "not clear"),
        ("dB", "W", "logarithmic"),
        ("mdegC", "K", "no prefix"),
        ("m^99", "m", "exponent"),
    ],
    ids=str,
)
def test_refusal_says_how_to_mend_the_call(from_unit, to_unit, hint):
    with pytest.raises(KernelError, match=hint):
        _convert(1, from_unit, to_unit)


@given(pair=_PAIRS, value=st.floats(-1e6, 1e6))
def test_converting_back_returns_the_value(pair, value):
    there = _convert(value, *pair)["value"]
    assert _convert(there, pair[1], pair[0])["value"] == pytest.approx(value, rel=1e-9, abs=1e-6)


@given(pair=_PAIRS, one=st.floats(-1e4, 1e4), other=st.floats(-1e4, 1e4))
def test_difference_of_converted_is_converted_difference(pair, one, other):
    apart = _convert(one, *pair)["value"] - _convert(other, *pair)["value"]
    difference = _convert(one - other, *pair, is_difference=True)["value"]
    assert apart == pytest.approx(difference, rel=1e-6, abs=1e-4 * max(1.0, abs(difference)))


@given(
    names=st.lists(
        st.sampled_from(["m", "kg", "s", "A", "K", "mol", "cd", "L", "ohm", "µF", "degC", "min"]),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    powers=st.lists(st.sampled_from([-3, -2, -1, 1, 2, 3]), min_size=4, max_size=4),
)
def test_written_unit_is_read_back(names, powers):
    text = "*".join(f"{name}^{power}" for name, power in zip(names, powers, strict=False))
    unit = parse_unit(text).unit
    again = parse_unit(render_unit(unit), is_difference=True).unit
    assert (
        registry().Quantity(1, again).to_base_units()
        == registry().Quantity(1, parse_unit(text, is_difference=True).unit).to_base_units()
    )


@given(value=st.floats(allow_nan=False, allow_infinity=False), one=_TEXT, other=_TEXT)
def test_any_text_is_converted_or_refused(value, one, other):
    with suppress(KernelError):
        assert _convert(value, one, other)["text"]


@given(
    expression=st.text(alphabet="mvsk +-*/^().=0123456789sqrtin", max_size=30) | _TEXT,
    variables=st.dictionaries(st.sampled_from("mvsk"), _TEXT, max_size=3),
)
def test_any_expression_is_checked_or_refused(expression, variables):
    with suppress(KernelError):
        assert _check(expression, **variables)["text"]


@pytest.mark.parametrize(
    ("expression", "variables", "expected"),
    [
        ("F = m*a", {"F": "N", "m": "kg", "a": "m/s^2"}, None),
        ("1/2*m*v^2 + m*g*h", {"m": "kg", "v": "m/s", "g": "m/s^2", "h": "m"}, "J"),
        ("sqrt(2*h/g)", {"h": "m", "g": "m/s^2"}, "s"),
        ("sin(omega*t)*x", {"omega": "rad/s", "t": "s", "x": "m"}, "m"),
        ("5 km + 300 m", {}, "m"),
        ("E = h*f", {"E": "J", "h": "J*s", "f": "Hz"}, None),
    ],
    ids=str,
)
def test_right_equation_is_consistent(expression, variables, expected):
    assert _check(expression, expected, **variables)["is_consistent"] is True


@pytest.mark.parametrize(
    ("expression", "variables", "expected", "reason"),
    [
        ("v + d", {"v": "m/s", "d": "m"}, None, "cannot be added"),
        ("v - d", {"v": "m/s", "d": "m"}, None, "cannot be subtracted"),
        ("d = v*t^2", {"d": "m", "v": "m/s", "t": "s"}, None, "and v\\*t\\^2 is"),
        ("d/t", {"d": "m", "t": "s"}, "N", "N is"),
        ("exp(t)", {"t": "s"}, None, "pure number"),
        ("2^x", {"x": "m"}, None, "an exponent"),
    ],
    ids=str,
)
def test_wrong_equation_is_told_with_the_place(expression, variables, expected, reason):
    result = _check(expression, expected, **variables)
    assert result["is_consistent"] is False
    assert re.search(reason, result["reason"])


def test_check_computes_where_values_are_given():
    # 1/2 x 2 kg x 9 m2/s2 + 2 kg x 9.81 m/s2 x 5 m = 9 J + 98.1 J
    result = _check("1/2*m*v^2 + m*g*h", "J", m="2 kg", v="3 m/s", g="9.81 m/s^2", h="5 m")
    assert result["value"] == pytest.approx(107.1)
    assert result["unit"] == "J"


def test_thermometer_readings_subtract_as_kelvins():
    result = _check("m*c*(T2 - T1)", "kJ", m="1 kg", c="4184 J/(kg*K)", T2="30 °C", T1="20 °C")
    assert result["value"] == pytest.approx(41.84)


def test_degrees_inside_an_expression_are_refused():
    with pytest.raises(KernelError, match="as a variable"):
        _check("20 degC + 5 K")


def test_forgotten_variable_is_no_unit():
    with pytest.raises(KernelError, match="'g' is not among the variables"):
        _check("m*g*h", "J", m="kg", h="m")


def test_pi_is_a_number():
    # An area of a circle of 2 m: 4 pi.
    assert _check("pi*r^2", "m^2", r="2 m")["value"] == pytest.approx(4 * math.pi)


def test_unused_variable_is_told():
    assert _check("m", m="kg", z="s")["notes"] == ["z is not used"]


def test_unknown_operation_is_refused():
    with pytest.raises(KernelError, match="convert, check, describe"):
        run({"operation": "guess"})
