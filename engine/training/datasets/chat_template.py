"""A tokenizer's chat template: what it knows, and where in its text the assistant speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

from jinja2 import TemplateError
from transformers import PreTrainedTokenizerBase
from transformers.utils.chat_template_utils import render_jinja_template

from engine.training.errors import DatasetError
from engine.training.example import Role

# Marks by which published templates end a turn, beside the tokenizer's own end of text.
TURN_ENDS: Final = (
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end|>",
    "<end_of_turn>",
    "</s>",
    "<|endoftext|>",
)

_GENERATION: Final = re.compile(r"\{%-?\s*generation\s*-?%\}")
_STRANGE: Final = "zqx-changed-xqz"
_PROBE_CALL: Final = "probe_tool"
_PROBE_RESULT: Final = "probe-result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a text, in characters."""

    start: int
    end: int


class ChatTemplate:
    """One tokenizer's chat template.

    Args:
        tokenizer: What holds it.

    Raises:
        DatasetError: When it holds none.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        source = tokenizer.chat_template
        if isinstance(source, dict):
            source = source.get("tool_use") or source.get("default")
        if not isinstance(source, str):
            raise DatasetError("the tokenizer has no chat template")
        self._source = source
        self._special: dict[str, Any] = dict(tokenizer.special_tokens_map)
        end = tokenizer.eos_token
        self._turn_ends = (*TURN_ENDS, end) if isinstance(end, str) else TURN_ENDS

    @cached_property
    def knows_tools(self) -> bool:
        """Whether a call and its result appear in the template's text."""
        call = {"name": _PROBE_CALL, "arguments": {"text": "x"}}
        rows = [
            {"role": "user", "content": "q"},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"type": "function", "id": "call00000", "function": call}],
            },
            {"role": "tool", "content": f'"{_PROBE_RESULT}"', "tool_call_id": "call00000"},
            {"role": "assistant", "content": "a"},
        ]
        text = self._try_render(rows)
        return text is not None and _PROBE_CALL in text and _PROBE_RESULT in text

    @cached_property
    def knows_system(self) -> bool:
        """Whether a system turn appears in the template's text."""
        rows = [
            {"role": "system", "content": _STRANGE},
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": "a"},
        ]
        text = self._try_render(rows)
        return text is not None and _STRANGE in text

    def render_with_spans(
        self, rows: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
    ) -> tuple[str, tuple[Span, ...]]:
        """The text of a conversation, and the stretches that the assistant says.

        Raises:
            DatasetError: When the template refuses the conversation.
        """
        if _GENERATION.search(self._source):
            text, marked = self._render(rows, tools, marks=True)
            return text, tuple(Span(start=start, end=end) for start, end in marked)
        text = self.render(rows, tools)
        spans = [
            self._find_span(text, rows, index, tools)
            for index, row in enumerate(rows)
            if row["role"] == Role.ASSISTANT.value
        ]
        return text, tuple(spans)

    def render(
        self,
        rows: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]] = (),
        *,
        prompt: bool = False,
    ) -> str:
        """The text of a conversation; of a prompt, up to where the assistant begins.

        Raises:
            DatasetError: When the template refuses the conversation.
        """
        return self._render(rows, tools, prompt=prompt)[0]

    def _find_span(
        self,
        text: str,
        rows: Sequence[Mapping[str, Any]],
        index: int,
        tools: Sequence[Mapping[str, Any]],
    ) -> Span:
        """Where one assistant's turn stands, by what stays the same without it."""
        changed = self.render([*rows[:index], _changed(rows[index]), *rows[index + 1 :]], tools)
        start = _n_shared(text, changed)
        stop = len(text) - _n_shared(text[:start:-1], changed[:start:-1])
        prompt = self.render(rows[:index], tools, prompt=True)
        if text.startswith(prompt):
            # What the template puts in front of the words, such as an empty thought, is the
            # assistant's too: nobody else will write it.
            start = len(prompt)
        limit = self._next_start(text, rows, index, tools)
        return Span(start=start, end=self._turn_end(text, start, limit) or stop)

    def _next_start(
        self,
        text: str,
        rows: Sequence[Mapping[str, Any]],
        index: int,
        tools: Sequence[Mapping[str, Any]],
    ) -> int:
        """Where the words of the next turn begin; the end of the text behind the last."""
        if index + 1 == len(rows):
            return len(text)
        following = _changed(rows[index + 1])
        changed = self.render([*rows[: index + 1], following, *rows[index + 2 :]], tools)
        return _n_shared(text, changed)

    def _turn_end(self, text: str, start: int, limit: int) -> int:
        """Behind the last mark that ends a turn in a stretch; 0 when there is none."""
        ends = [(text.rfind(mark, start, limit), mark) for mark in self._turn_ends]
        place, mark = max(ends)
        return place + len(mark) if place >= 0 else 0

    def _try_render(self, rows: Sequence[Mapping[str, Any]]) -> str | None:
        try:
            return self.render(rows)
        except DatasetError:
            return None

    def _render(
        self,
        rows: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        *,
        prompt: bool = False,
        marks: bool = False,
    ) -> tuple[str, Sequence[tuple[int, int]]]:
        try:
            rendered = render_jinja_template(
                conversations=[[dict(row) for row in rows]],
                tools=[dict(tool) for tool in tools] or None,
                chat_template=self._source,
                add_generation_prompt=prompt,
                return_assistant_tokens_mask=marks,
                **self._special,
            )
        except (TemplateError, TypeError, ValueError) as error:
            raise DatasetError(f"the chat template refuses the conversation: {error}") from error
        # The library's annotation says otherwise than what it returns.
        texts, found = cast("tuple[list[str], list[list[tuple[int, int]]]]", rendered)
        return texts[0], found[0] if found else ()


def _n_shared(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginnings."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _changed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A turn of the same shape that says something else."""
    changed = {**row, "content": _STRANGE}
    if row.get("tool_calls"):
        changed["content"] = row["content"]
        changed["tool_calls"] = [
            {**call, "function": {"name": _STRANGE, "arguments": {_STRANGE: _STRANGE}}}
            for call in row["tool_calls"]
        ]
    return changed
