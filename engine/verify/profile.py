"""What has to be known about a verifier before it can be asked anything."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from engine.domain.aggregation import Aggregation
from engine.domain.canonical import portable_text
from engine.domain.errors import ProfileError
from engine.ports import Claim, Message
from engine.verify.label import Labels

PLACEHOLDER = re.compile(r"\{(problem|steps)\}")


class ScoreEndpoint(StrEnum):
    """Which of vLLM's endpoints scores a text.

    ``CLASSIFY``: one list of class probabilities a text. ``POOLING``: one a step or a token, for
    process reward models.
    """

    CLASSIFY = "classify"
    POOLING = "pooling"


class ClaimForm(StrEnum):
    """How a claim is handed over.

    ``TEXT``: as one text. ``CHAT``: the problem as the user's message and the steps as the
    assistant's, which the server puts into the model's chat template.
    """

    TEXT = "text"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierProfile:
    """How one verifier is spoken to.

    Attributes:
        name: Its name in the log.
        endpoint: Where a classifier is asked.
        form: How it takes a claim.
        template: The text of a claim, with ``{problem}`` and ``{steps}``.
        step_mark: What follows each step: a text, or the token at which a process reward model
            gives its score.
        marks_last: Whether the mark follows the last step too, or stands between steps only.
        right_class: Which class means right; -1 is the last one.
        aggregation: How the scores of a claim's steps become one.
        labels: The words by which a language model says yes and no.
    """

    name: str = "default"
    endpoint: ScoreEndpoint = ScoreEndpoint.CLASSIFY
    form: ClaimForm = ClaimForm.TEXT
    template: str = "{problem}\n\n{steps}"
    step_mark: str = "\n"
    marks_last: bool = True
    right_class: int = -1
    aggregation: Aggregation = Aggregation.LAST
    labels: Labels = field(default_factory=Labels)

    def __post_init__(self) -> None:
        """Refuse a profile that no claim could be judged with."""
        faults = [fault for fault, is_found in self._checks() if is_found]
        if faults:
            raise ProfileError(f"the verifier profile {self.name!r}: " + "; ".join(faults))

    def render_text(self, claim: Claim) -> str:
        """Return a claim as one text. What it says is put in once and never looked at again."""
        values = {"problem": claim.problem, "steps": self.render_steps(claim)}
        return portable_text(PLACEHOLDER.sub(lambda match: values[match[1]], self.template))

    def render_messages(self, claim: Claim) -> tuple[Message, ...]:
        """Return a claim as a chat."""
        return (
            Message(role="user", content=portable_text(claim.problem)),
            Message(role="assistant", content=portable_text(self.render_steps(claim))),
        )

    def render_steps(self, claim: Claim) -> str:
        """Return the steps, each with its mark behind it; the last one's may be left out."""
        text = self.step_mark.join(claim.steps)
        return f"{text}{self.step_mark}" if self.marks_last and claim.steps else text

    def _checks(self) -> tuple[tuple[str, bool], ...]:
        labels = self.labels
        return (
            ("name must not be empty", not self.name.strip()),
            (
                "template must hold {problem} and {steps}",
                set(PLACEHOLDER.findall(self.template)) != {"problem", "steps"},
            ),
            ("yes and no need a word each", not (labels.yes and labels.no)),
            ("a word of yes or no must not be blank", not all(map(str.strip, _words(labels)))),
            ("a word cannot mean both yes and no", bool({*labels.yes} & {*labels.no})),
        )


def _words(labels: Labels) -> tuple[str, ...]:
    return (*labels.yes, *labels.no)
