"""What the server sends, as values: the one place that knows the field names of the HTTP API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from engine.domain.job_status import JobStatus
from scripts.svend.errors import ProtocolError

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as the server shows it.

    Attributes:
        job_id: Its id.
        status: Where it is.
        outcome: ``verified``, ``unverified`` or ``no_answer`` once it has succeeded.
        stop_reason: Why its search stopped.
        strategy: Which search.
        problem: The question, as far as the server still keeps it.
        answer: The answer's text, if there is one.
        created_at: RFC 3339.
        finished_at: RFC 3339, or ``None``.
        error: ``{code, detail, ...}`` of a failed job.
        data: Everything that the server sent.
    """

    job_id: str
    status: JobStatus
    outcome: str | None
    stop_reason: str | None
    strategy: str
    problem: str
    answer: str | None
    created_at: str
    finished_at: str | None
    error: Mapping[str, Any] | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """Some jobs, the newest first.

    Attributes:
        jobs: The jobs.
        cursor: What asks for the next page; ``None`` on the last.
    """

    jobs: tuple[Job, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """The samples that gave one answer.

    Attributes:
        text: The answer.
        n_votes: How many samples gave it.
    """

    text: str
    n_votes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The immutable result of a job.

    Attributes:
        job_id: Whose.
        outcome: ``verified``, ``unverified`` or ``no_answer``.
        stop_reason: Why the search stopped.
        answer: The answer's text, or ``None``.
        votes: All answers that were voted for, the winner first.
        n_ended: Samples that the vote looked at.
        n_abstained: How many of those did not vote.
        n_planned: Samples that the search would have drawn at most.
        vote_share: The winner's votes over ``n_ended``.
        confidence: Calibrated probability that the answer is right, or ``None``.
        calibration: Version of the calibrator, or ``none``.
        tokens_in: Prompt tokens.
        tokens_out: Generated tokens.
        model_calls: Requests sent to the model.
        cost: What the tokens cost, in the units of the server's prices.
        running_ms: How long it ran.
        n_programs: Executed programs that gave the answer.
        why: One sentence about the decision.
        data: Everything that the server sent.
    """

    job_id: str
    outcome: str
    stop_reason: str
    answer: str | None
    votes: tuple[Vote, ...]
    n_ended: int
    n_abstained: int
    n_planned: int
    vote_share: float | None
    confidence: float | None
    calibration: str
    tokens_in: int
    tokens_out: int
    model_calls: int
    cost: float
    running_ms: int
    n_programs: int
    why: str
    data: Mapping[str, Any]

    @property
    def is_tool_call(self) -> bool:
        """Whether a tool gave it, and no search."""
        return "tool" in self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as the server lists it; the secret is shown once, when it is made.

    Attributes:
        key_id: Its id, part of the key itself.
        name: What it is for.
        scopes: What it may do.
        created_at: RFC 3339.
        expires_at: RFC 3339, or ``None``.
        revoked_at: RFC 3339, or ``None``.
        last_used_at: RFC 3339, or ``None``.
        secret: The whole key, only right after making it.
    """

    key_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    secret: str | None


def _reading(
    what: str,
) -> Callable[[Callable[Arguments, Value]], Callable[Arguments, Value]]:
    """Turn a missing or mistyped field into an error that says what was being read."""

    def decorate(read: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
        @wraps(read)
        def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Value:
            try:
                return read(*args, **kwargs)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ProtocolError(
                    f"The server's {what} is not one that this version of svend reads: {error!r}."
                ) from error

        return wrapped

    return decorate


@_reading("job")
def read_job(data: Mapping[str, Any]) -> Job:
    """Read a job.

    Raises:
        ProtocolError: When it is not one.
    """
    return Job(
        job_id=data["id"],
        status=JobStatus(data["status"]),
        outcome=data.get("outcome"),
        stop_reason=data.get("stop_reason"),
        strategy=data.get("strategy") or "",
        problem=data.get("problem") or "",
        answer=_answer_text(data.get("answer")),
        created_at=data.get("created_at") or "",
        finished_at=data.get("finished_at"),
        error=data.get("error"),
        data=data,
    )


@_reading("list of jobs")
def read_page(data: Mapping[str, Any]) -> JobPage:
    """Read a page of jobs.

    Raises:
        ProtocolError: When it is not one.
    """
    return JobPage(
        jobs=tuple(read_job(job) for job in data["jobs"]), cursor=data.get("next_cursor")
    )


@_reading("result")
def read_result(data: Mapping[str, Any]) -> Result:
    """Read a result.

    Raises:
        ProtocolError: When it is not one.
    """
    standing = data.get("standing") or {}
    spent = data.get("spent") or {}
    evidence = data.get("evidence") or {}
    return Result(
        job_id=data["job_id"],
        outcome=data["outcome"],
        stop_reason=data["stop_reason"],
        answer=_answer_text(data.get("answer")),
        votes=tuple(_read_vote(vote) for vote in standing.get("votes") or ()),
        n_ended=standing.get("n_ended", 0),
        n_abstained=standing.get("n_abstained", 0),
        n_planned=standing.get("n_planned", 0),
        vote_share=standing.get("vote_share"),
        confidence=data.get("confidence"),
        calibration=data.get("calibration") or "none",
        tokens_in=spent.get("tokens_in", 0),
        tokens_out=spent.get("tokens_out", 0),
        model_calls=spent.get("model_calls", 0),
        cost=spent.get("cost", 0.0),
        running_ms=spent.get("running_ms", 0),
        n_programs=len(evidence.get("programs") or ()),
        why=standing.get("why") or "",
        data=data,
    )


@_reading("key")
def read_key(data: Mapping[str, Any]) -> Key:
    """Read an API key's record.

    Raises:
        ProtocolError: When it is not one.
    """
    return Key(
        key_id=data["id"],
        name=data.get("name") or "",
        scopes=tuple(data.get("scopes") or ()),
        created_at=data.get("created_at") or "",
        expires_at=data.get("expires_at"),
        revoked_at=data.get("revoked_at"),
        last_used_at=data.get("last_used_at"),
        secret=data.get("key"),
    )


@_reading("list of keys")
def read_keys(data: Mapping[str, Any]) -> Sequence[Key]:
    """Read a list of keys.

    Raises:
        ProtocolError: When it is not one.
    """
    return [read_key(key) for key in data["keys"]]


def _read_vote(data: Mapping[str, Any]) -> Vote:
    return Vote(text=str(data["text"]), n_votes=int(data["n_votes"]))


def _answer_text(answer: Mapping[str, Any] | str | None) -> str | None:
    if answer is None or isinstance(answer, str):
        return answer
    return str(answer["text"])
