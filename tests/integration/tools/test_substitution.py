"""An answer is put into equations inside the real sandbox."""

from __future__ import annotations

import pytest

from engine.adapters.substitution_verifier import SubstitutionVerifier
from engine.domain.verdict import Verdict
from engine.ports import Claim
from tests.fakes.tokens import HeldToken


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("x = 2 or x = 3", Verdict.RIGHT), ("7", Verdict.WRONG), ("2", Verdict.UNCHECKED)],
)
def test_values_are_put_in_behind_the_wall(tools, answer, verdict):
    verifier = SubstitutionVerifier(tools.registry)
    claim = Claim(problem="Solve $x^2 - 5x + 6 = 0$ for $x$.", steps=("So.",), answer=answer)

    async def judge():
        return await verifier.judge((claim,), HeldToken())

    (judged,) = tools.wait(judge())
    assert judged.verdict is verdict
