"""The calculator: runs a straight-line program in exact rational arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from pydantic import Field

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidToolCallError
from engine.domain.program import (
    MAX_SOURCE_CHARS,
    ProgramError,
    ProgramResult,
    render_number,
    run_program,
)
from engine.domain.tool import ToolResult, ToolStatus
from engine.ports import Clock
from tools.tool import Example, ToolInput, ToolOutput, ToolSpec


class CalculatorInput(ToolInput):
    """A program for the calculator."""

    program: str = Field(
        max_length=MAX_SOURCE_CHARS,
        description="Statements `name=expression` joined by `;`, with + - * / and parentheses.",
        examples=["v=48/2;a=48+v"],
    )
    answer: str | None = Field(
        default=None,
        max_length=MAX_SOURCE_CHARS,
        description="The name whose value is the result; else the last statement's.",
    )


class CalculatorOutput(ToolOutput):
    """What a program computed, exactly."""

    answer: str = Field(description="The name that the result belongs to.")
    bindings: dict[str, str] = Field(description="Every value by name, in the program's order.")


class Calculator:
    """The tool `calculator`; implements :class:`tools.tool.Tool`.

    It needs no sandbox: `engine.domain.program` reads programs by a grammar of its own, bounded in
    characters, statements, nesting and digits. The output is the exact value as text, `72`, `3.5`
    or `22/7`. A program that cannot be run is a result with status `INVALID`, whose error says
    what to mend.
    """

    NAME: ClassVar[str] = "calculator"
    SPEC: ClassVar[ToolSpec] = ToolSpec(
        name=NAME,
        version="calculator/1",
        summary=(
            "Computes with exact fractions. Give it a short program such as v=48/2;a=48+v. It "
            "knows + - * / and parentheses only; for anything else use execute_python."
        ),
        input_model=CalculatorInput,
        output_model=CalculatorOutput,
        examples=(
            Example(purpose="two steps", arguments={"program": "v=48/2;a=48+v"}),
            Example(
                purpose="an earlier value", arguments={"program": "v=7/2;a=v*v", "answer": "v"}
            ),
        ),
    )

    def __init__(self, clock: Clock) -> None:
        """Take the clock that durations are measured with."""
        self._clock = clock

    @property
    def spec(self) -> ToolSpec:
        """What callers see."""
        return self.SPEC

    async def run(self, arguments: CalculatorInput, *, seed: int = 0) -> ToolResult:  # noqa: ARG002
        """Run one program."""
        start_ms = self._clock.now_ms()
        try:
            result = run_program(arguments.program)
            name, value = _choose(result, arguments.answer)
        except (InvalidToolCallError, ProgramError) as error:
            return ToolResult(
                status=ToolStatus.INVALID,
                error=str(error),
                version=self.SPEC.version,
                duration_ms=self._clock.now_ms() - start_ms,
            )
        bindings: dict[str, JsonValue] = {
            each: render_number(bound) for each, bound in result.bindings.items()
        }
        return ToolResult(
            status=ToolStatus.OK,
            output=render_number(value),
            detail={"answer": name, "bindings": bindings},
            version=self.SPEC.version,
            duration_ms=self._clock.now_ms() - start_ms,
        )


def _choose(result: ProgramResult, answer: str | None) -> tuple[str, Fraction]:
    name = tuple(result.bindings)[-1] if answer is None else answer
    if name not in result.bindings:
        known = ", ".join(result.bindings)
        raise InvalidToolCallError(f"the program sets no `{name}`; it sets {known}")
    return name, result.bindings[name]
