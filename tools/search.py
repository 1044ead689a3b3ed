"""The tool `search`: looks something up in the documents that a retriever holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from engine.domain.errors import DependencyUnavailableError
from engine.domain.passage import Passage
from engine.domain.tool import ToolResult, ToolStatus
from engine.ports import Clock, Retriever
from tools.tool import MAX_TEXT_CHARS, Example, ToolInput, ToolOutput, ToolSpec

MAX_PASSAGES = 10

_NOTHING = "Nothing was found. Ask for it in other words, or for something more general."
_CUT = " [cut]"


class SearchInput(ToolInput):
    """A question to the documents."""

    query: str = Field(
        min_length=1,
        max_length=500,
        pattern=r"\S",
        description="What to look for: a question, or a few words that the passage would hold.",
    )
    n_passages: int = Field(
        default=3, ge=1, le=MAX_PASSAGES, description="The most passages to return."
    )


class FoundPassage(BaseModel):
    """One passage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(description="Its words.")
    source: str = Field(description="Which document, and where in it.")
    score: float = Field(description="How well it fits; higher is better.")


class SearchOutput(ToolOutput):
    """What was found, the best first."""

    passages: list[FoundPassage] = Field(description="Empty where nothing was found.")


class Search:
    """Implements :class:`tools.tool.Tool` over the port `Retriever`.

    A passage is text of somebody's: it is shown under its number and its source, and runs nothing.
    Nothing found is a result; documents that cannot be reached are a failed run.
    """

    NAME: ClassVar[str] = "search"
    SPEC: ClassVar[ToolSpec] = ToolSpec(
        name=NAME,
        version="search/1",
        summary=(
            "Looks something up in the documents that were made available, and returns the "
            "passages that fit best with their sources. Use it for facts; it computes nothing."
        ),
        input_model=SearchInput,
        output_model=SearchOutput,
        examples=(
            Example(purpose="a fact", arguments={"query": "boiling point of ethanol"}),
            Example(
                purpose="a wider look", arguments={"query": "uses of ethanol", "n_passages": 5}
            ),
        ),
    )

    def __init__(self, clock: Clock, retriever: Retriever) -> None:
        """Take the clock that durations are measured with, and the documents."""
        self._clock = clock
        self._retriever = retriever

    @property
    def spec(self) -> ToolSpec:
        """What callers see."""
        return self.SPEC

    async def run(self, arguments: SearchInput, *, seed: int = 0) -> ToolResult:  # noqa: ARG002
        """Look once."""
        start_ms = self._clock.now_ms()
        try:
            found = await self._retriever.retrieve(arguments.query, arguments.n_passages)
        except DependencyUnavailableError as error:
            return ToolResult(
                status=ToolStatus.FAILED,
                error=str(error),
                version=self.SPEC.version,
                duration_ms=self._clock.now_ms() - start_ms,
            )
        kept = _cut(found[: arguments.n_passages])
        return ToolResult(
            status=ToolStatus.OK,
            output=_render(kept),
            detail={
                "passages": [
                    {"text": one.text, "source": one.source, "score": one.score} for one in kept
                ]
            },
            version=self.SPEC.version,
            duration_ms=self._clock.now_ms() - start_ms,
        )


def _render(passages: Sequence[Passage]) -> str:
    numbered = enumerate(passages, start=1)
    blocks = (f"[{number}] {one.source}\n{one.text}" for number, one in numbered)
    return "\n\n".join(blocks) or _NOTHING


def _cut(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Share the room for text evenly; what is cut says so."""
    room = MAX_TEXT_CHARS // max(1, len(passages))
    return tuple(
        one
        if len(one.text) <= room
        else Passage(text=one.text[:room] + _CUT, source=one.source, score=one.score)
        for one in passages
    )
