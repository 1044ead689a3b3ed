"""The tool `physics` behind the wall."""

import pytest


def test_motion_is_solved_with_its_equations(tools):
    # 20 m/s to a stop in 50 m: a = -400/100, t = 5 s.
    result = tools.get("physics", topic="kinematics", knowns={"v0": "72 km/h", "v": 0, "d": 50})
    (solution,) = result["solutions"]
    assert solution["values"]["a"] == {"value": pytest.approx(-4), "unit": "m/s^2"}
    assert solution["values"]["t"]["value"] == pytest.approx(5)
    assert {step["name"]: step["law"] for step in solution["steps"]}["a"] == "v^2 = v0^2 + 2*a*d"


def test_both_roots_cross_the_wall(tools):
    result = tools.get("physics", topic="kinematics", knowns={"v0": 20, "a": -10, "d": 15})
    assert len(result["solutions"]) == 2
    assert "Solution 2 of 2" in result["text"]


def test_circuit_is_solved(tools):
    result = tools.get(
        "physics", topic="circuit", netlist="V1 a 0 12\nR1 a b 100\nR2 b 0 200", port=["b", "0"]
    )
    assert result["voltages_v"] == pytest.approx({"a": 12, "b": 8})
    assert result["port"]["resistance_ohm"] == pytest.approx(200 / 3)


def test_same_call_has_the_same_evidence(tools):
    first, second = (
        tools.call("physics", topic="decibel", knowns={"I": "1e-5 W/m^2"}) for _ in range(2)
    )
    assert first.evidence.output_digest == second.evidence.output_digest


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"topic": "kinematics", "knowns": {"v0": 5, "v": 10}}, "Give more of: a, t, d"),
        ({"topic": "newton", "knowns": {"speed": 1}}, "has no quantity 'speed'"),
        ({"topic": "circuit", "netlist": "I1 a 0 1"}, "only current sources"),
        ({"topic": "snell", "knowns": {"n1": 1.5, "n2": 1, "theta1": 60}}, "total reflection"),
    ],
    ids=["too-few", "unknown", "circuit", "impossible"],
)
def test_refusal_crosses_the_wall_with_its_words(tools, arguments, hint):
    assert hint in tools.refuse("physics", **arguments)
