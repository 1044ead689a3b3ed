"""A verifier that puts an answer into the equations that the problem states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.adapters.verifier_batch import Batch, judge_in_batches
from engine.answers.key import canonical_key
from engine.domain.canonical import JsonValue
from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolStatus
from engine.domain.verdict import Verdict
from engine.ports import CancelToken, Claim, Judgement, ToolRunner
from engine.verify.equation import EquationProblem, find_equations
from engine.verify.equation_answer import Assignment, read_assignments
from engine.verify.equation_check import join_verdicts, judge_difference
from engine.verify.score_reply import Reading

SYMBOLIC_MATH = "symbolic_math"
REFUTED = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the tool gave back; nothing for a call that did not succeed."""

    result: str = ""
    decimal: str | None = None
    items: tuple[str, ...] = ()
    is_certain: bool = False


class SubstitutionVerifier:
    """The port ``Verifier`` over the tool ``symbolic_math``, which computes behind its wall.

    ``WRONG`` when a value that the answer gives does not satisfy an equation of the problem.
    ``RIGHT`` when all do, and the answer gives every real solution or the problem asked for any.
    A tool that is not there, fails or takes too long leaves the path unchecked, and so does a
    rounded value: that it misses its equation by a little refutes nothing.
    """

    version = "substitution@1"

    def __init__(self, tools: ToolRunner) -> None:
        """Compute with ``tools``."""
        self._tools = tools

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return one verdict a claim; see the port."""
        return await judge_in_batches(claims, cancel, self._check_all, size=1)

    async def _check_all(self, batch: Batch) -> Sequence[Reading]:
        return [await self._check(claim) for claim in batch.claims]

    async def _check(self, claim: Claim) -> Reading:
        problem = None if claim.answer is None else find_equations(claim.problem)
        if problem is None or claim.answer is None:
            return Reading(error="there is no equation to put the answer into")
        solutions = read_assignments(claim.answer, problem.unknowns)
        if not solutions:
            return Reading(error="the answer gives no value for each unknown")
        verdicts: list[Verdict] = []
        for equation in problem.equations:
            for solution in solutions:
                verdict = await self._substitute(problem, equation, solution)
                if verdict is Verdict.WRONG:
                    return _refute(equation, solution)
                verdicts.append(verdict)
        held = join_verdicts(verdicts)
        if held is Verdict.RIGHT and not await self._is_complete(problem, solutions):
            return Reading(error="what the answer gives holds; there may be other solutions")
        return Reading(verdict=held)

    async def _substitute(
        self, problem: EquationProblem, equation: tuple[str, str], solution: Assignment
    ) -> Verdict:
        left, right = equation
        found = await self._call(
            "evaluate",
            f"({left}) - ({right})",
            variables=list(problem.unknowns),
            conditions=[f"{name} = ({value})" for name, value in solution.items()],
        )
        verdict = judge_difference(found.result, found.decimal)
        if verdict is Verdict.UNCHECKED and found.result:
            # Roots seldom cancel by being put in alone.
            found = await self._call("simplify", found.result)
            verdict = judge_difference(found.result, found.decimal)
        is_rounded = any("." in value for value in solution.values())
        return Verdict.UNCHECKED if is_rounded and verdict is Verdict.WRONG else verdict

    async def _is_complete(
        self, problem: EquationProblem, solutions: Sequence[Assignment]
    ) -> bool:
        if not problem.wants_all:
            return True
        found = await self._call(
            "solve",
            ", ".join(f"{left} = {right}" for left, right in problem.equations),
            variables=list(problem.unknowns),
            domain="real",
        )
        n_solutions = len(found.items) if found.is_certain else 0
        is_finite = n_solutions > 0 and all("=" in item for item in found.items)
        return is_finite and _count_different(solutions) >= n_solutions

    async def _call(self, operation: str, expression: str, **more: JsonValue) -> _Found:
        arguments = {"operation": operation, "expression": expression, **more}
        try:
            result = await self._tools.run(ToolCall(name=SYMBOLIC_MATH, arguments=arguments))
        except UnknownToolError:
            return _Found()
        if result.status is not ToolStatus.OK or result.detail is None:
            return _Found()
        return _read_detail(result.detail)


def _read_detail(detail: Mapping[str, JsonValue]) -> _Found:
    result, decimal, items = detail.get("result"), detail.get("decimal"), detail.get("items")
    return _Found(
        result=result if isinstance(result, str) else "",
        decimal=decimal if isinstance(decimal, str) else None,
        items=tuple(map(str, items)) if isinstance(items, list) else (),
        is_certain=not detail.get("notes"),
    )


def _count_different(solutions: Sequence[Assignment]) -> int:
    """Count the solutions that surely differ; 1 where the keys of several cannot tell."""
    keys = {tuple(canonical_key(value) for value in each.values()) for each in solutions}
    return 1 if any(None in key for key in keys) else len(keys)


def _refute(equation: tuple[str, str], solution: Assignment) -> Reading:
    given = ", ".join(f"{name} = {value}" for name, value in solution.items())
    error = f"{given} does not satisfy {equation[0]} = {equation[1]}"
    return Reading(score=REFUTED, verdict=Verdict.WRONG, error=error)
