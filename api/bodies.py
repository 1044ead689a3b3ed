"""Request bodies: what may be sent, checked in full before anything happens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from api.refusals import FieldFault, InvalidFieldsError
from engine.domain.problem import MAX_PROBLEM_CHARS

MAX_COUNT = (1 << 53) - 1
MAX_METADATA_PAIRS = 16
MAX_TEXT_CHARS = 100_000
MAX_CACHE_AGE_S = 10 * 366 * 86_400
ROUTER = "auto"
FIRST_YEAR, LAST_YEAR = 1970, 9000

Scope = Literal["jobs:read", "jobs:write", "tools", "admin"]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _rfc_3339(value: Any) -> Any:
    # Pydantic would also take Unix times and bare dates, which leave the offset to be guessed.
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise ValueError("must be an RFC 3339 time with its offset, like 2027-01-31T12:00:00Z")
    return value


def _within_reach(moment: datetime) -> datetime:
    # An offset can carry a time past what a date can be, and past what Postgres' driver reads.
    try:
        shifted = moment.astimezone(UTC)
    except OverflowError:
        shifted = None
    if shifted is None or not FIRST_YEAR <= shifted.year <= LAST_YEAR:
        raise ValueError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}, in UTC")
    return shifted


_RFC_3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})"
)
Moment = Annotated[
    AwareDatetime,
    Field(strict=False, description="RFC 3339, with the offset from UTC."),
    BeforeValidator(_rfc_3339, json_schema_input_type=str),
    AfterValidator(_within_reach),
]
Count = Annotated[int, Field(ge=1, le=MAX_COUNT)]
Priority = Annotated[int, Field(ge=-100, le=100, description="Higher goes first.")]
QueueName = Literal["interactive", "batch"]
Retention = Annotated[
    int, Field(ge=1, le=36_500, description="At most what the server keeps by itself.")
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_CHARS)]
Metadata = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=64)],
        Annotated[str, StringConstraints(max_length=512)],
    ],
    Field(max_length=MAX_METADATA_PAIRS, description="Labels of your own."),
]


class Body(BaseModel):
    """Unknown fields and wrong types are refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class BudgetBody(Body):
    """Limits on one search; absent means unlimited."""

    tokens: Count | None = Field(default=None, description="Tokens generated.")
    seconds: Annotated[float, Field(gt=0, le=MAX_COUNT)] | None = Field(
        default=None, description="Seconds of running, summed over attempts."
    )
    model_calls: Count | None = Field(default=None, description="Requests sent to a model.")
    nodes: Count | None = Field(default=None, description="Nodes opened in the search tree.")
    money: Annotated[float, Field(gt=0, le=MAX_COUNT)] | None = Field(
        default=None, description="Cost of tokens, in the units of the server's prices."
    )


class TimesBody(Body):
    """When a job is to be run, and how long what it leaves is kept."""

    deadline: Moment | None = Field(default=None, description="When the job must have ended.")
    start_by: Moment | None = Field(
        default=None, description="When it must have begun; a job that has not is not billed."
    )
    retention_days: Retention | None = None


class CacheBody(Body):
    """Which earlier results may answer a request."""

    max_age_s: Annotated[float, Field(gt=0, le=MAX_CACHE_AGE_S)] = Field(
        description="How long ago the earlier job may have ended."
    )


class JobBody(TimesBody):
    """A problem, and how to search for its answer."""

    type: Literal["solve"] = "solve"
    problem: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_PROBLEM_CHARS),
        AfterValidator(_not_blank),
    ] = Field(description="The question.")
    strategy: str | None = Field(
        default=None, max_length=100, description="A name of /v1/strategies; absent: its default."
    )
    effort: Literal["auto", "quick", "standard", "deep"] | None = Field(
        default=None,
        description="How much may be tried: short for the strategy auto with this setting.",
    )
    settings: dict[str, Any] = Field(
        default={}, description="Settings of the strategy, by the schema that it publishes."
    )
    verifier: str | None = Field(
        default=None,
        max_length=100,
        description="Who judges: a name of the verifiers that /v1/strategies lists; absent: its "
        "default.",
    )
    budget: BudgetBody = BudgetBody()
    seed: int | None = Field(
        default=None, ge=0, le=MAX_COUNT, description="Another seed draws other samples."
    )
    priority: Priority = 0
    queue: QueueName = "interactive"
    metadata: Metadata = {}
    cache: CacheBody | None = Field(
        default=None,
        description="Allows the result of an equal request of yours to answer this one.",
    )

    @property
    def search(self) -> tuple[str | None, dict[str, Any]]:
        """The strategy and its settings, an effort spelt out: what is short for it is the same."""
        if self.effort is None:
            return self.strategy, self.settings
        return ROUTER, {"effort": self.effort, **self.settings}

    @model_validator(mode="after")
    def _check_effort(self) -> Self:
        if self.effort is None:
            return self
        if self.strategy not in (None, ROUTER) or "effort" in self.settings:
            raise ValueError(
                f"effort is short for the strategy {ROUTER!r} and its setting of that name; "
                "give one or the other"
            )
        return self


