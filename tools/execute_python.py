"""The tool `execute_python`: runs a program that a model wrote, behind the wall."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from pydantic import Field, JsonValue, ValidationError

from engine.domain.tool import ToolResult, ToolStatus
from tools.sandbox.program import Limits, Program
from tools.sandbox.result import Outcome, SandboxResult
from tools.sandbox.sandbox import ProgramRunner
from tools.sandboxed import cut_text, fail_call, pass_call
from tools.tool import Example, ToolInput, ToolOutput, ToolSpec

MAX_CODE_CHARS: Final = 65_536
MAX_STDIN_CHARS: Final = 65_536

_COLLECTOR = "tools.kernels.figures"
_MAX_STREAM_CHARS = 8_000
_MAX_ANSWER_CHARS = 4_000
_HINTS: Mapping[str, str] = {
    "ModuleNotFoundError": (
        "There are the standard library, numpy, sympy, scipy, pandas and matplotlib."
    ),
    "PermissionError": (
        "There is no network and no other process; files can be written in /tmp only."
    ),
    "EOFError": "Nothing can be typed in: write the values into the program.",
}


class ExecutePythonInput(ToolInput):
    """A program."""

    code: str = Field(
        min_length=1,
        max_length=MAX_CODE_CHARS,
        description=(
            "A complete Python 3 program. Print what you need, or set the variable `answer`, or "
            "end with an expression."
        ),
    )
    stdin: str = Field(
        default="",
        max_length=MAX_STDIN_CHARS,
        description="What the program reads from standard input.",
    )


class Figure(ToolInput):
    """A drawing that a program left in matplotlib.

    Attributes:
        media_type: Of the data.
        width_px: Its width.
        height_px: Its height.
        data: The file, base64.
    """

    media_type: str
    width_px: int
    height_px: int
    data: str = Field(max_length=2_000_000)


class ExecutePythonOutput(ToolOutput):
    """What a program did.

    Attributes:
        answer: The value as text, else the last line it printed; ``None`` for neither.
        value: The variable `answer`, else the value of the last expression, as JSON.
        value_type: Name of its type in Python.
        stdout: What it printed.
        stderr: What it wrote to standard error, warnings for instance.
        figures: Its drawings, at most four.
        n_figures_left_out: Those that were too many or too large.
    """

    answer: str | None
    value: JsonValue = None
    value_type: str | None = None
    stdout: str = ""
    stderr: str = ""
    figures: list[Figure] = Field(default_factory=list[Figure])
    n_figures_left_out: int = 0


EXECUTE_PYTHON = ToolSpec(
    name="execute_python",
    version="execute_python/1",
    summary=(
        "Runs a Python program and returns what it printed and its value. numpy, sympy, scipy, "
        "pandas and matplotlib can be imported; there is no network and nothing is kept between "
        "calls. Use it to compute rather than to guess."
    ),
    input_model=ExecutePythonInput,
    output_model=ExecutePythonOutput,
    examples=(
        Example(
            purpose="a value",
            arguments={"code": "eggs = 16 - 3 - 4\nanswer = eggs * 2"},
        ),
        Example(
            purpose="an exact solution",
            arguments={"code": "from sympy import *\nx = symbols('x')\nsolve(x**2 - 2, x)"},
        ),
    ),
    limits=Limits(
        cpu_s=10, wall_s=20.0, memory_bytes=1 << 30, output_bytes=64 << 10, result_bytes=3 << 20
    ),
)


class ExecutePython:
    """Implements :class:`tools.tool.Tool`.

    An exception, a limit or a crash of the program is a result with status ``FAILED`` or
    ``TIMEOUT``: what it had printed by then is in the detail, and the error says where it stopped.

    Args:
        sandbox: Where programs run.
    """

    def __init__(self, sandbox: ProgramRunner) -> None:
        self._sandbox = sandbox

    @property
    def spec(self) -> ToolSpec:
        """What callers see."""
        return EXECUTE_PYTHON

    async def run(self, arguments: ExecutePythonInput, *, seed: int) -> ToolResult:
        """Run one program. Cancelling the task ends it."""
        program = Program(
            source=arguments.code,
            stdin=arguments.stdin.encode("utf-8", "replace"),
            seed=seed,
            collector=_COLLECTOR,
            limits=EXECUTE_PYTHON.limits,
        )
        given = json.dumps(arguments.model_dump(), sort_keys=True).encode()
        return _conclude(await self._sandbox.run(program), given)


def make_execute_python(sandbox: ProgramRunner) -> ExecutePython:
    """Make the tool."""
    return ExecutePython(sandbox)


def _conclude(ran: SandboxResult, given: bytes) -> ToolResult:
    if ran.outcome is not Outcome.OK:
        is_timeout = ran.outcome in {Outcome.TIMEOUT_CPU, Outcome.TIMEOUT_WALL}
        return fail_call(
            EXECUTE_PYTHON,
            ran,
            given,
            status=ToolStatus.TIMEOUT if is_timeout else ToolStatus.FAILED,
            error=_explain(ran),
            detail={"stdout": cut_text(ran.stdout, _MAX_STREAM_CHARS)},
        )
    return pass_call(EXECUTE_PYTHON, ran, given, _describe(ran))


def _describe(ran: SandboxResult) -> ExecutePythonOutput:
    # The program shares a process with the collector, so what came is checked like all else.
    extra = ran.extra if isinstance(ran.extra, dict) else {}
    parts = {
        "answer": _find_answer(ran),
        "value": ran.value,
        "value_type": ran.value_type,
        "stdout": cut_text(ran.stdout, _MAX_STREAM_CHARS),
        "stderr": cut_text(ran.stderr, _MAX_STREAM_CHARS),
        "text": _render(ran, extra),
    }
    try:
        return ExecutePythonOutput.model_validate({**parts, **extra})
    except ValidationError:
        return ExecutePythonOutput.model_validate(parts)


def _render(ran: SandboxResult, extra: Mapping[str, object]) -> str:
    lines = [cut_text(ran.stdout, _MAX_STREAM_CHARS).rstrip("\n")] if ran.stdout.strip() else []
    if ran.value is not None:
        lines.append(f"Value: {cut_text(_to_text(ran.value), _MAX_ANSWER_CHARS)}")
    figures = extra.get("figures")
    if isinstance(figures, list) and figures:
        lines.append(f"Figures drawn: {len(figures)}.")
    return "\n".join(lines) or "The program printed nothing and has no value; print the result."


def _find_answer(ran: SandboxResult) -> str | None:
    if ran.value is not None:
        return cut_text(_to_text(ran.value), _MAX_ANSWER_CHARS)
    printed = [line.strip() for line in ran.stdout.splitlines() if line.strip()]
    return cut_text(printed[-1], _MAX_ANSWER_CHARS) if printed else None


def _to_text(value: object) -> str:
    """Write a value as a person would: `[-sqrt(2), sqrt(2)]`, without quotes around its parts."""
    if isinstance(value, list):
        return f"[{', '.join(_to_text(part) for part in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_to_text(part)}' for key, part in value.items())}}}"
    return str(value)


def _explain(ran: SandboxResult) -> str:
    if ran.outcome in {Outcome.SANDBOX_ERROR, Outcome.SANDBOX_UNAVAILABLE}:
        return f"The program could not be run, whatever it says: {ran.message}"
    if ran.error is None:
        return f"The program did not end well. {ran.message}"
    where = f" at line {ran.error.line}" if ran.error.line else ""
    hint = _HINTS.get(ran.error.type, "")
    return f"The program failed{where}: {ran.error.message} {hint}".rstrip()
