"""A registered strategy: what it is for, its settings, and what it needs to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.errors import InvalidInputError, UnavailableAlgorithmError
from engine.domain.route import RoutePolicy
from engine.domain.trial import Sampling
from engine.search.schema import find_fault
from engine.search.scoring import Scorer
from engine.search.tool_use.trail import PROMPT as TOOLS_PROMPT
from engine.search.tree import PROMPTS_MIDWAY, REST_PROMPT

MAX_COMPLETION_TOKENS = 131_072
NO_VERIFIER = "no verifier judges here"
NO_POLICY = "no policy chooses among the strategies here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a process can offer a search.

    Attributes:
        sampling: How the model is sampled when the caller says nothing.
        prompts: The roles that the model's prompt set has.
        tools: Names of the tools that can be called.
        has_verifier: Whether a verifier is served.
        answers_by_program: Whether each whole answer of the model is a program that is run.
        policy: Chooses routes; ``None`` where none was handed in.
        is_midway: Whether the search goes on from a given beginning of the solution.
    """

    sampling: Sampling = field(default_factory=Sampling)
    prompts: frozenset[str] = frozenset({"solve"})
    tools: frozenset[str] = frozenset()
    has_verifier: bool = False
    answers_by_program: bool = False
    policy: RoutePolicy | None = None
    is_midway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a strategy cannot run without.

    Attributes:
        prompts: Roles of the prompt set.
        tools: Names of tools.
        verifier: Whether a verifier must be served.
        policy: Whether a policy must have been handed in.
    """

    prompts: frozenset[str] = frozenset({"solve"})
    tools: frozenset[str] = frozenset()
    verifier: bool = False
    policy: bool = False

    def find_lack(self, offered: Offered) -> str | None:
        """Return what is lacking, as a sentence's end, or ``None``."""
        roles = (
            self.prompts | _list_roles_midway(self.prompts) if offered.is_midway else self.prompts
        )
        if prompts := roles - offered.prompts:
            return f"the model's prompts have no {', '.join(sorted(prompts))}"
        if offered.is_midway and (lack := self._find_lack_midway(offered)):
            return lack
        if tools := self.tools - offered.tools:
            return f"no tool {', '.join(sorted(tools))} is offered"
        if self.verifier and not offered.has_verifier:
            return NO_VERIFIER
        if self.policy and offered.policy is None:
            return NO_POLICY
        return None

    def _find_lack_midway(self, offered: Offered) -> str | None:
        """Return why a beginning that another strategy wrote cannot be gone on with."""
        if offered.answers_by_program and TOOLS_PROMPT in self.prompts:
            return "this model calls tools or writes a program, and not one behind the other"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A registered strategy.

    Attributes:
        name: What callers ask for.
        version: Of the algorithm.
        summary: One line for people.
        properties: JSON schema of each setting, with its default.
        needs: What it cannot run without.
        unavailable: Setting to value to the reason why that value cannot be had here.
        make: Builds the algorithm from complete, checked settings.
        draws_samples: Whether all that it draws are whole answers to the problem, and what judges
            them: any such strategy can go on from what another has drawn. What else can be gone on
            from in a search of another strategy is a path (``Offered.is_midway``).
    """

    name: str
    version: int
    summary: str
    properties: Mapping[str, Mapping[str, Any]]
    make: Callable[[Mapping[str, Any]], Algorithm[Any]]
    needs: Needs = field(default_factory=Needs)
    unavailable: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict[str, Mapping[str, str]]
    )
    draws_samples: bool = False

    def defaults(self) -> dict[str, Any]:
        """Return every setting's default."""
        return {name: schema["default"] for name, schema in self.properties.items()}

    def create(self, given: Mapping[str, Any]) -> Algorithm[Any]:
        """Build the algorithm from what a caller gives; absent settings take their defaults.

        Raises:
            UnavailableAlgorithmError: When a setting needs what is not served.
            InvalidInputError: For an unknown setting or a value that the schema does not allow,
                and for values that do not go together.
        """
        self._check(given)
        try:
            return self.make({**self.defaults(), **given})
        except (TypeError, ValueError) as error:
            raise InvalidInputError(f"{self.name}: {error}") from error

    def _check(self, given: Mapping[str, Any]) -> None:
        for name, value in given.items():
            if name not in self.properties:
                known = ", ".join(sorted(self.properties))
                raise InvalidInputError(f"{self.name} has no setting {name!r}; there are {known}")
            reason = self.unavailable.get(name, {}).get(str(value))
            if reason is not None:
                raise UnavailableAlgorithmError(f"{name}={value} is unavailable: {reason}")
            fault = find_fault(self.properties[name], value)
            if fault is not None:
                raise InvalidInputError(f"{self.name}: {name} must {fault}")

    def to_data(self, offered: Offered, *, is_default: bool = False) -> dict[str, Any]:
        """Return the strategy as published to callers."""
        lack = self.needs.find_lack(offered)
        lack_midway = self.needs.find_lack(replace(offered, is_midway=True))
        return {
            "name": self.name,
            "version": self.version,
            "summary": self.summary,
            "is_available": lack is None,
            "reason": lack,
            "is_default": is_default,
            "draws_samples": self.draws_samples,
            "midway": {"is_available": lack_midway is None, "reason": lack_midway},
            "unavailable": {name: dict(values) for name, values in self.unavailable.items()},
            "defaults": self.defaults(),
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "properties": {name: dict(schema) for name, schema in self.properties.items()},
            },
        }