class ContinueBody(TimesBody):
    """What a job that goes on from another has of its own; the rest is as it was there."""

    budget: BudgetBody | None = Field(
        default=None,
        description="What may be spent from now on; absent: once more the limits that the other "
        "job had.",
    )
    priority: Priority | None = None
    queue: QueueName | None = None
    metadata: Metadata | None = None


class ExtendBody(ContinueBody):
    """A search that has ended, to go on with."""

    settings: dict[str, Any] = Field(
        default={}, description="Settings that change, such as more `samples`."
    )


class ChangeBody(Body):
    """What is another from a node on. A replaced text is taken for the node's own outcome."""

    seed: int | None = Field(
        default=None, ge=0, le=MAX_COUNT, description="Draws what follows with another seed."
    )
    strategy: str | None = Field(
        default=None,
        max_length=100,
        description="Goes on with another strategy: from what was drawn, if both draw samples, "
        "else from the path up to the node.",
    )
    settings: dict[str, Any] = Field(
        default={}, description="Settings that change; of another strategy, all that are given."
    )
    verifier: str | None = Field(
        default=None,
        max_length=100,
        description="Has another verifier judge, by a name of those that /v1/strategies lists. "
        "Samples stay and are judged anew; where scores have led the search, it begins with the "
        "path up to the node.",
    )
    thought: Text | None = Field(
        default=None, description="What the model is to have written at the node."
    )
    tool_result: Text | None = Field(
        default=None, description="What the tool is to have answered at the node."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [name for name, value in self if value not in (None, {})]
        if not given:
            raise ValueError("must hold at least one change")
        if self.thought is not None and self.tool_result is not None:
            raise ValueError("a node holds a thought or a tool's result, not both")
        return self


class ForkBody(ContinueBody):
    """A node to go on from in another way."""

    node: str = Field(
        min_length=1,
        max_length=100,
        description="A node that has ended, as the trace names it; or `root`, the problem itself.",
    )
    part: int | None = Field(
        default=None,
        ge=0,
        le=MAX_COUNT,
        description="Of a node that lists proposals, the one, from 0 on, that another strategy "
        "goes on from.",
    )
    change: ChangeBody


class KeyBody(Body):
    """An API key to be made."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="A line for people."
    )
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=8)] = ["jobs:read", "jobs:write"]
    expires_at: Moment | None = None


B = TypeVar("B", bound=Body)


def check_body(kind: type[B], value: Any) -> B:
    """Return a parsed JSON value as a body.

    Raises:
        InvalidFieldsError: With every fault of it.
    """
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidFieldsError(tuple(_fault(item) for item in found)) from None


def render_pointer(*path: str | int) -> str:
    """Return the JSON pointer (RFC 6901) to a place in the body."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def render_moment(moment: datetime | None) -> str | None:
    """Return a time as RFC 3339 in UTC."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


_CODES: Mapping[str, str] = {
    "extra_forbidden": "unknown-field",
    "missing": "required",
    "value_error": "invalid",
}


def _fault(found: Mapping[str, Any]) -> FieldFault:
    # Pydantic marks the key of a mapping, where that is at fault, by a last part of its own.
    path = [part for part in found["loc"] if part != "[key]"]
    kind = str(found["type"])
    return FieldFault(
        pointer=render_pointer(*path),
        code=_CODES.get(kind, kind.replace("_", "-")),
        detail=str(found["msg"]).removeprefix("Value error, "),
    )
