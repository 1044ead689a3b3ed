"""What a model is told when it is asked for training data."""

from __future__ import annotations

from random import Random
from typing import Final

from engine.ports import Message
from engine.training import surface
from engine.training.frameworks.framework import Block, Framework
from engine.training.generation.sketch import Sketch

VERSION: Final = 1
"""Part of a run's settings: replies to other words are not mixed into one journal."""

_SYSTEM: Final = (
    "You write training data for a model that learns to reason. "
    "You reply with one JSON object and nothing else."
)
_BLUEPRINTS: Final = """\
Domain: {domain}. {about}
Principle: {states}
Why it holds: {because}
How one reasons: {logic}
Level: {level} of 5, where 1 is the simplest.
A question under this principle, for its kind only: {example}

Write {n} new questions under this principle, each of a situation of its own. Reply with \
{{"blueprints": [...]}}, where each entry has
"question": the text, in which every number that matters is a slot in braces, such as {{n}};
"variables": the range of whole numbers of each slot, such as {{"n": "3..20"}};
"program": straight-line statements name=expression joined by ; over the slots' names, with \
+ - * / and parentheses only, the last value being the answer;
"values": one number for each slot;
"answer": the answer for these values, digits only.
Every slot has a variable, and every variable is used in the question. No names of real people, \
no addresses, no phone numbers."""
_PARAPHRASES: Final = """\
Reword this question in {n} ways that differ in words, order and sentence shape. What is asked \
and what is told must stay the same, and every number and every slot in braces must stand in each \
of them exactly as it stands here. Reply with {{"paraphrases": ["...", ...]}}.

Question: {question}"""
_SOLUTION: Final = """\
Solve this question. Reply with {{"program": "...", "explanation": "..."}}. The program has \
straight-line statements name=expression joined by ; with + - * / and parentheses only, and the \
value of the last one is the answer. The explanation is a few sentences that end with "The answer \
is X."

Question: {question}"""


def ask_blueprints(
    framework: Framework, block: Block, n_items: int, rng: Random
) -> tuple[Message, ...]:
    """Ask for questions like those of a block."""
    principle = framework.principle_of(block)
    text = _BLUEPRINTS.format(
        domain=framework.domain,
        about=framework.about,
        states=principle.states,
        because=" ".join(principle.because),
        logic=" ".join(principle.logic),
        level=block.level,
        example=surface.choose(rng.choice(block.asks), rng),
        n=n_items,
    )
    return _chat(text)


def told_of(framework: Framework) -> tuple[object, ...]:
    """All of a framework that a prompt may tell."""
    principles = [(p.name, p.states, p.because, p.logic) for p in framework.principles]
    blocks = [(b.name, b.level, b.asks) for b in framework.blocks]
    return (framework.domain, framework.category, framework.about, principles, blocks)


def ask_paraphrases(subject: Sketch, n_items: int) -> tuple[Message, ...]:
    """Ask for other wordings of a question, its slots kept."""
    return _chat(_PARAPHRASES.format(n=n_items, question=subject.question))


def ask_solution(subject: Sketch) -> tuple[Message, ...]:
    """Ask for a program and an explanation."""
    return _chat(_SOLUTION.format(question=subject.asked()))


def _chat(text: str) -> tuple[Message, ...]:
    return (Message(role="system", content=_SYSTEM), Message(role="user", content=text))
