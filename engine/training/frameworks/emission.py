"""Everything that one instance of a reasoning block gives without running a tool."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from random import Random
from typing import Final, TypeVar

from engine.answers.call_fault import EXAMPLE
from engine.training.emission.whole import emit
from engine.training.example import (
    Conversation,
    Emission,
    Fault,
    JudgedChain,
    Message,
    PreferencePair,
    Role,
    ToolUse,
    TwinClaims,
)
from engine.training.frameworks.catalogue import shipped_frameworks
from engine.training.frameworks.framework import TOOLS, Block, Framework
from engine.training.frameworks.item import Item, draw_item, framed
from engine.training.frameworks.mistake import (
    WrongCall,
    mistake_answer,
    mistake_argument,
    mistake_tool,
)
from engine.training.problem import Split, WordProblem
from engine.training.rows import render_call

MUTATED: Final = "mutation"

_FENCE: Final = EXAMPLE.partition("\n")[0]
# The right arguments under the name of a wrong tool are told from a call by their words alone, so
# most wrong calls are sound ones that answer another question.
_OTHER_CALL_RATIO: Final = 0.8
_Made = TypeVar("_Made", Conversation, PreferencePair, JudgedChain, TwinClaims)


def emit_item(item: Item, rng: Random) -> Emission:
    """Emit conversations, preference pairs, judged chains and claims of one instance.

    A program's own chains, claims and pairs are those of any word problem; the block adds its
    explanation, its claims, its call, and calls that are wrong.

    Args:
        item: The instance.
        rng: Chooses wordings and mistakes.
    """
    base = _of_program(item, rng)
    wrong = _wrong_calls(item, rng)
    return Emission(
        conversations=(*_explained(item, rng), *_called(item, rng), *base.conversations),
        pairs=(*(_pair(item, each) for each in wrong), *base.pairs),
        chains=(*_chains(item, wrong), *base.chains),
        claims=(*_claims(item, rng), *base.claims),
    )


def _of_program(item: Item, rng: Random) -> Emission:
    if item.program is None:
        return Emission()
    problem = WordProblem(
        question=item.question,
        program=item.program,
        source=item.origin.source,
        family=item.path,
        template=item.origin.template,
    )
    made = emit(problem, rng)
    return Emission(
        conversations=_owned(made.conversations, item),
        pairs=_owned(made.pairs, item),
        chains=_owned(made.chains, item),
        claims=_owned(made.claims, item),
    )


def _owned(examples: Iterable[_Made], item: Item) -> tuple[_Made, ...]:
    return tuple(replace(example, origin=item.origin) for example in examples)


def _explained(item: Item, rng: Random) -> tuple[Conversation, ...]:
    """The question answered in words, where the answer is known without a tool."""
    if not item.answer:
        return ()
    parts = [
        item.tell(rng.choice(texts)) for texts in (item.block.explain, item.block.say) if texts
    ]
    turns = _turns(item.question, Message(role=Role.ASSISTANT, content=" ".join(parts)))
    return (Conversation(messages=turns, origin=item.origin, answer=item.answer),)


def _called(item: Item, rng: Random) -> tuple[Conversation, ...]:
    """The question and the call that answers it."""
    if item.call is None:
        return ()
    lead = item.tell(rng.choice(("", *item.block.explain[:1])))
    reply = Message(role=Role.ASSISTANT, content=lead, calls=(item.call,))
    turns = _turns(framed(item.question, rng), reply)
    return (Conversation(messages=turns, origin=item.origin, tools=TOOLS),)


def _turns(question: str, reply: Message) -> tuple[Message, ...]:
    return (Message(role=Role.USER, content=question), reply)


def _wrong_calls(item: Item, rng: Random) -> tuple[WrongCall, ...]:
    if item.call is None:
        return ()
    borrowed = _other_call(item.call, item.origin.split, rng)
    found = (mistake_tool(item.call, rng, borrowed), mistake_argument(item, rng))
    return tuple(each for each in found if each is not None and each.use != item.call)


def _other_call(use: ToolUse, split: Split, rng: Random) -> ToolUse | None:
    """Mostly a sound call of another tool, of a shipped framework: it answers another question."""
    if rng.random() >= _OTHER_CALL_RATIO:
        return None
    tool = rng.choice([name for name in TOOLS if name != use.name])
    framework, block = rng.choice(_calling_blocks()[tool])
    other = draw_item(framework, block, split, rng)
    return other.call if other is not None else None


@cache
def _calling_blocks() -> Mapping[str, tuple[tuple[Framework, Block], ...]]:
    places = [(f, block) for f in shipped_frameworks().values() for block in f.blocks]
    return {
        tool: tuple(place for place in places if place[1].call and place[1].call.tool == tool)
        for tool in TOOLS
    }


def _pair(item: Item, wrong: WrongCall) -> PreferencePair:
    return PreferencePair(
        prompt=(Message(role=Role.USER, content=item.question),),
        chosen=write_call(item.call) if item.call else "",
        rejected=write_call(wrong.use),
        fault=wrong.fault,
        origin=item.origin,
    )


def write_call(use: ToolUse) -> str:
    """A call as a model writes it in a text, which the engine reads."""
    text = json.dumps({"name": use.name, "arguments": dict(use.arguments)}, ensure_ascii=False)
    return f"{_FENCE}\n{text}\n```"


def _chains(item: Item, wrong: Iterable[WrongCall]) -> tuple[JudgedChain, ...]:
    """The right call as a chain of one step, and the wrong ones."""
    if item.call is None:
        return ()
    right = JudgedChain(
        question=item.question,
        steps=(render_call(item.call),),
        n_right=1,
        is_right=True,
        origin=item.origin,
    )
    others = (
        replace(
            right,
            steps=(render_call(each.use),),
            n_right=0,
            is_right=False,
            fault=each.fault,
            system=MUTATED,
        )
        for each in wrong
    )
    return (right, *others)


def _claims(item: Item, rng: Random) -> tuple[TwinClaims, ...]:
    wrong = mistake_answer(item, rng) if item.block.claims else None
    if wrong is None:
        return ()
    text = rng.choice(item.block.claims)
    fault = Fault.LOGIC if item.program is None else Fault.ARITHMETIC
    return (
        TwinClaims(
            question="",
            true=item.tell(text),
            false=item.tell(text, wrong),
            fault=fault,
            origin=item.origin,
        ),
    )
