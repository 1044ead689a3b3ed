"""The catalogue: what the workers can run, published by them, read by the web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.postgresql import insert

from db.engine import transaction
from db.models import catalogue
from db.records import Catalogue
from engine.domain.pins import Serving


class CatalogueStore:
    """The installation's one catalogue; it is the same for every tenant."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def publish(
        self,
        serving: Serving,
        strategies: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]] = (),
        verifiers: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Replace the catalogue.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        content = {
            "serving": asdict(serving),
            "strategies": [dict(strategy) for strategy in strategies],
            "tools": [dict(tool) for tool in tools],
            "verifiers": [dict(verifier) for verifier in verifiers],
            "published_at": func.now(),
        }
        statement = insert(catalogue).values(catalogue_id=1, **content)
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["catalogue_id"], set_=content)
            )

    def find(self) -> Catalogue | None:
        """Return the catalogue; ``None`` while no worker has ever published one.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with transaction(self._engine) as connection:
            row = connection.execute(select(catalogue)).first()
        if row is None:
            return None
        return Catalogue(
            serving=Serving(**row.serving),
            strategies=tuple(row.strategies),
            published_at=row.published_at,
            tools=tuple(row.tools),
            verifiers=tuple(row.verifiers),
        )
