"""The calculator: runs a straight-line program in exact rational arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidToolCallError, UnknownToolError
from engine.domain.program import ProgramError, ProgramResult, render_number, run_program
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.ports import Clock


class Calculator:
    """The tool `calculator`; implements :class:`engine.ports.ToolRunner` for this one name.

    Arguments of a call:
        program: Statements `name=expression` joined by `;`, as `engine.domain.program` reads
            them; bounded there in characters, statements, nesting and digits.
        answer: Optional, the name whose value is the result; else the last statement's.

    The output is the exact value as text, `72`, `3.5` or `22/7`. The detail holds `answer`, the
    name it belongs to, and `bindings`, every value by name in the order of the program. A
    program that cannot be run is a result with status `INVALID`, whose error says what to mend.
    """

    NAME: ClassVar[str] = "calculator"
    VERSION: ClassVar[str] = "calculator/1"

    def __init__(self, clock: Clock) -> None:
        """Take the clock that durations are measured with."""
        self._clock = clock

    async def run(self, call: ToolCall) -> ToolResult:
        """Run one program.

        Raises:
            UnknownToolError: The call names another tool.
        """
        if call.name != self.NAME:
            raise UnknownToolError(f"this is the tool {self.NAME!r}, not {call.name!r}")
        start_ms = self._clock.now_ms()
        try:
            source, answer = _read_arguments(call.arguments)
            result = run_program(source)
            name, value = _choose(result, answer)
        except (InvalidToolCallError, ProgramError) as error:
            return ToolResult(
                status=ToolStatus.INVALID,
                error=str(error),
                version=self.VERSION,
                duration_ms=self._clock.now_ms() - start_ms,
            )
        bindings: dict[str, JsonValue] = {
            each: render_number(bound) for each, bound in result.bindings.items()
        }
        return ToolResult(
            status=ToolStatus.OK,
            output=render_number(value),
            detail={"answer": name, "bindings": bindings},
            version=self.VERSION,
            duration_ms=self._clock.now_ms() - start_ms,
        )


def _read_arguments(arguments: Mapping[str, JsonValue]) -> tuple[str, str | None]:
    program, answer = arguments.get("program"), arguments.get("answer")
    unknown = sorted(arguments.keys() - {"program", "answer"})
    if unknown:
        raise InvalidToolCallError(
            f"unknown arguments {', '.join(unknown)}; the calculator takes `program` and `answer`"
        )
    if not isinstance(program, str):
        raise InvalidToolCallError('`program` must be a text such as "v=48/2;a=48+v"')
    if answer is not None and not isinstance(answer, str):
        raise InvalidToolCallError("`answer` must be the name of a variable of the program")
    return program, answer


def _choose(result: ProgramResult, answer: str | None) -> tuple[str, Fraction]:
    name = tuple(result.bindings)[-1] if answer is None else answer
    if name not in result.bindings:
        known = ", ".join(result.bindings)
        raise InvalidToolCallError(f"the program sets no `{name}`; it sets {known}")
    return name, result.bindings[name]
