"""Puts questions about tools to a model, by the same protocol as a search's steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.answers.call import list_calls
from engine.answers.call_description import describe_tools
from engine.bench.tool_choice import Graded, ToolQuestion, grade_calls, grade_unanswered
from engine.domain.trial import Sampling
from engine.ports import CancelToken, ChatModel, Choice, FinishReason, GenerationRequest, Message

SEED = 20_240


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolChoicePlan:
    """How the questions are put.

    Attributes:
        questions: The questions.
        sampling: Greedy unless said otherwise.
        n_in_flight: Questions at the server at once.
        timeout_s: Longest time for one question.
    """

    questions: Sequence[ToolQuestion]
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.0, max_tokens=512))
    n_in_flight: int = 8
    timeout_s: float = 120.0


async def ask_questions(
    model: ChatModel,
    plan: ToolChoicePlan,
    cancel: CancelToken,
    tell: Callable[[Graded], None] = lambda _graded: None,
) -> tuple[Graded, ...]:
    """Put every question and grade what comes back, in the order of the questions.

    Args:
        model: Whom to ask.
        plan: What, and how.
        cancel: Ends the asking; what was not asked by then is unanswered.
        tell: Called with each graded question as it ends.
    """
    slots = asyncio.Semaphore(plan.n_in_flight)

    async def ask(question: ToolQuestion) -> Graded:
        async with slots:
            graded = await _ask(model, question, plan, cancel)
        tell(graded)
        return graded

    return tuple(await asyncio.gather(*map(ask, plan.questions)))


def write_prompt(question: ToolQuestion) -> tuple[Message, ...]:
    """Return the messages: the tools first, behind whatever the question's own system says."""
    system = [message.content for message in question.messages if message.role == "system"]
    rest = [message for message in question.messages if message.role != "system"]
    told = "\n\n".join([*system, describe_tools(question.functions)])
    return (Message(role="system", content=told), *rest)


async def _ask(
    model: ChatModel, question: ToolQuestion, plan: ToolChoicePlan, cancel: CancelToken
) -> Graded:
    request = GenerationRequest(
        prompt=write_prompt(question),
        n=1,
        seed=SEED,
        sampling=plan.sampling,
        deadline_s=plan.timeout_s,
    )
    graded = grade_unanswered(question, "the server sent nothing")
    async for choice in model.generate(request, cancel):
        graded = grade_choice(question, choice)
    return graded


def grade_choice(question: ToolQuestion, choice: Choice) -> Graded:
    """Grade what a model wrote; a text that was cut off is no answer, whatever it holds."""
    if choice.finish_reason is not FinishReason.STOP:
        return grade_unanswered(question, choice.error or choice.finish_reason.value)
    return grade_calls(question, list_calls(choice.text))
