"""Answers of the topics. Expected values are worked by hand in the comment beside each."""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import constants

from tools.kernels.kernel_error import KernelError
from tools.kernels.law import parse_law
from tools.kernels.physics import TOPICS, run
from tools.kernels.physics_topic import CONSTANT_UNITS, CONSTANTS
from tools.kernels.units_expression import measure, measure_expression
from tools.kernels.units_grammar import describe_dimension, parse_unit, registry

_POSITIVE = st.floats(0.01, 100)


def _solve(topic, find=(), **knowns):
    return run({"topic": topic, "knowns": knowns, "find": list(find)})


def _values(topic, find=(), **knowns):
    (solution,) = _solve(topic, find, **knowns)["solutions"]
    return {name: each["value"] for name, each in solution["values"].items()}


_KNOWN = [
    # From rest under 9.8 m/s2 over 19.6 m: t = sqrt(2 x 19.6/9.8) = 2 s, v = 19.6 m/s.
    ("kinematics", {"v0": 0, "a": "9.8 m/s^2", "d": 19.6}, {"t": 2, "v": 19.6}),
    # 36 km/h = 10 m/s to a stop in 25 m: a = -100/50 = -2 m/s2, t = 5 s.
    ("kinematics", {"v0": "36 km/h", "v": 0, "d": "25 m"}, {"a": -2, "t": 5}),
    # (4 + 10)/2 x 3 = 21 m, a = 2 m/s2.
    ("kinematics", {"v0": 4, "v": 10, "t": "3 s"}, {"d": 21, "a": 2}),
    # From rest at 3 rad/s2 for 4 s: 12 rad/s and 24 rad.
    ("rotation", {"omega0": 0, "alpha": 3, "t": 4, "I": 2}, {"omega": 12, "phi": 24, "tau": 6}),
    # 20 m/s at 30 degrees, g = 10: up at 10 m/s, 2 s in the air, 20 cos 30 x 2 m far.
    (
        "projectile",
        {"v0": 20, "theta": 30, "h0": 0, "g": 10},
        {"t": 2, "x": 34.6410161514, "h_max": 5, "v_end": 20},
    ),
    # Thrown level from 45 m, g = 10: t = 3 s, 15 x 3 = 45 m, speed sqrt(15^2 + 30^2).
    (
        "projectile",
        {"v0": 15, "theta": 0, "h0": 45, "g": 10},
        {"t": 3, "x": 45, "v_end": math.sqrt(1125)},
    ),
    ("newton", {"m": "5 kg", "a": 3}, {"F": 15, "W": 5 * constants.g}),
    # 50 N against 0.2 x 10 x 10 = 20 N of friction on 10 kg: 3 m/s2.
    ("friction", {"F": 50, "m": 10, "mu": 0.2, "g": 10}, {"f": 20, "N": 100, "a": 3}),
    # sin 30 = 1/2: 5 m/s2 without friction.
    ("incline", {"theta": 30, "mu": 0, "m": 2, "g": 10}, {"a": 5, "F_along": 10}),
    # 2 kg at 3 m/s on 1.5 m: a = 9/1.5 = 6 m/s2, F = 12 N, T = 2 pi 1.5/3 = pi s.
    ("circular", {"m": 2, "v": 3, "r": 1.5}, {"a": 6, "F": 12, "T": math.pi, "omega": 2}),
    # Earth of 5.972e24 kg at 6371 km: g = 6.6743e-11 x 5.972e24/6.371e6^2 = 9.820 m/s2.
    (
        "gravitation",
        {"M": "5.972e24 kg", "r": "6371 km", "m": 1},
        {"g": 9.81997, "v_escape": 11186.0, "v": 7909.68},
    ),
    # k = 200 N/m, x = 0.1 m: F = 20 N, E = 1 J; with 2 kg omega = 10 rad/s.
    ("spring", {"k": 200, "x": "10 cm", "m": 2}, {"F": 20, "E": 1, "omega": 10}),
    # l = g/(4 pi^2) swings in 1 s.
    ("pendulum", {"l": 10 / (4 * math.pi**2), "g": 10}, {"T": 1, "f": 1}),
    # From rest through 20 m at g = 10: 20 m/s.
    ("energy_fall", {"v1": 0, "h": 20, "g": 10}, {"v2": 20}),
    # 2 kg at 3 m/s stopped by friction: -9 J.
    ("energy", {"m": 2, "v1": 3, "v2": 0, "h1": 0, "h2": 0}, {"W": -9, "K1": 9}),
    # 10 N over 5 m at 60 degrees: 25 J; in 2 s 12.5 W.
    ("work", {"F": 10, "d": 5, "theta": 60, "t": 2}, {"W": 25, "P": 12.5}),
    # 0.15 kg from 40 to -50 m/s: -13.5 N s; in 3 ms -4500 N.
    ("momentum", {"m": 0.15, "v1": 40, "v2": -50, "t": "3 ms"}, {"J": -13.5, "F": -4500}),
    # Equal masses swap their velocities.
    ("collision_elastic", {"m1": 2, "m2": 2, "v1": 4, "v2": -1}, {"u1": -1, "u2": 4}),
    # Sticking together: (2 x 5 - 3 x 1)/5 = 1.4 m/s; 26.5 J before, 4.9 J after.
    (
        "collision",
        {"m1": 2, "m2": 3, "v1": 5, "v2": -1, "restitution": 0},
        {"u1": 1.4, "u2": 1.4, "Q": 21.6},
    ),
    ("photon", {"wavelength": "500 nm"}, {"E": constants.h * constants.c / 5e-7}),
    # 0.5 kg of water by 60 K: 0.5 x 4184 x 60 = 125,520 J.
    ("heat", {"m": "500 g", "c_p": 4184, "T1": "20 °C", "T2": "80 °C"}, {"Q": 125_520, "dT": 60}),
    ("heat", {"m": 1, "c_p": 4184, "dT": "10 degC"}, {"Q": 41_840}),
    # 2 kg of ice: 2 x 334 kJ.
    ("latent_heat", {"m": 2, "L": "334 kJ/kg"}, {"Q": 668_000}),
    # 1 kg at 80 and 3 kg at 20 degrees: 35 degrees.
    (
        "mixing",
        {"m1": 1, "m2": 3, "c1": 4184, "c2": 4184, "T1": "80 °C", "T2": "20 °C"},
        {"T": 308.15},
    ),
    # One mole at 0 degrees and 1 atm: 22.414 L.
    ("ideal_gas", {"P": "1 atm", "n": 1, "T": "0 degC"}, {"V": 0.0224139695}),
    # 1 mol, 300 K, to twice the volume: 8.314462618 x 300 x ln 2 = 1728.94 J.
    ("isothermal", {"n": 1, "T": 300, "V1": "1 L", "V2": "2 L"}, {"W": 1728.9424, "dU": 0}),
    # 100 kPa from 2 to 5 L: 300 J.
    ("isobaric", {"P": "100 kPa", "V1": "2 L", "V2": "5 L"}, {"W": 300}),
    # 2 mol of Cv = 3/2 R by 100 K: 3 x 8.314462618 x 100.
    (
        "isochoric",
        {"n": 2, "T1": 300, "T2": 400, "Cv": 1.5 * constants.R},
        {"Q": 300 * constants.R, "W": 0},
    ),
    # A diatomic gas pressed to half: 300 x 2^0.4 = 395.85 K.
    ("adiabatic", {"T1": 300, "V1": 2, "V2": 1, "gamma": 1.4}, {"T2": 300 * 2**0.4, "Q": 0}),
    # Between 500 and 300 K: 40 %.
    ("carnot", {"Th": 500, "Tc": 300, "Qh": "1 kJ"}, {"eta": 0.4, "W": 400, "Qc": 600}),
    ("radiation", {"A": 1, "T": 1000}, {"P": constants.sigma * 1e12}),
    ("ohm", {"U": 12, "R": 4}, {"I": 3, "P": 36}),
    # 1 uC and 1 uC at 1 m: 8.98755e9 x 1e-12 N.
    ("coulomb", {"q1": "1 uC", "q2": "1 uC", "r": 1}, {"F": 0.0089875517923}),
    # One time constant: 5/e V.
    ("capacitor", {"C": "10 uF", "R": "100 kohm", "U": 5, "t": 1}, {"U_t": 5 / math.e}),
    # 1/10 - 1/30 = 1/15: image at 15 cm, half as large and inverted.
    ("thin_lens", {"f": "10 cm", "do": "30 cm"}, {"di": 0.15, "m": -0.5, "D": 10}),
    # A concave mirror of radius 40 cm, object at 30 cm: 1/20 - 1/30 = 1/60.
    ("mirror", {"r": "40 cm", "do": "30 cm"}, {"f": 0.2, "di": 0.6, "m": -2}),
    # sin 30 = 1.5 sin x: x = asin(1/3) = 19.4712 degrees.
    ("snell", {"n1": 1, "n2": 1.5, "theta1": 30}, {"theta2": 19.4712206345}),
    # asin(1/2) = 30 degrees.
    ("critical_angle", {"n1": 2, "n2": 1}, {"theta_c": 30}),
    # 500 lines a mm: d = 2 um, sin x = 0.3.
    (
        "grating",
        {"lines": "500 1/mm", "wavelength": "600 nm", "order": 1},
        {"d": 2e-6, "theta": math.degrees(math.asin(0.3))},
    ),
    # 440 Hz coming on at 20 m/s in air of 343 m/s: 440 x 343/323.
    ("doppler", {"f_source": 440, "v": 343, "v_source": 20}, {"f_observed": 440 * 343 / 323}),
    # Half the frequency: (1 + b)/(1 - b) = 1/4, b = -3/5, z = 1.
    (
        "doppler_light",
        {"f_source": 2e14, "f_observed": 1e14},
        {"z": 1, "v": -0.6 * constants.c},
    ),
    # 100 N on 10 g/m: 100 m/s; half a metre sounds at 100 Hz.
    ("string", {"tension": 100, "mu": "10 g/m", "l": 0.5, "harmonic": 1}, {"v": 100, "f": 100}),
    # 343/(4 x 0.25).
    ("closed_pipe", {"l": 0.25, "v": 343, "harmonic": 1}, {"f": 343}),
    # 1e-5 over 1e-12: seven tens of dB.
    ("decibel", {"I": "1e-5 W/m^2"}, {"L": 70}),
]


