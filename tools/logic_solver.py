"""The tool `logic_solver`: constraints, proofs and optimisation, by Z3, behind the wall."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from tools.sandbox.program import Limits
from tools.sandbox.sandbox import ProgramRunner
from tools.sandboxed import SandboxedTool
from tools.tool import Example, ToolInput, ToolOutput, ToolSpec

MAX_SCRIPT_CHARS: Final = 64_000

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_']{0,40}$")]
Formula = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class LogicSolverInput(ToolInput):
    """A problem of logic or of constraints."""

    operation: Literal["check", "entails", "optimize", "truth_table", "smtlib"] = Field(
        description=(
            "check: find values that meet all constraints. entails: prove `goal` from them. "
            "optimize: make `objective` least or greatest. truth_table: tabulate `goal`. smtlib: "
            "run a script of SMT-LIB 2."
        )
    )
    variables: dict[Name, Literal["int", "real", "bool"]] = Field(
        default_factory=dict[Name, Literal["int", "real", "bool"]],
        max_length=200,
        description="Each variable with its sort, {'x': 'int', 'p': 'bool'} for instance.",
    )
    constraints: list[Formula] = Field(
        default_factory=list[Formula],
        max_length=500,
        description=(
            "Formulas with + - * / div mod ^ = != < <= > >= and or not xor -> <->, and abs, min, "
            "max, if(c, a, b), distinct(...), exactly_one(...), count(...)."
        ),
    )
    goal: str = Field(
        default="", max_length=4_000, description="What is to be proved or tabulated."
    )
    objective: str = Field(default="", max_length=4_000, description="The number to be optimised.")
    direction: Literal["minimize", "maximize"] = Field(
        default="minimize", description="Which way to optimise."
    )
    n_models: int = Field(
        default=1, ge=1, le=50, description="How many solutions `check` lists at most."
    )
    script: str = Field(default="", max_length=MAX_SCRIPT_CHARS, description="SMT-LIB 2 text.")
    timeout_s: int = Field(
        default=5, ge=1, le=10, description="After how long the answer is unknown."
    )


class LogicSolverOutput(ToolOutput):
    """What was found. ``unknown`` is an answer of its own: neither a solution nor a contradiction.

    Attributes:
        status: Of the last check.
        models: Solutions, or the counterexample: each variable's value, exact.
        is_complete: For `check`: whether the listed solutions are all there are.
        is_proved: For `entails`.
        core: Constraints that contradict each other, or that the proof used; none is superfluous.
        objective: For `optimize`: the best value.
        kind: For `truth_table`: tautology, contradiction or contingent.
        table: For `truth_table`: a line for each row, below one of headings.
    """

    status: Literal["sat", "unsat", "unknown"]
    models: list[dict[str, str]] = Field(default_factory=list[dict[str, str]])
    is_complete: bool | None = None
    is_proved: bool | None = None
    core: list[str] = Field(default_factory=list[str])
    objective: str | None = None
    kind: Literal["tautology", "contradiction", "contingent"] | None = None
    table: list[str] | None = None


LOGIC_SOLVER = ToolSpec(
    name="logic_solver",
    version="logic_solver/1",
    summary=(
        "Solves puzzles and constraints, proves that a conclusion follows, finds the best value, "
        "and tabulates propositional formulas (Z3). Use it for logic puzzles, scheduling, integer "
        "equations and validity of arguments."
    ),
    input_model=LogicSolverInput,
    output_model=LogicSolverOutput,
    examples=(
        Example(
            purpose="values that meet all constraints",
            arguments={
                "operation": "check",
                "variables": {"x": "int", "y": "int"},
                "constraints": ["x + y = 10", "x - y = 2"],
            },
        ),
        Example(
            purpose="does it follow?",
            arguments={
                "operation": "entails",
                "constraints": ["rain -> wet", "rain"],
                "goal": "wet",
            },
        ),
        Example(
            purpose="the best value",
            arguments={
                "operation": "optimize",
                "variables": {"x": "int", "y": "int"},
                "constraints": ["x >= 0", "y >= 0", "2*x + y <= 10"],
                "objective": "3*x + 2*y",
                "direction": "maximize",
            },
        ),
        Example(
            purpose="a truth table",
            arguments={"operation": "truth_table", "goal": "(p -> q) <-> (not p or q)"},
        ),
        Example(
            purpose="a script",
            arguments={
                "operation": "smtlib",
                "script": "(declare-const x Int)(assert (= (* x x) 49))(check-sat)(get-model)",
            },
        ),
    ),
    limits=Limits(cpu_s=15, wall_s=25.0),
)


def make_logic_solver(sandbox: ProgramRunner) -> SandboxedTool:
    """Make the tool."""
    return SandboxedTool(LOGIC_SOLVER, "tools.kernels.logic_solver", sandbox)
