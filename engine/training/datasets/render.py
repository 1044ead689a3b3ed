"""A conversation as its model reads it, and which of the tokens it is trained on.

The text comes from the model's own chat template. Only what the assistant says is trained, its
end-of-turn mark included: a template that marks it (`{% generation %}`) is believed; of any other
the places are found by rendering the conversation again with one turn changed. Where a template
knows no tools, or no system turn, these are written as the engine itself writes them for such
models: a call as a fenced block at the end of the reply, its result as a block of output in the
user's next turn, the tools and the system's words in front of the first question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from transformers import PreTrainedTokenizerBase

from engine.answers.call import render_call
from engine.answers.call_description import describe_tools
from engine.answers.call_observation import render_observation
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.training.datasets.chat_template import ChatTemplate, Span
from engine.training.datasets.turn import message_row
from engine.training.errors import DatasetError
from engine.training.example import Conversation, Message, Role

OBSERVED: Final = "data"

_ID_LETTERS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A conversation as a model reads it.

    Attributes:
        text: What the template made.
        ids: Its tokens.
        mask: Which of them are trained; as long as `ids`.
    """

    text: str
    ids: tuple[int, ...]
    mask: tuple[bool, ...]

    @property
    def labels(self) -> tuple[int, ...]:
        """The tokens, and -100 where none is trained, as trainers take them."""
        return tuple(i if on else -100 for i, on in zip(self.ids, self.mask, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How conversations are rendered for one model.

    Attributes:
        tokenizer: The model's own, a fast one, with its chat template.
        schemas: What is told of each tool, by name, as function calling describes it; a tool that
            has no entry is told of by its name alone.
    """

    tokenizer: PreTrainedTokenizerBase
    schemas: Mapping[str, Mapping[str, Any]]

    def render(self, conversation: Conversation) -> Rendered:
        """Render a conversation.

        Raises:
            DatasetError: When the template refuses it, or the tokenizer tells no offsets.
        """
        template = ChatTemplate(self.tokenizer)
        fitted = fit_to_template(conversation, template, self.schemas)
        tools = [self._schema(name) for name in fitted.tools]
        rows = template_rows(fitted.messages)
        text, spans = template.render_with_spans(rows, tools)
        return _tokenized(text, spans, self.tokenizer)

    def _schema(self, name: str) -> Mapping[str, Any]:
        return tool_schema(name, self.schemas)


def render(
    conversation: Conversation,
    tokenizer: PreTrainedTokenizerBase,
    schemas: Mapping[str, Mapping[str, Any]] | None = None,
) -> Rendered:
    """Render one conversation through a tokenizer's chat template.

    Raises:
        DatasetError: As :meth:`Rendering.render`.
    """
    return Rendering(tokenizer=tokenizer, schemas=schemas or {}).render(conversation)


def tool_schema(name: str, schemas: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A tool as function calling describes it."""
    unknown = {"name": name, "description": "", "parameters": {"type": "object", "properties": {}}}
    return {"type": "function", "function": schemas.get(name, unknown)}


def fit_to_template(
    conversation: Conversation,
    template: ChatTemplate,
    schemas: Mapping[str, Mapping[str, Any]],
) -> Conversation:
    """The conversation without what the template does not know."""
    fitted = conversation
    if not template.knows_tools and _uses_tools(conversation):
        fitted = _in_text(conversation, schemas)
    if not template.knows_system and fitted.messages[0].role is Role.SYSTEM:
        fitted = replace(fitted, messages=_without_system(fitted.messages))
    return fitted


def template_rows(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Turns as templates take them: calls and their results share an id of nine letters."""
    rows: list[dict[str, Any]] = []
    open_ids: list[str] = []
    n_calls = 0
    for message in messages:
        row = message_row(message)
        for call in row.get("tool_calls", ()):
            call["id"] = f"call{n_calls:0{_ID_LETTERS - 4}d}"
            open_ids.append(call["id"])
            n_calls += 1
        if message.role is Role.TOOL:
            row["tool_call_id"] = open_ids.pop(0) if open_ids else "call00000"
        rows.append(row)
    return rows


def _uses_tools(conversation: Conversation) -> bool:
    called = any(m.calls or m.role is Role.TOOL for m in conversation.messages)
    return called or bool(conversation.tools)


def _in_text(conversation: Conversation, schemas: Mapping[str, Mapping[str, Any]]) -> Conversation:
    """The conversation with its tools, calls and results written out as text."""
    told = describe_tools([tool_schema(name, schemas) for name in conversation.tools])
    messages = [_message_in_text(message) for message in conversation.messages]
    if told:
        first = messages[0]
        has_system = first.role is Role.SYSTEM
        system = f"{first.content}\n\n{told}" if has_system else told
        messages[: int(has_system)] = [Message(role=Role.SYSTEM, content=system)]
    return replace(conversation, messages=tuple(messages), tools=())


def _message_in_text(message: Message) -> Message:
    if message.role is Role.TOOL:
        result = ToolResult(
            status=ToolStatus.OK, output=_output(message.content), version=OBSERVED
        )
        return Message(role=Role.USER, content=render_observation(result))
    blocks = [render_call(ToolCall(name=c.name, arguments=c.arguments)) for c in message.calls]
    text = "\n\n".join(part for part in (message.content, *blocks) if part)
    return Message(role=message.role, content=text)


def _output(content: str) -> str:
    """What a result says: the text itself where it is one JSON text, else its JSON."""
    try:
        value = json.loads(content)
    except ValueError:
        return content
    return value if isinstance(value, str) else content


def _without_system(messages: Sequence[Message]) -> tuple[Message, ...]:
    system, *others = messages
    if not others or others[0].role is not Role.USER:
        raise DatasetError("the template knows no system turn, and no question follows it")
    joined = f"{system.content}\n\n{others[0].content}"
    return (replace(others[0], content=joined), *others[1:])


def _tokenized(text: str, spans: Sequence[Span], tokenizer: PreTrainedTokenizerBase) -> Rendered:
    if not tokenizer.is_fast:
        raise DatasetError("the tokenizer tells no offsets: a fast one is needed")
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    offsets = encoded["offset_mapping"]
    mask = tuple(any(s.start <= a < s.end and b > a for s in spans) for a, b in offsets)
    return Rendered(text=text, ids=tuple(encoded["input_ids"]), mask=mask)
