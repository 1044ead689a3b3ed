"""The conformance list: what a hostile program tries, and how each attempt must end."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.contract.sandbox import test_life, test_sabotage
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
PACKAGES = ("numpy", "pint", "rdkit", "sympy", "z3")
SLOW_OUTCOMES = {"timeout_cpu", "timeout_wall"}
N_EARLIER_RUNS = 50
N_LISTED = 118
# What no single program can show: the sandbox's life, and its start without a layer.
SHOWN_ELSEWHERE = {
    12: test_life.test_nothing_survives_the_death_of_the_process_that_runs_it,
    109: test_life.test_no_run_finds_what_an_earlier_one_held,
    111: test_life.test_results_belong_to_their_requests_under_load,
    112: test_life.test_a_cancelled_run_is_killed,
    113: test_life.test_a_killed_zygote_costs_one_retried_call,
    114: test_life.test_resources_stay_flat,
    115: test_sabotage.test_no_tier_stands_without_this_layer,
}


def packages_of(case: Case) -> list[str]:
    source = str(case.source)
    return [name for name in PACKAGES if f"import {name}" in source or f"from {name}" in source]


CASES = (*PLAIN, *state.WITH_PACKAGES)
# Most need no package, and a zygote without any starts at once.
BARE = tuple(case for case in CASES if not packages_of(case))
WITH_PACKAGES = tuple(case for case in CASES if packages_of(case))
# Those that run into a limit of time do so in any tier.
CONTAINED_WITHOUT_NAMESPACES = tuple(
    case for case in BARE if not case.needs_namespaces and SLOW_OUTCOMES.isdisjoint(case.outcomes)
)


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
    if case.is_truncated:
        assert len(result.stdout) + len(result.stderr) == case.limits["output_bytes"]
    assert str(Path.cwd()) not in result.stderr


@pytest.mark.parametrize("case", BARE, ids=name_of)
def test_a_hostile_program_is_contained(sandbox, case):
    run_and_check(sandbox, case)


@pytest.mark.parametrize("case", WITH_PACKAGES, ids=name_of)
def test_a_hostile_use_of_a_library_is_contained(library_sandbox, case):
    run_and_check(library_sandbox, case)


@pytest.mark.parametrize("case", CONTAINED_WITHOUT_NAMESPACES, ids=name_of)
def test_a_hostile_program_is_contained_without_namespaces(landlock_sandbox, case):
    run_and_check(landlock_sandbox, case)


def test_a_hostile_program_ends_the_same_after_fifty_other_runs(sandbox):
    check_after_fifty(sandbox, BARE)


def test_a_hostile_use_of_a_library_ends_the_same_after_fifty_other_runs(library_sandbox):
    check_after_fifty(library_sandbox, WITH_PACKAGES)


def test_every_case_of_the_list_is_asked():
    asked = {case.number for case in CASES} | set(SHOWN_ELSEWHERE)
    assert asked == set(range(1, N_LISTED + 1))


def test_every_result_tells_the_tier_it_was_made_in(sandbox):
    assert sandbox.run("1").tier == "full"


def run_and_check(sandbox, case: Case) -> None:
    check(case, sandbox.run(case.program, stdin=case.stdin, limits=case.limits))
    after = sandbox.run("print(1)")
    assert (after.outcome, after.stdout) == ("ok", "1\n")


def check_after_fifty(sandbox, cases: Sequence[Case]) -> None:
    for _ in range(N_EARLIER_RUNS):
        sandbox.run("pass")
    for case in cases:
        check(case, sandbox.run(case.program, stdin=case.stdin, limits=case.limits))
