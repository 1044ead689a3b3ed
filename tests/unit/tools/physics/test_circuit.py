"""Circuits of resistors and direct sources."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.kernels.kernel_error import KernelError
from tools.kernels.physics import run


def _solve(netlist, port=None):
    return run({"topic": "circuit", "netlist": netlist, "port": port})


def test_voltage_divider_divides():
    # 12 V over 100 and 200 ohm: 8 V at the middle, 40 mA.
    result = _solve("V1 a 0 12\nR1 a b 100\nR2 b 0 200 ohm")
    assert result["voltages_v"] == pytest.approx({"a": 12, "b": 8})
    assert result["parts"]["R1"]["current_a"] == pytest.approx(0.04)
    assert result["parts"]["V1"]["power_w"] == pytest.approx(-0.48)


def test_two_sources_share_a_load():
    # (10 - x)/1 + (5 - x)/2 = x/2 gives x = 12.5/2 = 6.25 V.
    result = _solve("V1 a 0 10; V2 b 0 5; R1 a x 1; R2 b x 2; R3 x 0 2")
    assert result["voltages_v"]["x"] == pytest.approx(6.25)


def test_wheatstone_bridge_in_balance_carries_nothing():
    result = _solve("V1 a 0 10; R1 a b 1k; R2 b 0 2k; R3 a c 10; R4 c 0 20; R5 b c 5")
    assert result["parts"]["R5"]["current_a"] == pytest.approx(0, abs=1e-12)


def test_current_source_drives_from_its_first_node_to_its_second():
    # 2 mA into 1 kohm.
    result = _solve("I1 0 b 2m; R1 b gnd 1k")
    assert result["voltages_v"]["b"] == pytest.approx(2)


def test_port_is_replaced_by_one_source_and_one_resistor():
    # 12 V x 200/300 behind 100 and 200 ohm side by side.
    port = _solve("V1 a 0 12\nR1 a b 100\nR2 b 0 200", ["b", "0"])["port"]
    assert port == pytest.approx({"voltage_v": 8, "resistance_ohm": 200 / 3})


def test_resistance_of_a_cube_along_an_edge():
    # Twelve equal resistors on the edges of a cube: 7/12 of one between neighbours.
    corners = [(x, y, z) for x in "01" for y in "01" for z in "01"]
    edges = [
        (one, other)
        for one in corners
        for other in corners
        if one < other and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    ]
    lines = [f"R{i} n{''.join(a)} n{''.join(b)} 12" for i, (a, b) in enumerate(edges)]
    netlist = "\n".join(lines).replace("n000", "0")
    assert _solve(netlist, ["n001", "0"])["port"]["resistance_ohm"] == pytest.approx(7)


@pytest.mark.parametrize(
    ("value", "ohms"),
    [("100", 100), ("4.7k", 4700), ("4.7 kohm", 4700), ("2meg", 2e6), ("1e3", 1000), ("10 Ω", 10)],
    ids=str,
)
def test_value_may_have_a_suffix_or_a_unit(value, ohms):
    result = _solve(f"I1 0 a 1\nR1 a 0 {value}")
    assert result["voltages_v"]["a"] == pytest.approx(ohms)


@pytest.mark.parametrize(
    ("netlist", "hint"),
    [
        ("V1 a 0 12\nV2 a 0 10\nR1 a 0 1", "loop of voltage sources"),
        ("I1 a 0 1\nI2 0 a 1", "only current sources join a"),
        ("R1 a b 1\nR2 c 0 1", "nothing joins a, b to ground"),
        ("V1 a b 1\nR1 a b 1", "name one node 0"),
        ("R1 a 0 1M", "mega or milli"),
        ("R1 a 0 0", "above zero"),
        ("R1 a 0 -5", "above zero"),
        ("R1 a a 5", "joins node a to itself"),
        ("C1 a 0 1u", "only resistors"),
        ("R1 a 0 5 V", "quantity in ohm"),
        ("R1 a 0", "is no part"),
        ("R1 a 0 1\nR1 a 0 2", "two parts are named R1"),
        ("", "empty"),
        ("R1 a-b 0 5", "no node"),
    ],
    ids=str,
)
def test_undetermined_or_unreadable_circuit_is_refused_with_the_reason(netlist, hint):
    with pytest.raises(KernelError, match=hint):
        _solve(netlist)


def test_unknown_port_is_refused():
    with pytest.raises(KernelError, match="no part ends at node z"):
        _solve("V1 a 0 1\nR1 a 0 1", ["z", "0"])


@st.composite
def _circuits(draw):
    """Circuits with a resistor from each node to an earlier one, so that none is undetermined."""
    n_nodes = draw(st.integers(1, 6))
    names = [str(index) for index in range(n_nodes + 1)]
    ohms = st.floats(0.1, 1e4)
    parts = [
        f"R{i} {i} {draw(st.sampled_from(names[:i]))} {draw(ohms)}" for i in range(1, n_nodes + 1)
    ]
    pairs = st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True)
    for i in range(draw(st.integers(1, 6))):
        start, end = draw(pairs)
        kind = draw(st.sampled_from("RI"))
        value = draw(ohms if kind == "R" else st.floats(-5, 5))
        parts.append(f"{kind}x{i} {start} {end} {value}")
    if draw(st.booleans()):
        start, end = draw(pairs)
        parts.append(f"Vs {start} {end} {draw(st.floats(-50, 50))}")
    return parts


@given(parts=_circuits())
def test_kirchhoff_and_tellegen_hold(parts):
    result = _solve("\n".join(parts))
    volts = {**result["voltages_v"], "0": 0.0}
    into = dict.fromkeys(volts, 0.0)
    size = max([1.0, *(abs(each["current_a"]) for each in result["parts"].values())])
    for part in parts:
        name, start, end, _ = part.split()
        solved = result["parts"][name]
        into[start] -= solved["current_a"]
        into[end] += solved["current_a"]
        across = volts[start] - volts[end]
        assert solved["voltage_v"] == pytest.approx(across, rel=1e-6, abs=1e-6 * size)
    assert all(abs(total) <= 1e-8 * size for total in into.values())
    powers = [each["power_w"] for each in result["parts"].values()]
    assert abs(sum(powers)) <= 1e-6 * max(1.0, *(abs(power) for power in powers))


@given(netlist=st.text(alphabet="RVIab0 12k.\n-*", max_size=60) | st.text(max_size=40))
def test_any_text_is_solved_or_refused(netlist):
    with suppress(KernelError):
        assert _solve(netlist)["text"]
