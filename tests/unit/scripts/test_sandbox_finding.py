"""What the doctor says of a sandbox."""

from __future__ import annotations

from scripts.svend.finding import State
from scripts.svend.sandbox_finding import describe_sandbox, look_at_sandbox, refuse_sandbox
from tools.sandbox.errors import SandboxUnavailableError
from tools.sandbox.sandbox import SandboxReport
from tools.sandbox.tier import Tier


def report(**given):
    return SandboxReport(tier=Tier.FULL, findings=(), versions={"sympy": "1.14.0"}, **given)


def test_a_sandbox_is_told_by_its_tier_and_libraries():
    found = describe_sandbox(report())

    assert (found.state, found.detail) == (State.OK, "tier full; sympy 1.14.0")


def test_a_library_that_is_not_installed_is_missing():
    found = describe_sandbox(report(missing=("rdkit",)))

    assert (found.state, bool(found.remedy)) == (State.MISSING, True)
    assert "rdkit is not installed" in found.detail


def test_a_library_that_does_not_work_is_missing_with_the_reason():
    found = describe_sandbox(report(failures={"z3": "no such symbol"}))

    assert found.state is State.MISSING
    assert "z3 does not work: no such symbol" in found.detail


def test_a_refusal_is_told_with_what_it_takes_away():
    found = refuse_sandbox(SandboxUnavailableError("no user namespaces"))

    assert (found.state, bool(found.remedy)) == (State.MISSING, True)
    assert "no tool that runs programs is offered: no user namespaces" in found.detail


def test_settings_that_cannot_be_read_are_no_finding_of_the_sandbox():
    assert look_at_sandbox({"SVEND_SANDBOX_MIN_TIER": "nonsense"}) == []