@pytest.mark.parametrize(
    ("topic", "knowns", "expected"), _KNOWN, ids=lambda value: str(value)[:50]
)
def test_topic_gives_the_value_worked_by_hand(topic, knowns, expected):
    values = _values(topic, **knowns)
    assert {name: values[name] for name in expected} == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_every_law_is_dimensionally_right(topic):
    variables = {
        name: measure(1.5, parse_unit(unit).unit if unit else registry().Unit(""))
        for name, unit in CONSTANT_UNITS.items()
    }
    for symbol in topic.symbols:
        unit = parse_unit(symbol.unit, is_difference=True).unit if symbol.unit else None
        variables[symbol.name] = measure(1.5, unit or registry().Unit(""))
    for law in topic.laws:
        left, right = law.split("=")
        if "0" in {left.strip(), right.strip()}:
            left = right = left if right.strip() == "0" else right
        one = measure_expression(left, variables)
        other = measure_expression(right, variables)
        assert describe_dimension(one.unit) == describe_dimension(other.unit), law


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_every_name_of_a_law_is_a_quantity_or_a_constant(topic):
    names = {name for text in topic.laws for name in parse_law(text).names}
    symbols = [symbol.name for symbol in topic.symbols]
    assert names <= {*symbols, *CONSTANTS}
    assert set(symbols) <= names
    assert len(symbols) == len(set(symbols))


