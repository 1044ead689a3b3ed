"""What running finds: contradictions are wrong, faults of the tools are not."""

from __future__ import annotations

import pytest

from engine.adapters.checked_verifier import CheckedVerifier
from engine.adapters.execution_verifier import ExecutionVerifier
from engine.adapters.monotonic_clock import MonotonicClock
from engine.domain.errors import UnknownToolError
from engine.domain.profile import AnswerProtocol
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.domain.verdict import Verdict
from engine.ports import CancelReason, Claim, Judgement
from tests.contract.verifier.test_verifier import judge
from tests.fakes.scripted_verifier import ScriptedVerifier
from tests.fakes.tokens import HeldToken
from tools.registry import local_tools

FENCED = "So:\n```python\nprint(48 + 24)\n```"


class Tools:
    """Gives every call the same result."""

    def __init__(self, result: ToolResult | None) -> None:
        self.result = result
        self.calls: list[ToolCall] = []

    async def run(self, call: ToolCall) -> ToolResult:
        self.calls.append(call)
        if self.result is None:
            raise UnknownToolError(call.name)
        return self.result


def ran(output: str, status: ToolStatus = ToolStatus.OK) -> Tools:
    return Tools(ToolResult(status=status, output=output, error="it broke"))


async def check(text: str, answer: str | None, tools=None, protocol=AnswerProtocol.MARKED):
    verifier = ExecutionVerifier(tools, protocol)
    (judged,) = await judge(verifier, Claim(problem="?", steps=(text,), answer=answer))
    return judged


@pytest.mark.parametrize(
    ("answer", "verdict", "score"), [("72", Verdict.RIGHT, None), ("70", Verdict.WRONG, 0.0)]
)
async def test_a_straight_line_program_is_run_again(answer, verdict, score):
    tools = local_tools(MonotonicClock())
    judged = await check("v=48/2;a=48+v<ans>a", answer, tools, AnswerProtocol.PROGRAM)
    assert (judged.verdict, judged.score) == (verdict, score)


async def test_a_fenced_program_is_run_again():
    tools = ran("72\n")
    assert (await check(FENCED, "72", tools)).verdict is Verdict.RIGHT
    assert [call.name for call in tools.calls] == ["execute_python"]


async def test_a_program_that_gives_another_answer_refutes():
    judged = await check(FENCED, "70", ran("72"))
    assert (judged.verdict, judged.score) == (Verdict.WRONG, 0.0)
    assert "72" in (judged.error or "")


@pytest.mark.parametrize(
    "status", [ToolStatus.FAILED, ToolStatus.TIMEOUT, ToolStatus.INVALID], ids=str
)
async def test_a_program_that_does_not_run_refutes_nothing(status):
    judged = await check(FENCED, "72", ran("", status))
    assert (judged.verdict, judged.score) == (Verdict.UNCHECKED, None)


async def test_a_tool_that_is_not_there_refutes_nothing():
    assert (await check(FENCED, "72", Tools(None))).verdict is Verdict.UNCHECKED


async def test_what_cannot_be_compared_refutes_nothing():
    assert (await check(FENCED, "fifty percent of it", ran("72"))).verdict is Verdict.UNCHECKED


async def test_a_path_without_an_answer_is_not_run():
    tools = ran("72")
    assert (await check(FENCED, None, tools)).verdict is Verdict.UNCHECKED
    assert not tools.calls


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("48 / 2 = 24", Verdict.RIGHT), ("48 / 2 = 22", Verdict.WRONG), ("Hm.", Verdict.UNCHECKED)],
    ids=["holds", "slips", "none"],
)
async def test_written_calculations_are_checked(text, verdict):
    assert (await check(text, None)).verdict is verdict


async def test_a_slip_refutes_whatever_the_program_gives():
    assert (await check(f"48 / 2 = 22\n{FENCED}", "72", ran("72"))).verdict is Verdict.WRONG


async def test_a_cancelled_check_is_unchecked():
    verifier = ExecutionVerifier(ran("70"), AnswerProtocol.MARKED)
    claim = Claim(problem="?", steps=(FENCED,), answer="72")
    (judged,) = await judge(verifier, claim, cancel=HeldToken(CancelReason.CANCEL))
    assert (judged.verdict, judged.score) == (Verdict.UNCHECKED, None)


async def join(estimate: float | None, *verdicts: Verdict) -> Judgement:
    checks = [ScriptedVerifier(lambda _, found=v: Judgement(verdict=found)) for v in verdicts]
    verifier = CheckedVerifier(ScriptedVerifier(lambda _: estimate), checks)
    (judged,) = await judge(verifier, Claim(problem="?", steps=("a",)))
    return judged


async def test_a_check_vetoes_an_estimate():
    judged = await join(0.95, Verdict.RIGHT, Verdict.WRONG)
    assert (judged.score, judged.verdict) == (0.0, Verdict.WRONG)


async def test_what_holds_keeps_its_estimate():
    judged = await join(0.6, Verdict.RIGHT, Verdict.UNCHECKED)
    assert (judged.score, judged.verdict) == (0.6, Verdict.RIGHT)


async def test_what_was_not_checked_keeps_its_estimate():
    judged = await join(0.6, Verdict.UNCHECKED)
    assert (judged.score, judged.verdict) == (0.6, Verdict.UNCHECKED)


async def test_a_check_gives_no_score_that_was_not_estimated():
    assert (await join(None, Verdict.RIGHT)).score is None


async def test_the_version_names_all_of_them():
    checks = [ScriptedVerifier(lambda _: None, name="check@1")]
    verifier = CheckedVerifier(ScriptedVerifier(lambda _: 0.5), checks)
    assert verifier.version == "scripted@1+check@1"
