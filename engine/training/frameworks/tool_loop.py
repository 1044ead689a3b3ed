"""Conversations with a call, its real result, and the answer that follows from it."""

from __future__ import annotations

from random import Random
from typing import ClassVar

from engine.answers.call_observation import MAX_OBSERVATION_CHARS, shorten_middle
from engine.domain.canonical import canonical_bytes
from engine.domain.errors import SvendError
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.ports import ToolRunner
from engine.training.example import Conversation, Message, Role
from engine.training.frameworks.framework import TOOLS
from engine.training.frameworks.item import Item, framed
from engine.training.frameworks.tool_result import agrees, read_answer


class FailedCallError(SvendError):
    """A call of a framework did not succeed, or contradicts the answer that the block states."""

    code: ClassVar[str] = "failed-call"


async def run_loop(
    item: Item, runner: ToolRunner, rng: Random, *, tools: tuple[str, ...] = TOOLS
) -> Conversation:
    """Ask an item's question, make its call, and answer from what came back.

    Args:
        item: With a call.
        runner: The real tools.
        rng: Chooses wordings.
        tools: Names of the tools that the conversation offers.

    Raises:
        FailedCallError: The call failed, its result holds no answer, or another than is stated.
    """
    if item.call is None:
        raise FailedCallError(f"{item.path} calls no tool")
    result = await runner.run(ToolCall(name=item.call.name, arguments=item.call.arguments))
    answer = checked_answer(item, result)
    lead = rng.choice(("", *item.block.explain))
    turns = (
        Message(role=Role.USER, content=framed(item.question, rng)),
        Message(role=Role.ASSISTANT, content=item.tell(lead), calls=(item.call,)),
        Message(role=Role.TOOL, content=render_result(result)),
        Message(role=Role.ASSISTANT, content=item.tell(rng.choice(item.block.say), answer)),
    )
    return Conversation(messages=turns, origin=item.origin, tools=tools, answer=answer)


def checked_answer(item: Item, result: ToolResult) -> str:
    """The answer that a result gives to an item.

    Raises:
        FailedCallError: The call failed, or the answer is missing or not the stated one.
    """
    if result.status is not ToolStatus.OK:
        raise FailedCallError(f"{item.path}: {item.question!r}: {result.error}")
    found = read_answer(item, result)
    if not found:
        raise FailedCallError(f"{item.path}: {item.question!r}: the result holds no answer")
    if item.answer and not agrees(item.answer, found):
        raise FailedCallError(
            f"{item.path}: {item.question!r} is answered {item.answer!r}, the tool says {found!r}"
        )
    return item.answer or found


def render_result(result: ToolResult) -> str:
    """A result as the turn of a tool holds it: canonical JSON, without pictures."""
    output = shorten_middle(result.output, MAX_OBSERVATION_CHARS)
    return canonical_bytes({"status": result.status.value, "output": output}).decode()
