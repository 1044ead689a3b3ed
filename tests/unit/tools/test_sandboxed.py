from __future__ import annotations

import pytest

from engine.domain.tool import ToolResult, ToolStatus
from tools.sandbox.program import Limits, Program
from tools.sandbox.result import Outcome, SandboxResult
from tools.sandbox.sandbox import SandboxReport
from tools.sandbox.tier import Tier
from tools.sandboxed import SandboxedTool, cut_text, list_kernels
from tools.tool import ToolInput, ToolOutput, ToolSpec


class _Input(ToolInput):
    text: str


class _Output(ToolOutput):
    size: int


SPEC = ToolSpec(
    name="sample",
    version="sample/1",
    summary="For tests.",
    input_model=_Input,
    output_model=_Output,
    examples=(),
    limits=Limits(cpu_s=3),
)


class ScriptedRunner:
    """Ends every program as it was told to, and remembers the last."""

    def __init__(self, outcome: Outcome = Outcome.OK, value: object = None) -> None:
        self.outcome = outcome
        self.value = value
        self.program: Program | None = None

    @property
    def report(self) -> SandboxReport:
        return SandboxReport(tier=Tier.FULL, findings=())

    async def run(self, program: Program) -> SandboxResult:
        self.program = program
        return SandboxResult(
            outcome=self.outcome,
            message=f"Ended as {self.outcome.value}.",
            value=self.value,
            tier=Tier.FULL,
            seed=program.seed,
            limits=program.limits,
            versions={"python": "3.11"},
        )

    async def aclose(self) -> None:
        """Nothing to end."""


async def _run(runner: ScriptedRunner, text: str = "abc") -> ToolResult:
    return await SandboxedTool(SPEC, "tools.kernels.sample", runner).run(_Input(text=text), seed=7)


async def test_result_of_the_kernel_is_checked_and_split():
    result = await _run(ScriptedRunner(value={"result": {"text": "three", "size": 3}}))

    assert result.status is ToolStatus.OK
    assert result.output == "three"
    assert result.detail == {"size": 3}
    assert result.version == "sample/1"


async def test_arguments_never_become_part_of_the_program():
    runner = ScriptedRunner(value={"result": {"text": "", "size": 0}})
    await _run(runner, "'); import os; ('")

    assert "import os" not in str(runner.program.source)
    assert b"import os" in runner.program.stdin
    assert runner.program.seed == 7
    assert runner.program.limits == SPEC.limits


async def test_refusal_of_the_kernel_is_an_invalid_call():
    result = await _run(ScriptedRunner(value={"refused": "write it smaller"}))

    assert result.status is ToolStatus.INVALID
    assert result.error == "write it smaller"


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        {},
        {"result": 3},
        {"result": {"text": "x"}},
        {"result": {"text": "x", "size": "?"}},
    ],
    ids=["nothing", "number", "empty", "no-object", "missing", "type"],
)
async def test_result_that_breaks_its_promise_is_a_failure(value):
    result = await _run(ScriptedRunner(value=value))

    assert result.status is ToolStatus.FAILED
    assert "returned what it should not" in result.error


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.OK])
async def test_every_other_outcome_is_told_apart(outcome):
    result = await _run(ScriptedRunner(outcome))
    is_timeout = outcome in {Outcome.TIMEOUT_CPU, Outcome.TIMEOUT_WALL}

    assert result.status is (ToolStatus.TIMEOUT if is_timeout else ToolStatus.FAILED)
    assert f"Ended as {outcome.value}." in result.error
    assert result.evidence.outcome == outcome.value


async def test_evidence_is_kept_of_failures_too():
    result = await _run(ScriptedRunner(Outcome.CRASH))

    assert result.evidence.to_data() == {
        "input_digest": result.evidence.input_digest,
        "output_digest": result.evidence.output_digest,
        "seed": 7,
        "tier": "full",
        "outcome": "crash",
        "cpu_ms": 0,
        "wall_ms": 0,
        "versions": {"python": "3.11"},
    }


async def test_other_arguments_have_another_digest():
    runner = ScriptedRunner(Outcome.CRASH)
    first, second = await _run(runner, "a"), await _run(runner, "b")

    assert first.evidence.input_digest != second.evidence.input_digest


def test_long_text_is_cut_and_says_so():
    assert cut_text("x" * 20, 5) == "xxxxx\n[cut: 15 more characters]"
    assert cut_text("x" * 5, 5) == "xxxxx"


def test_kernels_are_found_without_importing_them():
    names = list_kernels()

    assert names[0] == "tools.kernels"
    assert "tools.kernels.equality" in names
