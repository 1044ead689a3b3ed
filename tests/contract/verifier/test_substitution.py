"""What putting an answer into a problem's equations finds, and what it leaves open."""

from __future__ import annotations

import pytest

from engine.adapters.substitution_verifier import SubstitutionVerifier
from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.domain.verdict import Verdict
from engine.ports import CancelReason, Claim
from tests.contract.verifier.test_verifier import judge
from tests.fakes.tokens import HeldToken
from tools.kernels import symbolic_math
from tools.kernels.kernel_error import KernelError

QUADRATIC = "Solve x^2 - 5x + 6 = 0 for x."
SYSTEM = "Find x and y if x + y = 5 and x - y = 1."
RIGHT, WRONG, UNCHECKED = Verdict


class KernelTools:
    """The kernel of the tool itself, without the wall that stands around it elsewhere."""

    def __init__(self) -> None:
        self.calls: list[ToolCall] = []

    async def run(self, call: ToolCall) -> ToolResult:
        self.calls.append(call)
        try:
            detail = symbolic_math.run(dict(call.arguments))
        except KernelError as error:
            return ToolResult(status=ToolStatus.INVALID, error=str(error))
        return ToolResult(status=ToolStatus.OK, output=detail["text"], detail=detail)


class FailingTools:
    """Every call ends in the same way; ``None`` for a tool that is not there."""

    def __init__(self, status: ToolStatus | None) -> None:
        self._status = status

    async def run(self, call: ToolCall) -> ToolResult:
        if self._status is None:
            raise UnknownToolError(call.name)
        return ToolResult(status=self._status, error="it broke")


async def check(problem: str, answer: str | None, tools=None, cancel=None):
    verifier = SubstitutionVerifier(tools or KernelTools())
    asked = Claim(problem=problem, steps=("So.",), answer=answer)
    (judged,) = await judge(verifier, asked, cancel=cancel)
    return judged


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("If $3x+2=11$, what is $x$?", "3"),
        ("Solve for x: 3x + 2 = 11", "x = 3"),
        (QUADRATIC, "x = 2 or x = 3"),
        (QUADRATIC, r"\{2, 3\}"),
        ("Find a value of x such that x^2 - 5x + 6 = 0.", "x = 2"),
        (SYSTEM, "(3, 2)"),
        (SYSTEM, "y = 2, x = 3"),
        ("Solve x^2 - 2x - 1 = 0 for x.", r"x = 1 \pm \sqrt{2}"),
        (r"Find $x$ if $\frac{x}{2} - \frac{1}{3} = 0$.", r"\frac{2}{3}"),
        ("Solve xy = 6, x + y = 5 for x and y.", "(2, 3) and (3, 2)"),
        ("Solve |x - 3| = 2 for x.", "1, 5"),
        ("Find x if 4x = 3.", "0.75"),
    ],
)
async def test_an_answer_that_satisfies_every_equation_is_right(problem, answer):
    judged = await check(problem, answer)
    assert (judged.verdict, judged.score) == (RIGHT, None)


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("If $3x+2=11$, what is $x$?", "4"),
        (QUADRATIC, "x = 2 or x = 4"),
        (QUADRATIC, "-2"),
        (SYSTEM, "(2, 3)"),
        ("Solve x^2 - 2x - 1 = 0 for x.", r"x = \sqrt{2}"),
        ("Solve x^2 = 2 for x.", r"\frac{3}{2}"),
        ("Find x if sqrt(x) = 3.", "8"),
    ],
)
async def test_an_answer_that_misses_an_equation_is_wrong(problem, answer):
    judged = await check(problem, answer)
    assert (judged.verdict, judged.score) == (WRONG, 0.0)
    assert "does not satisfy" in (judged.error or "")


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        (QUADRATIC, "2"),
        (QUADRATIC, "x = 2 or x = 4/2"),
        ("Solve x^2 = 2 for x.", "x = 1.414"),
        ("Solve xy = 6, x + y = 5 for x and y.", "(2, 3)"),
        ("Find x and y if x + y = 5.", "(2, 3)"),
        ("Solve 2x = x + x for x.", "1"),
        ("Find x if 1/(x - 2) = 3.", "2"),
        (QUADRATIC, "two and three"),
        ("How many apples are there?", "2"),
        (QUADRATIC, None),
    ],
    ids=["some", "twice", "rounded", "a pair", "a line", "any", "a pole", "words", "none", "open"],
)
async def test_what_cannot_be_settled_is_unchecked(problem, answer):
    judged = await check(problem, answer)
    assert (judged.verdict, judged.score) == (UNCHECKED, None)


@pytest.mark.parametrize("status", [*list(ToolStatus)[1:], None], ids=str)
@pytest.mark.parametrize("answer", ["2, 3", "7"])
async def test_a_tool_that_fails_refutes_and_confirms_nothing(status, answer):
    judged = await check(QUADRATIC, answer, FailingTools(status))
    assert (judged.verdict, judged.score) == (UNCHECKED, None)


async def test_nothing_is_computed_without_an_equation():
    tools = KernelTools()
    await check("What is 3 + 4?", "7", tools)
    assert not tools.calls


async def test_a_cancelled_check_is_unchecked():
    judged = await check(QUADRATIC, "7", cancel=HeldToken(CancelReason.CANCEL))
    assert judged.verdict is UNCHECKED
