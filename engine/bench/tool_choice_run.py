"""Puts questions about tools to a model, by the same protocol as a search's steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from engine.answers.call import list_calls
from engine.answers.call_description import describe_tools
from engine.bench.tool_choice import Graded, ToolQuestion, grade_calls, grade_unanswered
from engine.domain.trial import Sampling
from engine.ports import CancelToken, ChatModel, Choice, FinishReason, GenerationRequest, Message

SEED = 20_240
_TYPES = {"dict": "object", "float": "number", "tuple": "array"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolChoicePlan:
    """How the questions are put.

    Attributes:
        questions: The questions.
        sampling: Greedy unless said otherwise.
        n_in_flight: Questions at the server at once.
        timeout_s: Longest time for one question.
        is_native: Whether the server tells the model of the tools and reads its calls; else the
            prompt does, and they are read from the text.
    """

    questions: Sequence[ToolQuestion]
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.0, max_tokens=512))
    n_in_flight: int = 8
    timeout_s: float = 120.0
    is_native: bool = False


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


def to_native(function: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a tool as servers take it: names without dots, types of JSON schema."""
    schema = _to_schema(function.get("parameters") or {"type": "object", "properties": {}})
    fields = {
        **function,
        "name": str(function["name"]).replace(".", "_"),
        "parameters": schema,
    }
    return {"type": "function", "function": fields}


def _to_schema(value: Any) -> Any:
    """Replace the names that BFCL borrows from Python for types; ``any`` is no restriction."""
    if isinstance(value, list):
        return [_to_schema(item) for item in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    fields = cast("Mapping[str, Any]", value)
    kind = fields.get("type")
    if not isinstance(kind, str):
        return {name: _to_schema(field) for name, field in fields.items()}
    known = {} if kind == "any" else {"type": _TYPES.get(kind, kind)}
    rest = {name: _to_schema(field) for name, field in fields.items() if name != "type"}
    return {**known, **rest}


async def _ask(
    model: ChatModel, question: ToolQuestion, plan: ToolChoicePlan, cancel: CancelToken
) -> Graded:
    request = GenerationRequest(
        prompt=question.messages if plan.is_native else write_prompt(question),
        n=1,
        seed=SEED,
        sampling=plan.sampling,
        deadline_s=plan.timeout_s,
        tools=tuple(map(to_native, question.functions)) if plan.is_native else (),
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
