"""A kernel that would not end is ended, and says so."""

import pytest

from engine.domain.tool import ToolStatus

ENDLESS = {
    "symbolic_math": {
        "operation": "integrate",
        "expression": "sin(x^x) e^(x^3) / (1 + ln(1 + x^5) tan(x))",
    },
    "logic_solver": {
        "operation": "smtlib",
        # The three cubes of 42, without the time limit that the tool itself would set.
        "script": (
            "(set-option :timeout 1000000)(declare-const x Int)(declare-const y Int)"
            "(declare-const z Int)(assert (= (+ (* x x x) (* y y y) (* z z z)) 42))(check-sat)"
        ),
    },
}


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_call_ends_within_its_limits(tools, name):
    result = tools.call(name, **ENDLESS[name])
    spec = next(spec for spec in tools.registry.specs if spec.name == name)

    assert result.status in {ToolStatus.TIMEOUT, ToolStatus.OK, ToolStatus.FAILED}
    # The watcher adds two seconds to the wall time; a crowded machine adds more.
    assert result.duration_ms <= (spec.limits.wall_s + 10) * 1_000


def test_a_number_too_large_to_hold_is_no_crash(tools):
    result = tools.call("symbolic_math", operation="evaluate", expression="(9^9^9)^2")

    assert result.status is ToolStatus.INVALID
    assert "too large to write out" in result.error


def test_billion_laughs_of_smt_are_contained(tools):
    lets = "".join(f"(let ((x{n + 1} (and x{n} x{n})))" for n in range(60))
    script = f"(declare-const x0 Bool)(assert {lets} x60 {')' * 60})(check-sat)"
    result = tools.call("logic_solver", operation="smtlib", script=script)

    assert result.status in {ToolStatus.OK, ToolStatus.TIMEOUT, ToolStatus.FAILED}
