"""What a data set is made of: conversations, preference pairs, judged chains and claims.

Whatever makes training data (blueprints, stories, importers, an outside model) makes these, and
whatever renders it (a chat template, svend-mini's own marks) takes them. A writer to JSON lines
lives in `engine/training/datasets/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from engine.domain.canonical import JsonValue
from engine.training.problem import Split


class Category(StrEnum):
    """What a mixture balances."""

    MATH = "math"
    LOGIC = "logic"
    CODE = "code"
    CHEMISTRY = "chemistry"
    PHYSICS = "physics"
    FINANCE = "finance"
    COMPUTER_SCIENCE = "computer-science"
    DEVOPS = "devops"
    GENERAL = "general"


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Fault(StrEnum):
    """What kind of slip makes a chain wrong."""

    ARITHMETIC = "arithmetic"
    LOGIC = "logic"
    DROPPED_FACT = "dropped-fact"
    WRONG_TOOL = "wrong-tool"
    SAMPLED = "sampled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an example comes from, and what it may serve.

    Attributes:
        source: The generator or the published set, such as `blueprints` or `gsm8k`.
        licence: SPDX identifier, or the published words.
        category: What the mixture balances.
        family: Path of the family or framework; empty where there is none.
        template: 16 hex digits shared by examples that differ in names and numbers only.
        split: The split that the template belongs to.
    """

    source: str
    licence: str
    category: Category
    family: str = ""
    template: str = ""
    split: Split = Split.TRAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A call of a tool: its name and its arguments."""

    name: str
    arguments: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn.

    Attributes:
        role: Who speaks.
        content: The text; a tool's turn holds its result as canonical JSON.
        calls: What an assistant's turn calls.
    """

    role: Role
    content: str
    calls: tuple[ToolUse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Turns that end with the assistant's; what it is trained to say is its own turns.

    Attributes:
        messages: In order; at most one system turn, the first.
        tools: Names of the tools that are offered; they may go unused.
        answer: The final answer as canonical text; empty where nothing can be checked.
    """

    messages: tuple[Message, ...]
    origin: Origin
    tools: tuple[str, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencePair:
    """Two continuations of one prompt, the first better.

    Attributes:
        prompt: The turns before.
        chosen: The better assistant's turn.
        rejected: The worse one.
        fault: What is wrong with the worse one.
    """

    prompt: tuple[Message, ...]
    chosen: str
    rejected: str
    fault: Fault
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedChain:
    """A solution in steps, and which of them are right.

    Attributes:
        question: The problem.
        steps: In order; joined by the format's own mark.
        n_right: How many steps from the first are right; the next one is the first wrong step.
        is_right: Whether the final answer is right.
        fault: What kind of slip; None in a right chain.
        system: Who wrote it, such as `exact`, `mutation` or a checkpoint with its temperature;
            the double hold-out keeps whole systems apart.
    """

    question: str
    steps: tuple[str, ...]
    n_right: int
    is_right: bool
    origin: Origin
    fault: Fault | None = None
    system: str = "exact"

    @property
    def labels(self) -> tuple[bool, ...]:
        """One label a step: right up to the first slip, wrong from there on."""
        return tuple(index < self.n_right for index in range(len(self.steps)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinClaims:
    """A true statement about a problem and its false twin, in the same words.

    Attributes:
        question: What the claims are about; empty where they stand by themselves.
        true: Holds.
        false: Does not, by a plausible slip.
        fault: The slip.
    """

    question: str
    true: str
    false: str
    fault: Fault
    origin: Origin


Example: TypeAlias = "Conversation | PreferencePair | JudgedChain | TwinClaims"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emission:
    """Everything that one blueprint says of one instance; what does not apply is empty.

    Attributes:
        conversations: Question and explained solution, sub-questions, tool loops.
        pairs: Right against wrong.
        chains: Right and wrong programs, step by step.
        claims: True and false twins.
    """

    conversations: tuple[Conversation, ...] = ()
    pairs: tuple[PreferencePair, ...] = ()
    chains: tuple[JudgedChain, ...] = ()
    claims: tuple[TwinClaims, ...] = field(default_factory=tuple)
