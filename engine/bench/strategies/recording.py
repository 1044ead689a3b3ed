"""Samples drawn once, kept as a file: what every strategy is compared over.

A recording is JSON Lines: a header, then one problem a line, so that a line that is whole is a
problem that is done, and a recording that was cut short goes on behind its last whole line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self, cast

from engine.answers.compare import compare_answers
from engine.domain.answer import Answer
from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Certainty, Likelihood, OutcomeStatus, Timing, TokenUse
from engine.domain.verdict import Verdict

KIND = "svend-recording"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingHeader:
    """What all problems of a recording share.

    Attributes:
        suite: What the problems are called.
        model: The served model's name.
        prompt_ids: Prompt set and version of each role.
        sampling: How the samples were drawn.
        samples: How many of each problem.
        canonicaliser: What decided which answers are equal.
        verifier: What judged the samples; empty where nothing did.
    """

    suite: str
    model: str
    prompt_ids: Mapping[str, str]
    sampling: Mapping[str, JsonValue]
    samples: int
    canonicaliser: str
    verifier: str = ""

    def to_data(self) -> dict[str, JsonValue]:
        """Return the header as JSON."""
        return {"kind": KIND, "v": VERSION, **asdict(self)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote.

        Raises:
            InvalidInputError: When it is no header, or one of another version.
        """
        if data.get("kind") != KIND or data.get("v") != VERSION:
            raise InvalidInputError(
                f"the first line is no header of a recording of version {VERSION}; "
                "make one with `svend bench record`"
            )
        needed = {name: data[name] for name in cls.__slots__ if name != "verifier"}
        return cls(**needed, verifier=data.get("verifier", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedJudgement:
    """What a verifier said of a sample.

    Attributes:
        score: Probability in [0, 1] that it is right; ``None`` where it could not be judged.
        verdict: What a check found; ``None`` where there was none.
        tokens: What it cost.
    """

    score: float | None
    verdict: Verdict | None = None
    tokens: TokenUse = field(default_factory=TokenUse)

    def to_data(self) -> dict[str, JsonValue]:
        """Return the judgement as JSON."""
        verdict = None if self.verdict is None else self.verdict.value
        return {"score": self.score, "verdict": verdict, "tokens": asdict(self.tokens)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote."""
        verdict = data["verdict"]
        return cls(
            score=data["score"],
            verdict=None if verdict is None else Verdict(verdict),
            tokens=TokenUse(**data["tokens"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSample:
    """One sample, as it came, and what it was read to conclude.

    Attributes:
        text: What the model wrote.
        status: How it ended; only a complete one may vote.
        reason: Short code for why.
        answer: ``None`` abstains.
        tokens: What it cost; the prompt's are counted on the first sample only.
        timing: How long it took.
        likelihood: ``None`` where the server gave no log-probabilities.
        certainty: ``None`` where the server gave no candidates.
        program_ref: Digest of the program behind the answer.
        judgement: ``None`` where no verifier was asked.
    """

    text: str
    status: OutcomeStatus
    reason: str
    answer: Answer | None = None
    tokens: TokenUse = field(default_factory=TokenUse)
    timing: Timing = field(default_factory=Timing)
    likelihood: Likelihood | None = None
    certainty: Certainty | None = None
    program_ref: str | None = None
    judgement: RecordedJudgement | None = None

    def to_data(self) -> dict[str, JsonValue]:
        """Return the sample as JSON."""
        return {
            "text": self.text,
            "status": self.status.value,
            "reason": self.reason,
            "answer": None if self.answer is None else self.answer.to_data(),
            "tokens": asdict(self.tokens),
            "timing": asdict(self.timing),
            "likelihood": None if self.likelihood is None else asdict(self.likelihood),
            "certainty": None if self.certainty is None else asdict(self.certainty),
            "program_ref": self.program_ref,
            "judgement": None if self.judgement is None else self.judgement.to_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote."""
        answer, likelihood, certainty, judgement = (
            data.get(name) for name in ("answer", "likelihood", "certainty", "judgement")
        )
        return cls(
            text=data["text"],
            status=OutcomeStatus(data["status"]),
            reason=data["reason"],
            answer=None if answer is None else Answer.from_data(answer),
            tokens=TokenUse(**data["tokens"]),
            timing=Timing(**data["timing"]),
            likelihood=None if likelihood is None else Likelihood(**likelihood),
            certainty=None if certainty is None else Certainty(**certainty),
            program_ref=data.get("program_ref"),
            judgement=None if judgement is None else RecordedJudgement.from_data(judgement),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedProblem:
    """A problem with the samples drawn for it, in the order of submission.

    Attributes:
        problem_id: Unique within the recording.
        text: The question.
        gold: The right answer.
        prompt: The text, or the messages, that the model was given.
        samples: As many as the header says.
        greedy: The one sample at temperature 0.
    """

    problem_id: str
    text: str
    gold: str
    prompt: JsonValue
    samples: tuple[RecordedSample, ...]
    greedy: RecordedSample

    def grade(self, answer: Answer | None) -> Verdict:
        """Return whether an answer means the same as the right one; none is wrong."""
        return Verdict.WRONG if answer is None else compare_answers(answer.text, self.gold)

    def to_data(self) -> dict[str, JsonValue]:
        """Return the problem as JSON."""
        return {
            "id": self.problem_id,
            "text": self.text,
            "gold": self.gold,
            "prompt": self.prompt,
            "samples": [sample.to_data() for sample in self.samples],
            "greedy": self.greedy.to_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote."""
        return cls(
            problem_id=data["id"],
            text=data["text"],
            gold=data["gold"],
            prompt=data["prompt"],
            samples=tuple(RecordedSample.from_data(sample) for sample in data["samples"]),
            greedy=RecordedSample.from_data(data["greedy"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Everything that was recorded of one suite.

    Attributes:
        header: What the problems share.
        problems: In the order of the suite, as far as it got.
    """

    header: RecordingHeader
    problems: tuple[RecordedProblem, ...]


def parse_recording(lines: Iterable[str]) -> Recording:
    """Read a recording; a last line that was cut off while it was written is left out.

    Raises:
        InvalidInputError: Naming the first line that cannot be read, or a problem that is there
            twice or with another number of samples than the header says.
    """
    rows = list(lines)
    header = RecordingHeader.from_data(_parse_header(rows))
    problems: dict[str, RecordedProblem] = {}
    for number, line in enumerate(rows[1:], start=2):
        if not line.endswith("\n"):
            break
        problem = _parse_problem(line, number)
        if problem.problem_id in problems:
            raise InvalidInputError(f"line {number}: {problem.problem_id} is there twice")
        if len(problem.samples) != header.samples:
            raise InvalidInputError(
                f"line {number}: {len(problem.samples)} samples, not {header.samples}"
            )
        problems[problem.problem_id] = problem
    return Recording(header=header, problems=tuple(problems.values()))


def render_line(data: Mapping[str, JsonValue]) -> str:
    """Return a header or a problem as one line of the file."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False) + "\n"


def _parse_header(rows: list[str]) -> Mapping[str, Any]:
    if not rows:
        raise InvalidInputError("the file is empty; make one with `svend bench record`")
    try:
        data: Any = json.loads(rows[0])
    except ValueError as error:
        raise InvalidInputError(f"line 1: not JSON ({error})") from error
    return cast("Mapping[str, Any]", data) if isinstance(data, dict) else {}


def _parse_problem(line: str, number: int) -> RecordedProblem:
    try:
        return RecordedProblem.from_data(json.loads(line))
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(f"line {number}: no recorded problem ({error!r})") from error
