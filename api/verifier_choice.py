"""What a search is judged by: the catalogue as it reads under one of the verifiers on offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from db.records import Catalogue
from engine.domain.errors import UnknownVerifierError

# What a verifier makes of the strategies is shown as strategies.
_STRATEGIES = "strategies"


def choose_verifier(catalogue: Catalogue, name: str | None) -> Catalogue:
    """Return the catalogue under the verifier that a caller names; as it is for ``None``.

    What pins a job's first event and which strategies and settings can be had follow from it.

    Raises:
        UnknownVerifierError: Listing those that are offered.
    """
    if name is None:
        return catalogue
    known = {verifier["name"]: verifier for verifier in catalogue.verifiers}
    if name not in known:
        listed = ", ".join(sorted(known))
        raise UnknownVerifierError(
            f"the verifiers on offer are {listed}" if known else "the workers name none to choose"
        )
    return _read_under(catalogue, known[name])


def keep_verifier(catalogue: Catalogue, version: str) -> Catalogue:
    """Return the catalogue under the verifier that a job pins.

    As it is where that is not offered any more: the pins then do not fit it.
    """
    found = (one for one in catalogue.verifiers if one["version"] == version)
    verifier = next(found, None)
    return catalogue if verifier is None else _read_under(catalogue, verifier)


def list_verifiers(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the verifiers as shown to callers: without the strategies that follow from each."""
    return [
        {name: value for name, value in verifier.items() if name != _STRATEGIES}
        for verifier in catalogue.verifiers
    ]


def _read_under(catalogue: Catalogue, verifier: Mapping[str, Any]) -> Catalogue:
    return replace(
        catalogue,
        serving=replace(catalogue.serving, verifier=verifier["version"]),
        strategies=tuple(verifier.get(_STRATEGIES, catalogue.strategies)),
    )
