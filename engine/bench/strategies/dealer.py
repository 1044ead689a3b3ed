"""Deals recorded samples to whoever asks for a problem's next, and counts what was dealt."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from engine.bench.strategies.recording import RecordedProblem, RecordedSample, Recording
from engine.domain.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """What was asked for since the last reset.

    Attributes:
        calls: Requests.
        samples: Samples dealt.
        tokens: Tokens in them, whether or not they were read to the end.
    """

    calls: int = 0
    samples: int = 0
    tokens: int = 0


class Dealer:
    """Each problem's samples in the order they were recorded, whoever asks; safe among threads.

    A request is for the problem whose text stands in its prompt: of several, the longest.
    """

    def __init__(self, recording: Recording, *, marks_answers: bool = False) -> None:
        """Begin with every problem's first sample.

        Args:
            recording: What is dealt.
            marks_answers: Whether to put each sample's answer behind its text, as a line that
                begins with `Answer:`, so that all clients can read those of a model that answers
                by program.
        """
        self.recording = recording
        self._marks_answers = marks_answers
        by_length = sorted(recording.problems, key=lambda one: len(one.text), reverse=True)
        self._problems = tuple((_fold(problem.text), problem) for problem in by_length)
        self._n_dealt: dict[str, int] = {}
        self._dealt = Dealt()
        self._lock = threading.Lock()

    def deal(self, prompt: str, n: int, *, is_greedy: bool) -> tuple[RecordedSample, ...]:
        """Return the next samples of the problem that a prompt is about.

        Args:
            prompt: What the model is asked, all messages together.
            n: How many samples.
            is_greedy: Whether the likeliest text is asked for: that is one sample, n times.

        Raises:
            InvalidInputError: When no recorded problem stands in the prompt, or fewer samples than
                that are left.
        """
        problem = self._find(prompt)
        with self._lock:
            samples = (problem.greedy,) * n if is_greedy else self._take(problem, n)
            self._dealt = Dealt(
                calls=self._dealt.calls + 1,
                samples=self._dealt.samples + n,
                tokens=self._dealt.tokens + sum(one.tokens.tokens_out for one in samples),
            )
        return samples

    def write(self, sample: RecordedSample) -> str:
        """Return the text that is dealt for a sample."""
        if not self._marks_answers or sample.answer is None:
            return sample.text
        return f"{sample.text}\nAnswer: {sample.answer.text}"

    def read(self) -> Dealt:
        """Return what was dealt since the last reset."""
        with self._lock:
            return self._dealt

    def reset(self) -> None:
        """Deal every problem's samples from the first again, and count from 0."""
        with self._lock:
            self._n_dealt.clear()
            self._dealt = Dealt()

    def _take(self, problem: RecordedProblem, n: int) -> tuple[RecordedSample, ...]:
        begin = self._n_dealt.get(problem.problem_id, 0)
        if begin + n > len(problem.samples):
            raise InvalidInputError(
                f"{problem.problem_id} has {len(problem.samples)} recorded samples, "
                f"{begin} are dealt, and {n} more were asked for: ask for fewer, or record more"
            )
        self._n_dealt[problem.problem_id] = begin + n
        return problem.samples[begin : begin + n]

    def _find(self, prompt: str) -> RecordedProblem:
        folded = _fold(prompt)
        found = next((problem for text, problem in self._problems if text in folded), None)
        if found is None:
            raise InvalidInputError("no recorded problem stands in the prompt")
        return found


def _fold(text: str) -> str:
    return " ".join(text.split())
