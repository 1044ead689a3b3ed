"""From a checked body to a job: pure, so that a dry run and a submission cannot differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from jsonschema import Draft202012Validator

import celery_config
from api.bodies import BudgetBody, JobBody, TimesBody, render_pointer
from api.refusals import FieldFault, InvalidFieldsError
from api.verifier_choice import choose_verifier
from db.records import Catalogue, NewJob
from engine.domain.budget import Budget
from engine.domain.canonical import canonical_bytes, digest, text_body
from engine.domain.errors import UnavailableAlgorithmError, UnknownAlgorithmError
from engine.domain.event import EventDraft, EventType
from engine.domain.ids import JobId, TenantId
from engine.domain.pins import Pins
from engine.domain.price import Prices

QUEUE_BY_NAME: Mapping[str, str] = {
    "interactive": celery_config.QUEUE_INTERACTIVE,
    "batch": celery_config.QUEUE_BATCH,
}
# Strategies that draw whole answers and nothing else, so that their settings bound them.
SINGLE = "direct"
DRAWING = frozenset(
    {SINGLE, "self_consistency", "adaptive_consistency", "best_of_n", "deepconf", "pal"}
)
NAME_BY_QUEUE: Mapping[str, str] = {queue: name for name, queue in QUEUE_BY_NAME.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the server adds to a request.

    Attributes:
        job_id: Name of the job.
        tenant_id: Whose it is.
        seed: Taken when the caller brings none.
        max_attempts: Attempts before a job that keeps killing its worker fails.
        retention_days: How long bodies and results are kept at most.
        prices: What tokens cost.
        request_id: Name of the request, by which the logs of web and workers can be joined.
    """

    job_id: JobId
    tenant_id: TenantId
    seed: int
    max_attempts: int
    retention_days: int
    request_id: str
    prices: Prices = field(default_factory=Prices)


def plan_job(body: JobBody, catalogue: Catalogue, terms: Terms) -> NewJob:
    """Return the job that a body asks for, with all that its first event pins.

    Raises:
        UnknownVerifierError: Listing the verifiers.
        UnknownAlgorithmError: Listing the strategies.
        UnavailableAlgorithmError: With the reason that the catalogue gives.
        InvalidFieldsError: When the settings do not fit the strategy, or the times each other.
    """
    catalogue = choose_verifier(catalogue, body.verifier)
    name, settings = body.search
    strategy = find_strategy(name, catalogue)
    check_times(body, terms)
    budget = plan_budget(body.budget, terms.prices)
    pins = Pins(
        algorithm=strategy["name"],
        algorithm_version=strategy["version"],
        settings=complete_settings(strategy, settings, catalogue),
        root_search_id=terms.job_id,
        seed=terms.seed if body.seed is None else body.seed,
        serving=catalogue.serving,
    )
    first = EventDraft(
        type=EventType.JOB_SUBMITTED,
        data={
            "problem": {"ref": digest(text_body(body.problem)), "n_chars": len(body.problem)},
            "budget": budget.to_data(),
            "pins": pins.to_data(),
            "request_id": terms.request_id,
            **terms.prices.to_first_data(),
        },
    )
    return NewJob(
        job_id=terms.job_id,
        tenant_id=terms.tenant_id,
        problem_text=body.problem,
        strategy=pins.algorithm,
        budget=budget,
        first=first,
        queue=QUEUE_BY_NAME[body.queue],
        priority=body.priority,
        deadline_at=body.deadline,
        start_by=body.start_by,
        max_attempts=terms.max_attempts,
        retention_days=body.retention_days or terms.retention_days,
        metadata=body.metadata,
        cache_key=render_cache_key(body.problem, pins, budget),
        seed=pins.seed,
    )


def render_cache_key(problem_text: str, pins: Pins, budget: Budget) -> str:
    """Return what makes another request equal to this one, but for the seed, as a digest."""
    asked: dict[str, Any] = pins.to_data()
    for name in ("root_search_id", "seed"):
        del asked[name]
    ref = digest(text_body(problem_text))
    return digest(canonical_bytes({"problem": ref, "budget": budget.to_data(), **asked}))


def plan_budget(body: BudgetBody, prices: Prices) -> Budget:
    """Return the limits that a body sets.

    Raises:
        InvalidFieldsError: When money is limited where nothing costs any.
    """
    budget = Budget(**body.model_dump())
    check_money(budget, prices)
    return budget


def check_money(budget: Budget, prices: Prices) -> None:
    """Check that a limit of money is one that can be reached.

    Raises:
        InvalidFieldsError: When money is limited where nothing costs any.
    """
    if budget.money is not None and prices.is_free:
        detail = (
            "this server has no price for tokens; its operator sets SVEND_PRICE_PER_MTOK_IN and "
            "SVEND_PRICE_PER_MTOK_OUT"
        )
        fault = FieldFault(pointer="/budget/money", code="no-price", detail=detail)
        raise InvalidFieldsError((fault,))


