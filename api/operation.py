"""An operation over HTTP, as a value: what the gate asks for and what the description tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api.parameters import Parameter
from api.schemas import Name


class Scope(StrEnum):
    """What a key may do."""

    READ = "jobs:read"
    WRITE = "jobs:write"
    TOOLS = "tools"
    ADMIN = "admin"


class Tag(StrEnum):
    """Where an operation stands in the reference."""

    JOBS = "Jobs"
    ANSWERS = "Answers and traces"
    CATALOGUE = "Catalogue"
    TOOLS = "Tools"
    KEYS = "Keys"
    SERVER = "Server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One way an operation ends well.

    Attributes:
        description: When.
        schema: Name of the body's schema; ``None`` for no JSON body.
        media_type: Of the body; empty for none.
        headers: Names of the headers worth knowing.
    """

    description: str
    schema: Name | None = None
    media_type: str = "application/json"
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation.

    Attributes:
        summary: One line.
        tag: Where it stands in the reference.
        scope: What the key must allow; ``None`` asks for no key.
        replies: By status.
        parameters: Of path, query and headers.
        body: The request's body.
        refusals: Codes of the problems that are its own; those of every operation are left out.
        description: What the summary leaves open.
    """

    summary: str
    tag: Tag
    scope: Scope | None
    replies: Mapping[int, Reply]
    parameters: tuple[Parameter, ...] = ()
    body: type[Any] | None = None
    refusals: tuple[str, ...] = ()
    description: str = ""
