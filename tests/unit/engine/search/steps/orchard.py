"""A made-up tree of steps: what each step is called, when it is the last, and how it is scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.domain.outcome import Likelihood, Outcome, OutcomeStatus
from engine.domain.trial import Trial, Work
from tests.unit.engine.search.simulation import answer_of, fail


@dataclass
class Orchard:
    """A script whose steps are letters: a path is the word that they spell.

    Attributes:
        letters: What may follow any word; sample `i` takes letter `i` modulo their number.
        depth: How many letters make a finished word, which is its own answer.
        score: A word's score, or `None` where its judge fails.
        is_last: Whether a word is finished; by default, whether it is long enough.
        answer: What a finished word concludes.
        lost: Words whose step breaks off.
    """

    letters: str = "abc"
    depth: int = 3
    score: Callable[[str], float | None] = lambda _word: 0.5
    is_last: Callable[[str], bool] | None = None
    answer: Callable[[str], str | None] = lambda word: word
    lost: frozenset[str] = frozenset()
    words: dict[str | None, str] = field(default_factory=lambda: {None: ""})
    judged: list[str] = field(default_factory=list)

    def __call__(self, trial: Trial) -> Outcome:
        """Return how the trial ends."""
        word = self.words[trial.parent_id]
        if trial.work is Work.SCORE:
            return self._judge(trial, word)
        return self._write(trial, word)

    def count(self, trials: list[Trial], work: Work) -> int:
        """Return how many trials of a kind were opened."""
        return sum(trial.work is work for trial in trials)

    def _judge(self, trial: Trial, word: str) -> Outcome:
        self.judged.append(word)
        score = self.score(word)
        if score is None:
            return fail(trial)
        return Outcome(
            trial_id=trial.trial_id, status=OutcomeStatus.COMPLETE, reason="judged", score=score
        )

    def _write(self, trial: Trial, word: str) -> Outcome:
        word += self.letters[trial.index % len(self.letters)]
        if word in self.lost:
            return fail(trial)
        self.words[trial.node_id] = word
        is_final = self.is_last(word) if self.is_last else len(word) >= self.depth
        name = self.answer(word) if is_final else None
        return Outcome(
            trial_id=trial.trial_id,
            status=OutcomeStatus.COMPLETE,
            reason="stop",
            answer=None if name is None else answer_of(name),
            likelihood=Likelihood(mean_logprob=-0.1, n_tokens=3),
            body_ref=word,
            is_final=is_final,
        )