def find_strategy(name: str | None, catalogue: Catalogue) -> Mapping[str, Any]:
    """Return the named strategy, or the catalogue's default.

    Raises:
        UnknownAlgorithmError: Listing the strategies.
        UnavailableAlgorithmError: With the reason that the catalogue gives.
    """
    known = {strategy["name"]: strategy for strategy in catalogue.strategies}
    if name is None:
        defaults = [found for found in catalogue.strategies if found.get("is_default")]
        name = (defaults or list(catalogue.strategies))[0]["name"]
    if name not in known:
        raise UnknownAlgorithmError(
            f"no strategy has this name; there are {', '.join(sorted(known))}"
        )
    strategy = known[name]
    if not strategy["is_available"]:
        raise UnavailableAlgorithmError(f"{name} is unavailable: {strategy['reason']}")
    return strategy


def complete_settings(
    strategy: Mapping[str, Any],
    given: Mapping[str, Any],
    catalogue: Catalogue,
    at: tuple[str, ...] = ("settings",),
) -> dict[str, Any]:
    """Return the settings with the strategy's defaults filled in, checked against its schema.

    A setting may hold strategies of its own, as the parts of an ensemble do: their settings are
    checked and filled in as well, since what is pinned must not depend on tomorrow's defaults.

    Args:
        strategy: As it was published.
        given: What the caller wants.
        catalogue: What there is.
        at: Where it stands in the request, for the faults.

    Raises:
        InvalidFieldsError: With every fault.
        UnavailableAlgorithmError: When a strategy or a setting needs a part that is not served.
    """
    for name, value in given.items():
        reason = strategy.get("unavailable", {}).get(name, {}).get(str(value))
        if reason is not None:
            raise UnavailableAlgorithmError(f"{name}={value} is unavailable: {reason}")
    validator: Any = Draft202012Validator(dict(strategy["schema"]))
    faults = tuple(_fault(found, at) for found in validator.iter_errors(dict(given)))
    if faults:
        raise InvalidFieldsError(faults)
    settings = {**strategy["defaults"], **given}
    parts = settings.get("parts", ())
    if any(isinstance(part, Mapping) for part in parts):
        settings["parts"] = _complete_parts(parts, catalogue, (*at, "parts"))
    return settings


def _complete_parts(
    parts: Sequence[Mapping[str, Any]], catalogue: Catalogue, at: tuple[str, ...]
) -> list[dict[str, Any]]:
    completed: list[dict[str, Any]] = []
    faults: list[FieldFault] = []
    for index, part in enumerate(parts):
        place = (*at, str(index))
        try:
            strategy = find_strategy(part["strategy"], catalogue)
            given = part.get("settings", {})
            settings = complete_settings(strategy, given, catalogue, at=(*place, "settings"))
            completed.append({"strategy": strategy["name"], "settings": settings})
        except InvalidFieldsError as error:
            faults += error.faults
        except UnavailableAlgorithmError as error:
            raise UnavailableAlgorithmError(f"{render_pointer(*place)}: {error}") from error
    if faults:
        raise InvalidFieldsError(tuple(faults))
    return completed


def estimate_job(job: NewJob) -> dict[str, int | None]:
    """Return the most that a job can use, from its settings and its budget.

    How many texts a tree or a choice among strategies takes does not stand in the settings: only
    the budget bounds it then.
    """
    pins = cast("dict[str, Any]", job.first.data["pins"])
    settings: dict[str, Any] = pins["settings"]
    drawn = 1 if job.strategy == SINGLE else settings.get("samples")
    samples = drawn if job.strategy in DRAWING else None
    longest = settings.get("max_tokens")
    tokens = None if samples is None or longest is None else samples * longest
    return {
        "samples_at_most": _find_least(samples, job.budget.nodes),
        "tokens_at_most": _find_least(tokens, job.budget.tokens),
    }


def _find_least(*caps: int | None) -> int | None:
    return min((cap for cap in caps if cap is not None), default=None)


def check_times(body: TimesBody, terms: Terms) -> None:
    """Check a body's times against each other and the server's.

    Raises:
        InvalidFieldsError: With every fault.
    """
    faults: list[FieldFault] = []
    if body.deadline and body.start_by and body.start_by > body.deadline:
        faults.append(
            FieldFault(pointer="/start_by", code="invalid", detail="lies after the deadline")
        )
    if (body.retention_days or 0) > terms.retention_days:
        detail = f"this server keeps bodies and results for {terms.retention_days} days at most"
        faults.append(FieldFault(pointer="/retention_days", code="less-than-equal", detail=detail))
    if faults:
        raise InvalidFieldsError(tuple(faults))


def _fault(found: Any, at: tuple[str, ...]) -> FieldFault:
    path = [str(part) for part in found.absolute_path]
    if found.validator == "additionalProperties":
        known = ", ".join(sorted(found.schema.get("properties", {})))
        return FieldFault(
            pointer=render_pointer(*at, *path),
            code="unknown-field",
            detail=f"holds a setting that the strategy does not know; it knows {known}",
        )
    rule = f"{found.validator} {found.validator_value}"
    return FieldFault(
        pointer=render_pointer(*at, *path),
        code=str(found.validator),
        detail=f"does not fit the strategy's schema: {rule}",
    )