def test_both_roots_are_given():
    # Up at 20 m/s under g = 10, at 15 m after 1 s going up and after 3 s coming down.
    solutions = _solve("kinematics", v0=20, a=-10, d=15)["solutions"]
    times = sorted(each["values"]["t"]["value"] for each in solutions)
    speeds = sorted(each["values"]["v"]["value"] for each in solutions)
    assert times == pytest.approx([1, 3])
    assert speeds == pytest.approx([-10, 10])


def test_two_angles_reach_the_same_range():
    # sin 2x = 30 x 10/400 = 3/4: x and 90 - x.
    solutions = _solve("projectile_level", v0=20, x=30, g=10)["solutions"]
    angles = [each["values"]["theta"]["value"] for each in solutions]
    assert sum(angles) == pytest.approx(90)
    assert math.sin(math.radians(2 * angles[0])) == pytest.approx(0.75)


def test_every_step_names_its_equation():
    (solution,) = _solve("kinematics", v0=0, a=2, t=3)["solutions"]
    laws = {step["name"]: step["law"] for step in solution["steps"]}
    assert laws == {"v": "v = v0 + a*t", "d": "d = v0*t + 1/2*a*t^2"}


def test_every_value_has_its_unit():
    (solution,) = _solve("kinematics", v0=0, a=2, t=3)["solutions"]
    assert {name: each["unit"] for name, each in solution["values"].items()} == {
        "v0": "m/s",
        "a": "m/s^2",
        "t": "s",
        "v": "m/s",
        "d": "m",
    }


def test_taken_default_and_constant_are_told():
    notes = " ".join(_solve("newton", m=2)["notes"] + _solve("photon", f=1e15)["notes"])
    assert "g = 9.80665 m/s^2 was taken" in notes
    assert "h = 6.62607015e-34 J*s" in notes


def test_default_gives_way_to_the_knowns_and_says_so():
    assert _values("newton", W=100, m=20)["g"] == pytest.approx(5)
    assert any("was not taken" in note for note in _solve("newton", W=100, m=20)["notes"])


@given(v0=st.floats(-50, 50), a=st.floats(-20, 20), t=_POSITIVE)
def test_kinematics_is_recovered_from_any_three(v0, a, t):
    v, d = v0 + a * t, v0 * t + a * t * t / 2
    true = {"v0": v0, "v": v, "a": a, "t": t, "d": d}
    for left_out in ({"v", "d"}, {"v0", "d"}, {"a", "d"}):
        knowns = {name: value for name, value in true.items() if name not in left_out}
        for solution in _solve("kinematics", **knowns)["solutions"]:
            for name in left_out:
                got = solution["values"][name]["value"]
                assert got == pytest.approx(true[name], rel=1e-6, abs=1e-6)


