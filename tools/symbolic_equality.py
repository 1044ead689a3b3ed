"""Compares answers by what they mean, behind the wall."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from engine.domain.verdict import Verdict
from engine.ports import Comparison
from tools.sandbox.program import Limits, Program
from tools.sandbox.result import Outcome, SandboxResult
from tools.sandbox.sandbox import ProgramRunner

MAX_CHARS: Final = 2_000
MAX_OTHERS: Final = 64

_SOURCE = (
    "from tools.kernels.kernel_call import call_kernel\n"
    'answer = call_kernel("tools.kernels.equality")\n'
)
_LIMITS = Limits(cpu_s=3, wall_s=4.0)
_BROKEN = frozenset({Outcome.SANDBOX_ERROR, Outcome.SANDBOX_UNAVAILABLE})


class SandboxComparer:
    """Implements ``engine.ports.AnswerComparer``: every pair of one answer in one run.

    Args:
        sandbox: Where it runs.
    """

    def __init__(self, sandbox: ProgramRunner) -> None:
        self._sandbox = sandbox

    @property
    def version(self) -> str:
        """Name and version of the rule; it changes whenever any verdict changes."""
        return "symbolic/1"

    async def compare(self, text: str, others: Sequence[str]) -> Comparison:
        """Compare one answer with each of others. Cancelling the task ends it."""
        asked = [other for other in others[:MAX_OTHERS] if len(other) <= MAX_CHARS]
        if len(text) > MAX_CHARS:
            return Comparison(form=None, verdicts=_fill({}, others))
        given = json.dumps({"text": text, "others": asked}).encode()
        program = Program(source=_SOURCE, stdin=given, limits=_LIMITS)
        ran = await self._sandbox.run(program)
        found = dict(zip(asked, _read_verdicts(ran), strict=False))
        return Comparison(
            form=_read_form(ran),
            verdicts=_fill(found, others),
            is_settled=ran.outcome not in _BROKEN,
        )


def _fill(found: dict[str, Verdict], others: Sequence[str]) -> tuple[Verdict, ...]:
    return tuple(found.get(other, Verdict.UNCHECKED) for other in others)


def _read_verdicts(ran: SandboxResult) -> list[Verdict]:
    """Return the verdicts that were printed, a line each; a run that was stopped has some."""
    verdicts: list[Verdict] = []
    for line in ran.stdout.splitlines():
        with suppress(ValueError):
            verdicts.append(Verdict(json.loads(line)))
    return verdicts


def _read_form(ran: SandboxResult) -> str | None:
    result = ran.value.get("result") if isinstance(ran.value, dict) else None
    form = result.get("form") if isinstance(result, dict) else None
    return form if isinstance(form, str) else None
