"""The conformance list: what a hostile program tries, and how each attempt must end."""

import importlib.util
from pathlib import Path

import pytest

from tests.contract.sandbox.cases import (
    files,
    kernel,
    memory,
    network,
    output,
    processes,
    state,
    times,
)
from tests.contract.sandbox.cases.case import UNSAID, Case

PLAIN = (
    *processes.CASES,
    *times.CASES,
    *memory.CASES,
    *output.CASES,
    *files.CASES,
    *network.CASES,
    *kernel.CASES,
    *state.CASES,
)
# Only a program that imports what is not installed cannot be asked.
INSTALLED = {
    name: importlib.util.find_spec(name) is not None
    for name in ("numpy", "pint", "rdkit", "sympy", "z3")
}
CASES = tuple(
    case
    for case in (*PLAIN, *state.WITH_PACKAGES)
    if all(
        f"import {name}" not in str(case.source) and f"from {name}" not in str(case.source)
        for name, is_installed in INSTALLED.items()
        if not is_installed
    )
)
SLOW_OUTCOMES = {"timeout_cpu", "timeout_wall"}
N_EARLIER_RUNS = 50


def name_of(case: Case) -> str:
    return f"{case.number:03}-{case.name.replace(' ', '-')}"


def check(case: Case, result) -> None:
    assert result.outcome in case.outcomes, result
    if case.answer is not UNSAID:
        assert result.value == case.answer, result
    if case.error is not None:
        assert result.error["type"] == case.error, result
    if case.exit_code is not None:
        assert result.exit_code == case.exit_code
    assert case.stdout in result.stdout
    assert case.stderr in result.stderr
    assert result.is_truncated == case.is_truncated
    assert str(Path.cwd()) not in result.stderr


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_hostile_program_is_contained(sandbox, case):
    result = sandbox.run(case.program, stdin=case.stdin, limits=case.limits)
    check(case, result)
    after = sandbox.run("print(1)")
    assert (after.outcome, after.stdout) == ("ok", "1\n")


def test_a_hostile_program_ends_the_same_after_fifty_other_runs(sandbox):
    for _ in range(N_EARLIER_RUNS):
        sandbox.run("pass")
    for case in CASES:
        if SLOW_OUTCOMES.isdisjoint(case.outcomes):
            check(case, sandbox.run(case.program, stdin=case.stdin, limits=case.limits))


def test_every_result_tells_the_tier_it_was_made_in(sandbox):
    assert sandbox.run("1").tier == "full"
