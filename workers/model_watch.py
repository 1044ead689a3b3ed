"""Finds the model at its server, and notices when another one is served."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from db.catalogue import CatalogueStore
from engine.domain.errors import DependencyUnavailableError, ModelError
from engine.ports import ChatModel
from workers.database import Database
from workers.offer import Offer

SEEK_S = 1.0
CHECK_S = 30.0


async def _publish_no_tools() -> Sequence[Mapping[str, Any]]:
    return ()


_log = structlog.get_logger(__name__)


class ModelWatch:
    """Asks the server which model it serves, and publishes what can be run on it.

    Until a model is found nothing can be run. A server that goes away later changes nothing here:
    searches wait for it by themselves.
    """

    def __init__(
        self,
        model: ChatModel,
        catalogue: CatalogueStore,
        database: Database,
        *,
        make: Callable[..., Awaitable[Offer]],
        publish_tools: Callable[[], Awaitable[Sequence[Mapping[str, Any]]]] = _publish_no_tools,
    ) -> None:
        """Begin with no model.

        Args:
            model: Whose server is asked.
            catalogue: Where what can be run is published.
            database: The threads to publish in.
            make: ``make(model=name)`` says what can be run on a model.
            publish_tools: Returns the tools as callers are told of them.
        """
        self._model = model
        self._catalogue = catalogue
        self._database = database
        self._make = make
        self._publish_tools = publish_tools
        self._found: str | None = None

    async def watch(self, use: Callable[[Offer], Awaitable[object]]) -> None:
        """Look for ever, and tell ``use`` of each offer."""
        while True:
            offer = await self.look()
            if offer is not None:
                await use(offer)
            await asyncio.sleep(SEEK_S if self._found is None else CHECK_S)

    async def look(self) -> Offer | None:
        """Look once; returns an offer if it is new.

        A server that does not answer, or does not serve the configured model, is no error.
        """
        try:
            name = await self._model.identify()
            if name == self._found:
                return None
            offer = await self._make(model=name)
            verifiers = offer.list_verifiers()
            await self._database.run(
                self._catalogue.publish,
                offer.serving,
                offer.list_strategies(),
                await self._publish_tools(),
                verifiers,
            )
        except (ModelError, DependencyUnavailableError) as error:
            _log.warning("model_not_found", error=str(error))
            return None
        self._found = name
        _log.info(
            "model_found",
            model=name,
            fingerprint=offer.serving.model_fingerprint,
            verifiers=[verifier["name"] for verifier in verifiers],
        )
        return offer
