"""Texts that a fork puts in the place of what the model or a tool would say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from engine.domain.errors import CorruptLogError
from engine.domain.event import Event
from engine.domain.lineage import Replaced
from engine.domain.tool import ToolResult, ToolStatus
from engine.domain.trial import Trial
from engine.ports import CancelToken, Choice, FinishReason
from engine.runner.arrival import Concluded
from engine.runner.errand import Calling, Errand

OBSERVED = "replaced"


class Replacements:
    """Which trials have their text given, as the log's forks tell."""

    def __init__(self) -> None:
        """Begin with none."""
        self._refs: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def add_fork(self, event: Event) -> None:
        """Take a ``search.forked``."""
        change: Mapping[str, Any] = event.data["change"]
        for kind in Replaced:
            if kind.value in change:
                self._refs[event.data["node"]] = change[kind.value]["ref"]

    def list_missing(self, trials: Iterable[Trial]) -> tuple[str, ...]:
        """Return the digests of the given texts of these trials that are not known here."""
        refs = {self._refs[trial.node_id] for trial in trials if trial.node_id in self._refs}
        return tuple(sorted(refs - self._texts.keys()))

    def keep_bodies(self, bodies: Mapping[str, bytes]) -> None:
        """Keep texts by their digests."""
        self._texts |= {ref: body.decode() for ref, body in bodies.items()}

    def find(self, trial: Trial) -> str | None:
        """Return the text that a trial is given; ``None`` for what is to be drawn or run.

        Raises:
            CorruptLogError: When the text is not beside the log.
        """
        ref = self._refs.get(trial.node_id)
        if ref is not None and ref not in self._texts:
            raise CorruptLogError(f"the text given to the node {trial.node_id} is not there")
        return None if ref is None else self._texts[ref]


class Given:
    """A text that is there already: read like any other, and nothing is asked of anybody."""

    n_calls = 0

    def __init__(self, text: str, errand: Errand) -> None:
        """Take the text, and what would have brought one."""
        self._text = _observe(text, errand) if isinstance(errand, Calling) else text
        self._errand = errand

    @property
    def runs_programs(self) -> bool:
        """Whether the text is a program that has to be run."""
        return self._errand.runs_programs

    async def draw(self, cancel: CancelToken) -> AsyncIterator[Choice]:
        """Yield the text."""
        is_cut = cancel.reason() is not None
        finish = FinishReason.DROPPED if is_cut else FinishReason.STOP
        yield Choice(index=0, text="" if is_cut else self._text, finish_reason=finish)

    async def conclude(self, choice: Choice, cancel: CancelToken) -> Concluded | None:
        """Read it as what it stands for."""
        if isinstance(self._errand, Calling) and choice.finish_reason is FinishReason.STOP:
            return Concluded(reason=OBSERVED, is_final=False)
        return await self._errand.conclude(choice, cancel)


def _observe(output: str, calling: Calling) -> str:
    """Return what the model is shown of a tool that is to have answered so."""
    return calling.show(ToolResult(status=ToolStatus.OK, output=output, version=OBSERVED))
