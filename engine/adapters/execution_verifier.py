"""A verifier that runs instead of estimating: a path's program again, and its calculations.

It gives verdicts and no scores: that a text agrees with its own program does not make it right.
Only a contradiction says how probable the path is: it is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.adapters.verifier_batch import Batch, judge_in_batches
from engine.answers.call import find_call
from engine.answers.compare import compare_answers
from engine.answers.extract import extract_program
from engine.domain.errors import UnknownToolError
from engine.domain.profile import AnswerProtocol
from engine.domain.tool import ToolCall, ToolStatus
from engine.domain.verdict import Verdict
from engine.ports import CancelToken, Claim, Judgement, ToolRunner
from engine.verify.calculation import check_calculations
from engine.verify.score_reply import Reading

CALCULATOR = "calculator"
REFUTED = 0.0


class ExecutionVerifier:
    """The port ``Verifier`` over tools.

    ``WRONG`` when a written calculation does not hold, or when the path's program, run again,
    gives another answer than the path concludes. ``RIGHT`` when something was checked and held.
    A program that does not run, or a tool that is not there, leaves the path unchecked.
    """

    version = "execution@1"

    def __init__(self, tools: ToolRunner | None, protocol: AnswerProtocol) -> None:
        """Run programs with ``tools``, which ``None`` leaves unrun.

        Args:
            tools: Runs programs.
            protocol: How the model marks its answers, hence where its program is.
        """
        self._tools = tools
        self._protocol = protocol

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return one verdict a claim; see the port."""
        return await judge_in_batches(claims, cancel, self._check_all, size=1)

    async def _check_all(self, batch: Batch) -> Sequence[Reading]:
        return [await self._check(claim) for claim in batch.claims]

    async def _check(self, claim: Claim) -> Reading:
        calculated = check_calculations("\n".join(claim.steps))
        if calculated.verdict is Verdict.WRONG:
            return Reading(score=REFUTED, verdict=Verdict.WRONG, error=calculated.error)
        run = await self._run_again(claim)
        if run.verdict is Verdict.UNCHECKED and calculated.verdict is Verdict.RIGHT:
            return Reading(verdict=Verdict.RIGHT)
        return run

    async def _run_again(self, claim: Claim) -> Reading:
        call = self._find_program(claim)
        if call is None or claim.answer is None or self._tools is None:
            return Reading(error="there is nothing to run")
        try:
            result = await self._tools.run(call)
        except UnknownToolError as error:
            return Reading(error=str(error))
        if result.status is not ToolStatus.OK:
            return Reading(error=result.error or "the program did not run")
        verdict = compare_answers(result.output.strip(), claim.answer)
        if verdict is Verdict.WRONG:
            error = f"the program gives {result.output.strip()!r}, not {claim.answer!r}"
            return Reading(score=REFUTED, verdict=verdict, error=error)
        return Reading(verdict=verdict)

    def _find_program(self, claim: Claim) -> ToolCall | None:
        text = "\n".join(claim.steps)
        if self._protocol is not AnswerProtocol.PROGRAM:
            call = find_call(text)
            return call if isinstance(call, ToolCall) else None
        program = extract_program(text)
        if program is None:
            return None
        arguments = {"program": program.source, "answer": program.variable}
        return ToolCall(name=CALCULATOR, arguments=arguments)
