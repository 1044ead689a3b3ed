"""The fixed prompts on which two versions are compared: read from a file, or told by stories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from engine.training import surface
from engine.training.datasets.json_lines import read_rows
from engine.training.errors import DatasetError
from engine.training.evaluation_set import Item, read_item, to_item
from engine.training.problem import Split
from engine.training.stories.draw import StoryTemplate, retell
from engine.training.stories.reader import shipped_stories
from engine.training.stories.story import Story, StoryQuestion

# Of a phrasing's variants about one in twelve is of the test split.
_TRIES: Final = 40
_MIN_TELLINGS: Final = 2
_MAX_STORIES_TRIED: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One fixed prompt.

    Attributes:
        id: Names it in both versions' answers.
        problem: The question, on one line.
        item: The question with its answer; None where it is not known.
        tools: Names of the tools offered; None where no tool is asked for.
        paraphrases: The same question in other words.
    """

    id: str
    problem: str
    item: Item | None = None
    tools: tuple[str, ...] | None = None
    paraphrases: tuple[str, ...] = ()


def read_prompts(path: Path) -> tuple[Prompt, ...]:
    """Read JSON lines of `id`, `problem` and optionally `answer`, `tools`, `paraphrases`.

    Raises:
        DatasetError: A row is no prompt, two share an id, or there is none.
    """
    found: dict[str, Prompt] = {}
    for number, row in read_rows(path):
        prompt = _read_prompt(row, f"{path}, line {number}")
        if prompt.id in found:
            raise DatasetError(f"{path}, line {number}: the id {prompt.id!r} is taken")
        found[prompt.id] = prompt
    if not found:
        raise DatasetError(f"{path} holds no prompt")
    return tuple(found.values())


def draw_prompts(n_prompts: int, *, seed: int) -> tuple[Prompt, ...]:
    """Draw questions of stories in wordings that training never saw, each told several ways.

    Story, numbers, names and question are the same in all tellings. A prompt has as many
    paraphrases as the story has other phrasings of the test split; one that cannot be answered
    has none.

    Raises:
        DatasetError: The stories do not bring so many different questions.
    """
    rng = Random(f"drift:{seed}")
    stories = shipped_stories()
    found: dict[str, Prompt] = {}
    for _ in range(n_prompts * _MAX_STORIES_TRIED):
        if len(found) == n_prompts:
            return tuple(found.values())
        prompt = _tell(rng.choice(stories), rng, f"story-{len(found):04d}")
        if prompt is not None:
            found.setdefault(prompt.problem, prompt)
    raise DatasetError(f"the stories bring {len(found)} questions with paraphrases, no more")


def _tell(story: Story, rng: Random, name: str) -> Prompt | None:
    """One question of a story; None when it cannot be told in as many ways as it has to be."""
    question = rng.choice(story.questions)
    tellings = [_draw_test(story, question, text, rng) for text in story.phrasings]
    templates = [telling for telling in tellings if telling is not None]
    # The wordings of what cannot be answered ask for different things: it is told once.
    n_least = _MIN_TELLINGS if question.program else 1
    if len(templates) < n_least:
        return None
    chosen = templates if question.program else templates[:1]
    told = {problem.question: to_item(problem) for problem in retell(chosen, rng)}
    if len(told) < n_least:
        return None
    first, *others = told
    return Prompt(id=name, problem=first, item=told[first], paraphrases=tuple(others))


def _draw_test(
    story: Story, question: StoryQuestion, phrasing: str, rng: Random
) -> StoryTemplate | None:
    for _ in range(_TRIES):
        template = StoryTemplate(
            story=story,
            question=question,
            told=surface.choose(phrasing, rng),
            asked=surface.choose(rng.choice(question.wordings), rng),
        )
        if template.split is Split.TEST:
            return template
    return None


def _read_prompt(row: Mapping[str, Any], place: str) -> Prompt:
    problem = row.get("problem")
    if not isinstance(problem, str) or not problem.strip():
        raise DatasetError(f"{place}: a prompt has an id and a problem")
    if not isinstance(row.get("id"), str | int):
        raise DatasetError(f"{place}: the id is a text or a number")
    item = None
    if row.get("answer") is not None:
        item = read_item({"problem": problem, "answer": row["answer"]})
        if item is None:
            raise DatasetError(f"{place}: the answer {row['answer']!r} is no number")
    tools = row.get("tools")
    return Prompt(
        id=str(row["id"]),
        problem=" ".join(problem.split()),
        item=item,
        tools=None if tools is None else _read_texts(tools, "tools", place),
        paraphrases=_read_texts(row.get("paraphrases") or [], "paraphrases", place),
    )


def _read_texts(value: Any, name: str, place: str) -> tuple[str, ...]:
    texts: Sequence[Any] = value if isinstance(value, list) else [None]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise DatasetError(f"{place}: {name} is a list of texts")
    return tuple(" ".join(text.split()) for text in texts)
