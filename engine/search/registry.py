"""The strategies by name: what each is for, its settings, and whether it can run here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.errors import (
    InvalidInputError,
    UnavailableAlgorithmError,
    UnknownAlgorithmError,
)
from engine.domain.trial import Sampling
from engine.search.adaptive_consistency import STOPS, AdaptiveConsistency
from engine.search.direct import Direct
from engine.search.self_consistency import MAX_RISK, MAX_SAMPLES, SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.vote import VoteRule

DEFAULT_STRATEGY = "self_consistency"
NO_VERIFIER = "no verifier is being served"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A registered strategy.

    Attributes:
        name: What callers ask for.
        version: Of the algorithm.
        summary: One line for people.
        properties: JSON schema of each setting, with its default.
        unavailable: Setting to value to the reason why that value cannot be had here.
        make: Builds the algorithm from complete, checked settings.
    """

    name: str
    version: int
    summary: str
    properties: Mapping[str, Mapping[str, Any]]
    make: Callable[[Mapping[str, Any]], Algorithm[Any]]
    unavailable: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict[str, Mapping[str, str]]
    )

    def defaults(self) -> dict[str, Any]:
        """Return every setting's default."""
        return {name: schema["default"] for name, schema in self.properties.items()}

    def to_data(self) -> dict[str, Any]:
        """Return the strategy as published to callers."""
        return {
            "name": self.name,
            "version": self.version,
            "summary": self.summary,
            "is_available": True,
            "reason": None,
            "is_default": self.name == DEFAULT_STRATEGY,
            "unavailable": {name: dict(values) for name, values in self.unavailable.items()},
            "defaults": self.defaults(),
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "properties": {name: dict(schema) for name, schema in self.properties.items()},
            },
        }


def list_strategies(sampling: Sampling) -> tuple[Strategy, ...]:
    """Return every strategy, with the defaults that suit a model's own sampling."""
    return (_self_consistency(sampling), _adaptive_consistency(sampling), _direct(sampling))


def create_algorithm(name: str, settings: Mapping[str, Any], sampling: Sampling) -> Algorithm[Any]:
    """Build the algorithm that a job asks for; absent settings take their defaults.

    Raises:
        UnknownAlgorithmError: Listing the known names.
        UnavailableAlgorithmError: When a setting needs a part that is not served.
        InvalidInputError: For an unknown setting or a value out of range.
    """
    known = {strategy.name: strategy for strategy in list_strategies(sampling)}
    if name not in known:
        raise UnknownAlgorithmError(
            f"no strategy is named {name!r}; there are {', '.join(sorted(known))}"
        )
    strategy = known[name]
    _check_settings(strategy, settings)
    try:
        return strategy.make({**strategy.defaults(), **settings})
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"{name}: {error}") from error


def _check_settings(strategy: Strategy, settings: Mapping[str, Any]) -> None:
    unknown = sorted(set(settings) - set(strategy.properties))
    if unknown:
        raise InvalidInputError(
            f"{strategy.name} has no setting {unknown[0]!r}; "
            f"there are {', '.join(sorted(strategy.properties))}"
        )
    for name, value in settings.items():
        reason = strategy.unavailable.get(name, {}).get(str(value))
        if reason is not None:
            raise UnavailableAlgorithmError(f"{name}={value} is unavailable: {reason}")


def _self_consistency(sampling: Sampling) -> Strategy:
    shown = SelfConsistency(sampling=sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Draws samples, lets their answers vote, and stops once the vote cannot change.",
        properties={
            "samples": _integer("Most samples to draw.", 1, MAX_SAMPLES, shown.samples),
            "rule": {
                "description": "How votes weigh.",
                "enum": [rule.value for rule in VoteRule],
                "default": shown.rule.value,
            },
            **_stopping_properties(tuple(Stop), shown),
            **_sampling_properties(sampling),
        },
        unavailable={"rule": {"verifier": NO_VERIFIER}},
        make=_make_self_consistency,
    )


def _adaptive_consistency(sampling: Sampling) -> Strategy:
    shown = AdaptiveConsistency(sampling=sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Draws samples until the leading answer is probably the most frequent one.",
        properties={
            "samples": _integer("Most samples to draw.", 1, MAX_SAMPLES, shown.samples),
            **_stopping_properties(STOPS, shown),
            **_sampling_properties(sampling),
        },
        make=_make_adaptive_consistency,
    )


def _direct(sampling: Sampling) -> Strategy:
    shown = Direct()
    properties = _sampling_properties(sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="One greedy sample: the baseline.",
        properties={"max_tokens": properties["max_tokens"]},
        make=lambda settings: Direct(**settings),
    )


def _make_self_consistency(settings: Mapping[str, Any]) -> SelfConsistency:
    return SelfConsistency(
        samples=settings["samples"],
        rule=VoteRule(settings["rule"]),
        haste=settings["haste"],
        stop=Stop(settings["stop"]),
        risk=settings["risk"],
        sampling=_make_sampling(settings),
    )


def _make_adaptive_consistency(settings: Mapping[str, Any]) -> AdaptiveConsistency:
    return AdaptiveConsistency(
        samples=settings["samples"],
        haste=settings["haste"],
        stop=Stop(settings["stop"]),
        risk=settings["risk"],
        sampling=_make_sampling(settings),
    )


def _make_sampling(settings: Mapping[str, Any]) -> Sampling:
    return Sampling(**{name: settings[name] for name in asdict(Sampling())})


def _stopping_properties(
    stops: Sequence[Stop], shown: SelfConsistency | AdaptiveConsistency
) -> dict[str, Mapping[str, Any]]:
    return {
        "haste": _number("0 saves tokens, 1 asks for all samples at once.", 0, 1, shown.haste),
        "stop": {
            "description": "When the vote stops.",
            "enum": [stop.value for stop in stops],
            "default": shown.stop.value,
        },
        "risk": {
            "type": "number",
            "description": "How unsure the stop may be; the exact one takes no risk.",
            "exclusiveMinimum": 0,
            "exclusiveMaximum": MAX_RISK,
            "default": shown.risk,
        },
    }


def _sampling_properties(sampling: Sampling) -> dict[str, Mapping[str, Any]]:
    return {
        "temperature": _number("0 is greedy.", 0, 2, sampling.temperature),
        "top_p": {
            **_number("Nucleus mass.", 0, 1, sampling.top_p),
            "exclusiveMinimum": 0,
        },
        "max_tokens": _integer("Longest completion.", 1, 131_072, sampling.max_tokens),
    }


def _integer(description: str, low: int, high: int, default: int) -> Mapping[str, Any]:
    bounds = {"minimum": low, "maximum": high, "default": default}
    return {"type": "integer", "description": description, **bounds}


def _number(description: str, low: float, high: float, default: float) -> Mapping[str, Any]:
    bounds = {"minimum": low, "maximum": high, "default": default}
    return {"type": "number", "description": description, **bounds}
