"""Votes over judged chains as rows that calibrators are fitted on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.training.example import JudgedChain
from engine.training.verifier.judge import Scorer
from engine.training.verifier.selection import (
    Group,
    choose_evidence,
    choose_majority,
    list_groups,
)
from engine.training.verifier.within_question import ScoredChain
from engine.verify.feature import Feature
from engine.verify.fitting import Row
from engine.verify.log_odds import to_log_odds

VERIFIER_RULE = "verifier"


def vote_rows(
    chains: Sequence[JudgedChain], judge: Scorer | None, *, n_samples: int, rule: str
) -> tuple[Row, ...]:
    """One row for each question and system whose samples come to an answer.

    The features are those that a search reads off its standing: shares are of all samples, those
    without an answer included.

    Args:
        chains: Samples, every one of them.
        judge: Gives the mean score of the leading answer; None leaves it unknown.
        n_samples: Most samples of one vote.
        rule: `verifier` chooses by the sum of log-odds, anything else by the number of samples.
    """
    scores = [1.0] * len(chains) if judge is None else [s.whole for s in judge.score(chains)]
    scored = [ScoredChain(chain=c, score=s) for c, s in zip(chains, scores, strict=True)]
    groups = list_groups(scored, n_samples=n_samples)
    rows = (_row(group, rule=rule, is_judged=judge is not None) for group in groups)
    return tuple(row for row in rows if row is not None)


def _row(group: Group, *, rule: str, is_judged: bool) -> Row | None:
    leader = choose_evidence(group) if rule == VERIFIER_RULE else choose_majority(group)
    if leader is None:
        return None
    n_all = len(group.samples)
    votes = {answer: group.answers.count(answer) for answer in group.answers if answer is not None}
    second = max((n for answer, n in votes.items() if answer != leader), default=0)
    features = {
        Feature.VOTE_SHARE: votes[leader] / n_all,
        Feature.MARGIN: max(0, votes[leader] - second) / n_all,
        Feature.LOG_N: math.log1p(n_all),
    }
    if is_judged:
        backing = [
            one.score
            for one, answer in zip(group.samples, group.answers, strict=True)
            if answer == leader
        ]
        features[Feature.LOG_ODDS] = to_log_odds(math.fsum(backing) / len(backing))
    return Row(problem=group.question, features=features, is_right=group.is_right(leader))
