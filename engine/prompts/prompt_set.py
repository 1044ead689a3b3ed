"""The prompts of one model family, read from the files that ship with the package."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from engine.domain.errors import UnknownPromptError
from engine.ports import Message
from engine.prompts.prompt import Prompt, Reading
from engine.prompts.tool_form import ToolForm

SUFFIX = ".toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSet:
    """All prompts that one kind of model understands.

    Attributes:
        name: Its name, as model profiles know it.
        prompts: Role (``solve``) to prompt.
    """

    name: str
    prompts: Mapping[str, Prompt]

    def prompt_ids(self) -> dict[str, str]:
        """Return each role with the id of its prompt, as event 1 pins them."""
        return {role: prompt.prompt_id for role, prompt in sorted(self.prompts.items())}

    @property
    def tells_by_name(self) -> bool:
        """Whether the tools on offer are told of by their names alone."""
        return any(prompt.tool_form is not None for prompt in self.prompts.values())

    def find_joints(self) -> dict[str, str]:
        """Return what stands between the texts of a path, for the roles that say so themselves."""
        joints = {role: prompt.joint for role, prompt in self.prompts.items()}
        return {role: joint for role, joint in joints.items() if joint is not None}

    def render(self, role: str, variables: Mapping[str, str]) -> str | tuple[Message, ...]:
        """Return the prompt of a role with its variables put in.

        Raises:
            UnknownPromptError: Listing the known roles, or naming the missing variables.
        """
        if role not in self.prompts:
            known = ", ".join(sorted(self.prompts))
            raise UnknownPromptError(
                f"the prompt set {self.name!r} has no {role!r}; it has {known}"
            )
        return self.prompts[role].render(variables)


@cache
def load_prompt_set(name: str) -> PromptSet:
    """Read a set of prompts: once, since its files ship with the package.

    Raises:
        UnknownPromptError: Listing the known sets.
    """
    names = list_prompt_sets()
    # The name is compared, never joined to a path as it came.
    if name not in names:
        raise UnknownPromptError(f"no prompt set {name!r}; there are {', '.join(names)}")
    found = [entry for entry in (_root() / name).iterdir() if entry.name.endswith(SUFFIX)]
    return PromptSet(
        name=name,
        prompts={
            entry.name.removesuffix(SUFFIX): parse_prompt(entry.read_text(encoding="utf-8"))
            for entry in found
        },
    )


def list_prompt_sets() -> tuple[str, ...]:
    """Return the names of the sets that ship with the package."""
    return tuple(sorted(entry.name for entry in _root().iterdir() if entry.is_dir()))


def parse_prompt(source: str) -> Prompt:
    """Read one prompt file.

    Raises:
        UnknownPromptError: When the file is no prompt.
    """
    try:
        fields = tomllib.loads(source)
        return Prompt(
            name=fields.pop("id"),
            version=fields.pop("version"),
            marks=tuple(fields.pop("marks", ())),
            own_marks=tuple(fields.pop("own_marks", ())),
            folds_whitespace=fields.pop("folds_whitespace", False),
            stop=tuple(fields.pop("stop", ())),
            reading=Reading(fields.pop("reading", Reading.TEXT)),
            tool_form=_read_form(fields.pop("tool_form", None)),
            template=_read_template(fields),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownPromptError(f"the file is no prompt: {error!r}") from error


def _read_form(fields: dict[str, Any] | None) -> ToolForm | None:
    if fields is None:
        return None
    known = tuple(fields.pop("known"))
    return ToolForm(known=known, **fields)


def _read_template(fields: dict[str, Any]) -> str | tuple[Message, ...]:
    match fields:
        case {"text": str(text), **others} if not others:
            return text
        case {"messages": [*messages], **others} if not others:
            return tuple(
                Message(role=message["role"], content=message["content"].strip())
                for message in messages
            )
        case _:
            raise ValueError(
                f"a prompt holds either text or messages, and no more; found {sorted(fields)}"
            )


def _root() -> Traversable:
    return files("engine.prompts") / "sets"
