"""What a verifier is worth, as one report: figures with counts, intervals and baselines beside."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from engine.domain.errors import CalibrationError
from engine.training.example import JudgedChain
from engine.training.statistics import bootstrap_mean
from engine.training.verifier.baseline import BASELINES, Features, score_held_out
from engine.training.verifier.chain_set import MADE, written_by_models
from engine.training.verifier.first_error import (
    MAX_ON_LAST,
    count_caught,
    measure_first_error,
    measure_tuned,
    share_on_last,
)
from engine.training.verifier.judge import ChainScore
from engine.training.verifier.selection import (
    WAYS,
    Group,
    choose_majority,
    close_gap,
    list_groups,
    list_oracle,
    list_outcomes,
    list_random,
)
from engine.training.verifier.verifier_file import VerifierFile, question_digest
from engine.training.verifier.within_question import (
    GroupedAuroc,
    ScoredChain,
    auroc,
    by_question,
    by_system,
    grouped_auroc,
)
from engine.verify.feature import Feature
from engine.verify.fitting import FitPlan, Row, fit_calibrator
from engine.verify.log_odds import to_log_odds

_N_RESAMPLES: Final = 100
_MAX_CALIBRATION_ROWS: Final = 4_000
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """How a report is made.

    Attributes:
        n_samples: Most samples of one system and question to choose among.
        has_baselines: Whether the baselines are fitted.
        more_baselines: Others to fit beside them.
        seed: Of the bootstrap.
    """

    n_samples: int = 16
    has_baselines: bool = True
    more_baselines: Mapping[str, Callable[[], Features]] = field(
        default_factory=dict[str, Callable[[], Features]]
    )
    seed: int = 0


def make_report(
    chains: Sequence[JudgedChain],
    scores: Sequence[ChainScore],
    trained: VerifierFile | None,
    settings: ReportSettings,
) -> dict[str, Any]:
    """All figures, as JSON holds them.

    Args:
        chains: Judged chains.
        scores: The verifier's, one a chain.
        trained: What the verifier was trained on: those questions are left out, and figures on
            systems that it has not seen stand apart. None leaves nothing out.
        settings: How.
    """
    every = [
        ScoredChain(chain=chain, score=score.whole, steps=score.steps)
        for chain, score in zip(chains, scores, strict=True)
    ]
    seen = trained.questions if trained else frozenset[str]()
    unseen = [one for one in every if question_digest(one.chain.question) not in seen]
    known = (trained.systems if trained else frozenset[str]()) | MADE
    double = [one for one in unseen if one.chain.system not in known]
    report: dict[str, Any] = {
        "n_chains": len(every),
        "n_of_trained_questions": len(every) - len(unseen),
        "unseen_questions": figures(unseen, settings),
        "double_hold_out": figures(double, settings) if trained and double else None,
        "calibration": calibration(unseen),
    }
    if settings.has_baselines:
        report["baselines"] = baselines([one.chain for one in unseen], settings)
    return report


def figures(scored: Sequence[ScoredChain], settings: ReportSettings) -> dict[str, Any]:
    """Order, choice, first errors and obvious slips."""
    if not scored:
        return {"n_chains": 0}
    has_steps = any(len(one.steps) > 1 for one in scored)
    on_last = share_on_last(scored)
    return {
        **order(scored, settings),
        "selection": selection(list_groups(scored, n_samples=settings.n_samples), settings),
        "first_error": _rounded(asdict(measure_first_error(scored))) if has_steps else None,
        "first_error_tuned": _rounded(asdict(measure_tuned(scored))) if has_steps else None,
        "min_step_on_last": None if on_last is None else round(on_last, _DIGITS),
        "follows_outcome": on_last is not None and on_last > MAX_ON_LAST,
        "caught": {name: _rounded(asdict(found)) for name, found in count_caught(scored).items()},
    }


def order(scored: Sequence[ScoredChain], settings: ReportSettings) -> dict[str, Any]:
    """How well right is ordered above wrong: by model-written chains where there are any."""
    written = _written(scored)
    pooled = auroc([one.score for one in written], [one.chain.is_right for one in written])
    return {
        "n_chains": len(scored),
        "n_written": len(written),
        "n_right": sum(one.chain.is_right for one in scored),
        "within_question_auroc": _interval(grouped_auroc(written, by_question), settings.seed),
        "per_system_auroc": _interval(grouped_auroc(written, by_system), settings.seed),
        "auroc": _number(pooled),
    }


def selection(groups: Sequence[Group], settings: ReportSettings) -> dict[str, Any] | None:
    """Each way of choosing, over all systems and for each; None where nothing was sampled."""
    if not groups:
        return None
    systems: defaultdict[str, list[Group]] = defaultdict(list)
    for group in groups:
        systems[group.system].append(group)
    return {
        "all": _choices(groups, settings),
        **{name: _choices(found, settings) for name, found in sorted(systems.items())},
    }


def calibration(scored: Sequence[ScoredChain]) -> dict[str, Any] | None:
    """Brier score and ECE before and after a Platt curve that was fitted on other questions."""
    # Files hold one system after the other: questions are kept whole, and drawn from all of them.
    kept = sorted(_written(scored), key=lambda one: question_digest(one.chain.question))
    rows = [
        Row(
            problem=one.chain.question,
            features={Feature.LOG_ODDS: to_log_odds(one.score)},
            is_right=one.chain.is_right,
        )
        for one in kept[:_MAX_CALIBRATION_ROWS]
    ]
    plan = FitPlan(
        name="verifier",
        features=(Feature.LOG_ODDS,),
        model_fingerprint="report",
        n_resamples=_N_RESAMPLES,
    )
    try:
        fitting = fit_calibrator(rows, plan).fitting
    except CalibrationError as error:
        return {"error": str(error)}
    return {
        when: {
            measure: _rounded(asdict(getattr(quality, measure))) for measure in ("brier", "ece")
        }
        for when, quality in (("before", fitting.before), ("after", fitting.after))
    }


def baselines(chains: Sequence[JudgedChain], settings: ReportSettings) -> dict[str, Any]:
    """The figures of models that understand nothing, each under the double hold-out."""
    found: dict[str, Any] = {}
    written = written_by_models(chains)
    for name, make_features in {**BASELINES, **settings.more_baselines}.items():
        held = score_held_out(written, make_features)
        scored = [
            ScoredChain(chain=chain, score=score)
            for chain, score in zip(written, held.scores, strict=True)
            if score is not None
        ]
        if not scored:
            found[name] = None
            continue
        groups = list_groups(scored, n_samples=settings.n_samples)
        found[name] = {
            "systems_held_out": held.by_system,
            **order(scored, settings),
            "selection": _choices(groups, settings) if groups else None,
        }
    return found


def _written(scored: Sequence[ScoredChain]) -> list[ScoredChain]:
    """What models wrote; all of it where there is nothing but chains made by rule."""
    return [one for one in scored if one.chain.system not in MADE] or list(scored)


def _choices(groups: Sequence[Group], settings: ReportSettings) -> dict[str, Any]:
    majority = list_outcomes(groups, choose_majority)
    oracle = list_oracle(groups)
    lists = {
        "random": list_random(groups),
        **{name: list_outcomes(groups, way) for name, way in WAYS.items()},
        "oracle": oracle,
    }
    greedy = [float(one.is_greedy_right) for one in groups if one.is_greedy_right is not None]
    if greedy:
        lists["greedy"] = greedy
    means = {name: sum(found) / len(found) for name, found in lists.items()}
    gaps = {
        name: close_gap(means[name], means["majority"], means["oracle"])
        for name in WAYS
        if name != "majority"
    }
    return {
        "n_groups": len(groups),
        "n_samples": max(len(group.samples) for group in groups),
        **{
            name: _rounded(asdict(bootstrap_mean(found, seed=settings.seed)))
            for name, found in lists.items()
        },
        "gap_closed": {name: None if v is None else round(v, _DIGITS) for name, v in gaps.items()},
        "weighted_minus_majority": _rounded(
            asdict(
                bootstrap_mean(
                    [
                        a - b
                        for a, b in zip(
                            list_outcomes(groups, WAYS["weighted"]), majority, strict=True
                        )
                    ],
                    seed=settings.seed,
                )
            )
        ),
    }


def _interval(found: GroupedAuroc, seed: int) -> dict[str, Any]:
    if not found.values:
        return {"mean": None, "low": None, "high": None, "n_groups": 0}
    interval = _rounded(asdict(bootstrap_mean(found.values, seed=seed)))
    return {**interval, "n_groups": len(found.values)}


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, _DIGITS) if isinstance(value, float) else value
        for name, value in values.items()
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, _DIGITS)