@given(v0=st.floats(1, 50), a=st.floats(-20, 20), t=_POSITIVE)
def test_true_motion_is_among_the_roots(v0, a, t):
    d = v0 * t + a * t * t / 2
    try:
        solutions = _solve("kinematics", v0=v0, a=a, d=d)["solutions"]
    except KernelError:
        # Where the motion turns at that very place, rounding may leave no root.
        assert v0 * v0 + 2 * a * d == pytest.approx(0, abs=1e-6 * v0 * v0)
        return
    times = [each["values"]["t"]["value"] for each in solutions if "t" in each["values"]]
    assert any(time == pytest.approx(t, rel=1e-4, abs=1e-5) for time in times)


@given(m1=_POSITIVE, m2=_POSITIVE, v1=st.floats(-50, 50), v2=st.floats(-50, 50), e=st.floats(0, 1))
def test_collision_keeps_momentum_and_loses_no_more_than_there_is(m1, m2, v1, v2, e):
    after = _values("collision", m1=m1, m2=m2, v1=v1, v2=v2, restitution=e)
    before = m1 * v1 + m2 * v2
    assert m1 * after["u1"] + m2 * after["u2"] == pytest.approx(before, rel=1e-9, abs=1e-6)
    assert -1e-6 <= after["Q"] <= after["K1"] + 1e-6


@given(p=_POSITIVE, v=_POSITIVE, t=st.floats(1, 2000))
def test_ideal_gas_is_recovered_from_any_three(p, v, t):
    n = _values("ideal_gas", P=p, V=v, T=t)["n"]
    assert _values("ideal_gas", n=n, V=v, T=t)["P"] == pytest.approx(p, rel=1e-9)
    assert _values("ideal_gas", n=n, P=p, T=t)["V"] == pytest.approx(v, rel=1e-9)
    assert _values("ideal_gas", n=n, P=p, V=v)["T"] == pytest.approx(t, rel=1e-9)


@pytest.mark.parametrize(
    ("topic", "find", "knowns", "hint"),
    [
        ("flight", [], {}, "known: kinematics"),
        ("kinematics", [], {"speed": 3}, "v0 \\[m/s\\]"),
        ("kinematics", [], {"v0": "5 kg"}, "v0 is a quantity in m/s"),
        ("kinematics", [], {"v0": 5, "v": 10}, "Give more of: a, t, d"),
        ("kinematics", ["a"], {"v0": 5, "t": 10}, "Give more of"),
        ("kinematics", ["v"], {"v": 5}, "leave out one"),
        ("kinematics", [], {"v0": 0, "a": 2, "t": 3, "d": 12}, "contradict"),
        ("kinematics", [], {"v0": 0, "a": 2, "t": -3}, "at least 0 s"),
        ("kinematics", [], {"v0": 5, "v": 10, "a": -1}, "no possible t"),
        ("snell", [], {"n1": 1.5, "n2": 1, "theta1": 60}, "total reflection"),
        ("thin_lens", [], {"f": 0.1, "do": 0.1}, "no image"),
        ("carnot", [], {"Th": 300, "Tc": 500}, "contradict"),
        ("newton", [], {"m": [1]}, "write a number"),
        ("newton", ["nothing"], {"m": 1, "a": 1}, "no quantity 'nothing'"),
        ("circular", ["F"], {"r": 1, "v": 2}, "cannot be found"),
    ],
    ids=str,
)
def test_refusal_says_how_to_mend_the_call(topic, find, knowns, hint):
    with pytest.raises(KernelError, match=hint):
        _solve(topic, find, **knowns)


def test_rounded_surplus_known_is_told():
    notes = _solve("kinematics", v0=0, a=2, t=3, d=9.01)["notes"]
    assert any("more than is needed" in note for note in notes)


@given(
    topic=st.sampled_from(sorted(TOPICS)),
    data=st.data(),
)
def test_any_knowns_are_solved_or_refused(topic, data):
    names = [symbol.name for symbol in TOPICS[topic].symbols]
    quantity = (
        st.floats(allow_nan=False, allow_infinity=False)
        | st.integers()
        | st.sampled_from(["0", "1 m", "2 s", "-3 m/s", "1e300 kg", "300 K", "", "5 degC"])
        | st.text(max_size=6)
        | st.none()
        | st.booleans()
    )
    knowns = data.draw(st.dictionaries(st.sampled_from(names), quantity, max_size=5))
    find = data.draw(st.lists(st.sampled_from(names), max_size=2))
    with suppress(KernelError):
        assert _solve(topic, find, **knowns)["text"]
