"""How a solution, or its beginning, is put to a model that says whether it is right.

The texts are those that a server puts to the model: svend-mini's own marks, or the prompt `judge`
of the chat prompt set in the model's chat template. What comes next is one token for yes or no.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from transformers import PreTrainedTokenizerBase

from engine.domain.errors import InvalidInputError
from engine.prompts.prompt_set import load_prompt_set
from engine.training.row_format import (
    CHECK,
    NO,
    PROGRAM,
    PROSE_JOINT,
    QUESTION,
    STATEMENT_JOINT,
    TOOL,
    YES,
    name_answer,
)

CHAT_SET: Final = "chat"
JUDGE: Final = "judge"


class ClaimLayout(Protocol):
    """Puts a claim into words, and names the words that answer it."""

    @property
    def name(self) -> str:
        """What a verifier's folder calls it."""
        ...

    @property
    def joint(self) -> str:
        """What stands between two steps."""
        ...

    @property
    def yes(self) -> str:
        """The word that means right; its first token is what is learnt."""
        ...

    @property
    def no(self) -> str:
        """The word that means wrong."""
        ...

    def render(self, question: str, steps: Sequence[str], *, is_whole: bool) -> str:
        """The text behind which the model says yes or no.

        Args:
            question: The problem.
            steps: The solution so far; may be empty.
            is_whole: Whether the solution ends here, and its answer is judged as well.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLayout:
    """svend-mini's own marks: `<q>Q<prog>a=48/2;b=48+a<ans>b<check>`.

    A chain whose first step is a call of a tool stands behind `<tool>` in place of `<prog>`.
    """

    name: str = "marks"
    joint: str = STATEMENT_JOINT
    yes: str = YES
    no: str = NO

    def render(self, question: str, steps: Sequence[str], *, is_whole: bool) -> str:
        """The text behind which the model says yes or no."""
        body = self.joint.join(steps)
        opening = "" if body.startswith(TOOL) else PROGRAM
        claimed = name_answer(body) if is_whole else body
        # The questions of its training are single lines.
        return f"{QUESTION}{' '.join(question.split())}{opening}{claimed}{CHECK}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLayout:
    """The prompt `judge` of the chat prompt set, in a model's own chat template.

    Attributes:
        tokenizer: Its template is used.
    """

    tokenizer: PreTrainedTokenizerBase
    name: str = "chat"
    joint: str = PROSE_JOINT
    yes: str = "yes"
    no: str = "no"

    def render(self, question: str, steps: Sequence[str], *, is_whole: bool) -> str:  # noqa: ARG002 - a chat judges what stands there
        """The text behind which the model says yes or no."""
        variables = {"problem": question, "steps": self.joint.join(steps), "answer": ""}
        prompt: Any = load_prompt_set(CHAT_SET).render(JUDGE, variables)
        messages = [{"role": one.role, "content": one.content} for one in prompt]
        return str(
            self.tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True
            )
        )


def find_layout(tokenizer: PreTrainedTokenizerBase) -> ClaimLayout:
    """The layout that a model understands, by what its tokenizer knows.

    Raises:
        InvalidInputError: It knows neither the marks nor a chat template.
    """
    if all(_is_one_token(tokenizer, mark) for mark in (QUESTION, PROGRAM, CHECK, YES, NO)):
        return MarkLayout()
    if tokenizer.chat_template is None:
        raise InvalidInputError(
            "the model's tokenizer has neither svend-mini's marks nor a chat template, so no "
            "question can be put to it"
        )
    return ChatLayout(tokenizer=tokenizer)


def encode(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """The token ids of a text that holds every special token it needs."""
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _is_one_token(tokenizer: PreTrainedTokenizerBase, mark: str) -> bool:
    return len(encode(tokenizer, mark)) == 1
