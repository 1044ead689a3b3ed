"""One prompt: its id, and the pure rendering of its text.

The text of a caller is data. It is put in once and never looked at again, so braces in it mean
nothing, and the marks by which a model tells its turns apart are broken up, so that no problem can
pose as the end of itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.domain.canonical import portable_text
from engine.domain.errors import UnknownPromptError
from engine.ports import Message
from engine.prompts.tool_form import ToolForm

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# How most chat templates write their marks, whatever stands between the bars.
BAR_MARK = r"<\|[^|<>\s]{1,64}\|>"
# What the model wrote before, and goes on from: every blank of it counts.
OWN_TEXT = "steps"
# The tools on offer: described, or named where the model has a form of its own for them.
TOOLS = "tools"


class Reading(StrEnum):
    """How what the model writes for a prompt is read.

    ``TEXT``: as text in which an answer may be marked. ``CALLS``: the same, but a step that ends
    with the call of a tool is followed by the tool's run. ``PROGRAM``: as a call whose result is
    the answer. ``PART``: as text that the model was asked to end before the solution does, so
    that its end is not the path's.
    """

    TEXT = "text"
    CALLS = "calls"
    PROGRAM = "program"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A versioned prompt.

    Attributes:
        name: ``set/role``.
        version: Another text has another version.
        template: Plain text with ``{variable}`` for a completions endpoint, messages whose
            contents are such texts for a chat endpoint.
        marks: Texts that mean something to the model and nothing in a variable.
        own_marks: Those of them that the model writes itself, and that stay whole in its text.
        folds_whitespace: Whether each run of whitespace in a variable becomes one blank.
        stop: Texts that end a step of this prompt; empty for those of the model's profile.
        reading: How what the model writes is read.
        tool_form: How tools stand in the model's text; ``None`` for the form that models which
            follow instructions are told of.
    """

    name: str
    version: int
    template: str | tuple[Message, ...]
    marks: tuple[str, ...] = ()
    own_marks: tuple[str, ...] = ()
    folds_whitespace: bool = False
    stop: tuple[str, ...] = ()
    reading: Reading = Reading.TEXT
    tool_form: ToolForm | None = None

    def __post_init__(self) -> None:
        """Refuse marks that no blank could break up, and stop texts that stop nothing."""
        if any(len(mark) < 2 or re.search(r"\s", mark) for mark in self.marks):  # noqa: PLR2004
            raise ValueError(
                f"a mark of {self.prompt_id} is shorter than two characters or holds a blank"
            )
        if not all(self.stop):
            raise ValueError(f"a stop text of {self.prompt_id} is empty")

    @property
    def prompt_id(self) -> str:
        """The name that the log knows it by."""
        return f"{self.name}@{self.version}"

    @property
    def joint(self) -> str | None:
        """What stands between two texts of a path; ``None`` for what the profile says."""
        return None if self.tool_form is None else ""

    def find_lead(self, steps: str) -> str:
        """Return what the model is made to begin with, behind these steps of its own."""
        return "" if self.tool_form is None or steps else self.tool_form.lead

    def render_result(self, described: str) -> str:
        """Return what is put behind a call, in which no mark stands but the form's own.

        Args:
            described: The JSON of what came back.

        Raises:
            UnknownPromptError: When the prompt has no form of its own for it.
        """
        if self.tool_form is None:
            raise UnknownPromptError(f"the prompt {self.prompt_id} has no form for results")
        return self.tool_form.render_result(break_marks(self._tidy(described), self.marks))

    def render(self, variables: Mapping[str, str]) -> str | tuple[Message, ...]:
        """Return the prompt with its variables put in; messages without content are left out.

        Raises:
            UnknownPromptError: When the template names a variable that is not given.
        """
        values = {name: self._prepare(name, text) for name, text in variables.items()}
        if isinstance(self.template, str):
            return self._fill(self.template, values)
        filled = (
            Message(role=message.role, content=self._fill(message.content, values))
            for message in self.template
        )
        return tuple(message for message in filled if message.content.strip())

    def _prepare(self, name: str, text: str) -> str:
        if name != OWN_TEXT:
            broken = break_marks(self._tidy(text), self.marks)
            form = self.tool_form if name == TOOLS else None
            return broken if form is None else form.render_offer(broken.split())
        foreign = tuple(mark for mark in self.marks if mark not in self.own_marks)
        return break_marks(portable_text(text), foreign) + self.find_lead(text)

    def _tidy(self, text: str) -> str:
        portable = portable_text(text)
        return " ".join(portable.split()) if self.folds_whitespace else portable.strip()

    def _fill(self, template: str, values: Mapping[str, str]) -> str:
        missing = set(PLACEHOLDER.findall(template)) - set(values)
        if missing:
            raise UnknownPromptError(
                f"the prompt {self.prompt_id} needs {', '.join(sorted(missing))}"
            )
        return PLACEHOLDER.sub(lambda match: values[match[1]], template)


def break_marks(text: str, marks: tuple[str, ...]) -> str:
    """Return the text with a blank put into each mark behind its first character."""
    pattern = re.compile("|".join([BAR_MARK, *(re.escape(mark) for mark in marks)]))
    # Marks may overlap, so breaking one up can leave the next; each round leaves fewer.
    while pattern.search(text):
        text = pattern.sub(lambda match: f"{match[0][0]} {match[0][1:]}", text)
    return text
