"""What a domain framework is, once its file has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.domain.canonical import JsonValue
from engine.domain.program import Program
from engine.training.example import Category
from engine.training.frameworks.scope import Scope

CALCULATOR: Final = "calculator"
# What a block may call; the registry of tools is no part of the engine, so they are named here,
# and a test holds them against it.
TOOLS: Final = (
    CALCULATOR,
    "chemistry",
    "execute_python",
    "logic_solver",
    "physics",
    "plot",
    "symbolic_math",
    "unit_convert",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallForm:
    """A call of a tool before its slots are filled.

    Attributes:
        tool: The tool's name.
        arguments: JSON with slots in its texts.
        read: Where the tool's result holds the answer: a field of its detail, the name of a
            quantity that was solved for, or `output`, the text itself. Empty when it holds none.
    """

    tool: str
    arguments: Mapping[str, JsonValue]
    read: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A reasoning block: one kind of question, with all that is needed to write many of it.

    Attributes:
        name: Unique in its framework.
        level: 1 is the simplest.
        scope: The variables: what each may be, and which of them fit together.
        asks: Wordings of the question, as sentence forms.
        program: Computes the answer; its values are slots of the texts below.
        answer: The answer as a text with slots; empty where the program or the tool has it.
        call: The call that answers the question.
        explain: Wordings of the explanation.
        say: Wordings of the final answer; `{answer}` stands for it.
        claims: Wordings of a statement that `{answer}` makes true.
    """

    name: str
    level: int
    scope: Scope
    asks: tuple[str, ...]
    program: Program | None = None
    answer: str = ""
    call: CallForm | None = None
    explain: tuple[str, ...] = ()
    say: tuple[str, ...] = ("{answer}",)
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Principle:
    """A principle of a domain, why it holds, how one reasons with it, and its blocks.

    Attributes:
        name: Unique in its framework.
        states: The principle in a sentence.
        because: The principles that explain it.
        logic: The steps of reasoning with it, in order.
        stage: A part of the domain, such as `classical`; empty where it has none.
        blocks: What is asked, from simple to hard.
    """

    name: str
    states: str
    because: tuple[str, ...]
    logic: tuple[str, ...]
    stage: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A domain as a curriculum.

    Attributes:
        domain: Its name, such as `units`.
        category: What a mixture of data balances.
        about: What the domain covers, in a sentence.
        principles: From the ones that others build on to those that build on them.
    """

    domain: str
    category: Category
    about: str
    principles: tuple[Principle, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks as a curriculum: by level, and in the file's order within one."""
        found = [block for principle in self.principles for block in principle.blocks]
        return tuple(sorted(found, key=lambda block: block.level))

    def count_levels(self) -> Mapping[int, int]:
        """How many blocks each level has."""
        levels = [block.level for block in self.blocks]
        return {level: levels.count(level) for level in dict.fromkeys(levels)}

    def path_of(self, block: Block) -> str:
        """The family of a block's examples: `units.speed`."""
        return f"{self.domain}.{block.name}"

    def principle_of(self, block: Block) -> Principle:
        """The principle that a block stands under."""
        return next(p for p in self.principles if any(b.name == block.name for b in p.blocks))