def _list_roles_midway(roles: frozenset[str]) -> frozenset[str]:
    asked_instead = (PROMPTS_MIDWAY[role] for role in roles & PROMPTS_MIDWAY.keys())
    return frozenset({REST_PROMPT, *asked_instead})


def make_sampling(settings: Mapping[str, Any]) -> Sampling:
    """Return the sampling among a strategy's settings."""
    return Sampling(**{name: settings[name] for name in Sampling().to_data()})


def describe_sampling(sampling: Sampling) -> dict[str, Mapping[str, Any]]:
    """Return the schema of the settings that say how samples are drawn."""
    return {
        "temperature": describe_number("0 is greedy.", 0, 2, sampling.temperature),
        "top_p": {
            **describe_number("Nucleus mass.", 0, 1, sampling.top_p),
            "exclusiveMinimum": 0,
        },
        "max_tokens": describe_integer(
            "Longest completion.", 1, MAX_COMPLETION_TOKENS, sampling.max_tokens
        ),
    }


def describe_choice(
    description: str, choices: Sequence[StrEnum], default: StrEnum
) -> Mapping[str, Any]:
    """Return the schema of one of a few words."""
    words = [choice.value for choice in choices]
    return {"description": description, "enum": words, "default": default.value}


def describe_scorer(offered: Offered) -> Mapping[str, Any]:
    """Return the schema of who scores paths: a verifier where one is offered."""
    default = Scorer.VERIFIER if offered.has_verifier else Scorer.LIKELIHOOD
    return describe_choice("Who scores a path.", tuple(Scorer), default)


def list_unavailable(
    offered: Offered, setting: str, needs_verifier: StrEnum
) -> dict[str, dict[str, str]]:
    """Return which value of a setting cannot be had without a verifier, with the reason."""
    return {} if offered.has_verifier else {setting: {needs_verifier.value: NO_VERIFIER}}


def describe_integer(description: str, low: int, high: int, default: int) -> Mapping[str, Any]:
    """Return the schema of a whole number."""
    bounds = {"minimum": low, "maximum": high, "default": default}
    return {"type": "integer", "description": description, **bounds}


def describe_number(
    description: str, low: float, high: float, default: float
) -> Mapping[str, Any]:
    """Return the schema of a number."""
    bounds = {"minimum": low, "maximum": high, "default": default}
    return {"type": "number", "description": description, **bounds}
