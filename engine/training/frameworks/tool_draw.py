"""Short questions with one call, or with none where no tool fits: what svend-mini learns from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from types import MappingProxyType
from typing import Final

from engine.domain.program import render_program
from engine.training.emission.origin import origin_of
from engine.training.example import Conversation, Message, Role, ToolUse
from engine.training.frameworks.catalogue import shipped_frameworks
from engine.training.frameworks.framework import CALCULATOR, TOOLS, Block, Framework
from engine.training.frameworks.item import Item, draw_item, framed
from engine.training.generate import draw_problem
from engine.training.problem import Split, WordProblem
from engine.training.stories.draw import draw_story_problem
from engine.training.variant import rename

NO_TOOL_RATIO: Final = 0.16
WITHHELD_RATIO: Final = 0.04
SUBSET_RATIO: Final = 0.3
WORD_PROBLEM_RATIO: Final = 0.4
MAX_CALL_CHARS: Final = 260

# What one of these is asked, none of the others can answer: they serve where a question's own
# tool is withheld, and no tool fits any more. A program could compute nearly everything.
_NARROW: Final = ("chemistry", "logic_solver", "plot", "unit_convert")
_FAMILY_RATIO: Final = 0.5
_WITHHELD: Final = "None of the tools that I have fits this question."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    framework: Framework
    block: Block


def draw_tool_conversation(rng: Random, split: Split) -> Conversation:
    """Draw a question and the call that answers it, or an answer without a call.

    The eight tools are equally likely. A fifth of the questions gets no call: mostly since no tool
    could help, now and then since the one that could is not among those offered. The calculator
    gets word problems of the families and of the stories beside the blocks' own questions.
    """
    while True:
        way = rng.random()
        if way < NO_TOOL_RATIO:
            item, offered = _drawn(_choices()[""], split, rng), _offer("", rng)
        elif way < NO_TOOL_RATIO + WITHHELD_RATIO:
            tool = rng.choice(_NARROW)
            item, offered = _drawn(_choices()[tool], split, rng), _offer_without(tool, rng)
        else:
            tool = rng.choice(TOOLS)
            if tool == CALCULATOR and rng.random() < WORD_PROBLEM_RATIO:
                return _of_word_problem(_draw_word_problem(rng, split), rng)
            item, offered = _drawn(_choices()[tool], split, rng), _offer(tool, rng)
        if item is not None and _is_short(item):
            return _conversation(item, offered, rng)


@cache
def _choices() -> Mapping[str, tuple[_Choice, ...]]:
    """The blocks by tool; under the empty name those that need none."""
    found: dict[str, list[_Choice]] = {name: [] for name in ("", *TOOLS)}
    for framework in shipped_frameworks().values():
        for block in framework.blocks:
            if block.call is not None:
                found[block.call.tool].append(_Choice(framework=framework, block=block))
            elif block.program is None:
                found[""].append(_Choice(framework=framework, block=block))
    return MappingProxyType({name: tuple(choices) for name, choices in found.items()})


def _drawn(choices: tuple[_Choice, ...], split: Split, rng: Random) -> Item | None:
    choice = rng.choice(choices)
    return draw_item(choice.framework, choice.block, split, rng)


def _is_short(item: Item) -> bool:
    return item.call is None or len(str(dict(item.call.arguments))) <= MAX_CALL_CHARS


def _draw_word_problem(rng: Random, split: Split) -> WordProblem:
    if rng.random() < _FAMILY_RATIO:
        return draw_problem(rng, split)
    while True:
        problem = draw_story_problem(rng, split)
        if isinstance(problem, WordProblem):
            return problem


def _of_word_problem(problem: WordProblem, rng: Random) -> Conversation:
    program = render_program(rename(problem.program))
    use = ToolUse(name=CALCULATOR, arguments={"program": program})
    turns = (
        Message(role=Role.USER, content=problem.question),
        Message(role=Role.ASSISTANT, content="", calls=(use,)),
    )
    return Conversation(messages=turns, origin=origin_of(problem), tools=_offer(CALCULATOR, rng))


def _offer(needed: str, rng: Random) -> tuple[str, ...]:
    """All tools mostly, else some of them, the needed one always among them."""
    if rng.random() >= SUBSET_RATIO:
        return TOOLS
    chosen = {*rng.sample(TOOLS, rng.randint(1, 4)), *([needed] if needed else [])}
    return tuple(name for name in TOOLS if name in chosen)


def _offer_without(withheld: str, rng: Random) -> tuple[str, ...]:
    others = [name for name in _NARROW if name != withheld]
    return tuple(sorted(rng.sample(others, rng.randint(1, len(others)))))


def _conversation(item: Item, offered: tuple[str, ...], rng: Random) -> Conversation:
    asked = Message(role=Role.USER, content=framed(item.question, rng))
    if item.call is not None and item.call.name in offered:
        reply = Message(role=Role.ASSISTANT, content="", calls=(item.call,))
    elif item.call is not None:
        reply = Message(role=Role.ASSISTANT, content=_WITHHELD)
    else:
        reply = Message(role=Role.ASSISTANT, content=item.tell(rng.choice(item.block.say)))
    return Conversation(messages=(asked, reply), origin=item.origin, tools=offered)
