"""What the first event pins: everything that a search was run with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from engine.domain.canonical import JsonValue
from engine.domain.errors import PinMismatchError
from engine.domain.ids import NodeId
from engine.domain.trial import PathEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What a process can run: published by workers, pinned by the first event of each job.

    Attributes:
        model: Name under which the server knows the model.
        model_fingerprint: Weights' digest, the operator's version, or ``unpinned``.
        profile: Name of the model profile.
        prompt_ids: Prompt role to ``name@version``.
        canonicaliser: Name and version of the answers' equality.
        calibrator: Name and version of the calibrator, or ``none``.
        verifier: Name and version of the verifier, or ``none``.
    """

    model: str
    model_fingerprint: str
    profile: str
    prompt_ids: Mapping[str, str]
    canonicaliser: str
    calibrator: str = "none"
    verifier: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """The content of event 1.

    Attributes:
        algorithm: Registered name of the search.
        algorithm_version: Its version: another version may decide otherwise.
        settings: The search's settings, as JSON.
        root_search_id: From what node ids and seeds derive.
        seed: The caller's seed.
        serving: What it runs on.
        start: The path that it goes on from, of a fork with a strategy of its own; ``None`` for
            the problem itself.
    """

    algorithm: str
    algorithm_version: int
    settings: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    root_search_id: str
    seed: int
    serving: Serving
    start: PathEnd | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the pins as JSON; the start only where there is one."""
        data = asdict(self)
        if self.start is None:
            del data["start"]
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote."""
        serving, start = Serving(**data["serving"]), data.get("start")
        plain = {key: data[key] for key in data if key not in ("serving", "start")}
        return cls(serving=serving, start=None if start is None else _read_start(start), **plain)

    def check_runnable(self, algorithm_version: int, serving: Serving) -> None:
        """Check that a process offers exactly what was pinned.

        It may know further prompts: a role that came later takes nothing from those before it.

        Raises:
            PinMismatchError: Naming each difference.
        """
        pinned = {"algorithm_version": self.algorithm_version, **asdict(self.serving)}
        offered = {"algorithm_version": algorithm_version, **asdict(serving)}
        known = self.serving.prompt_ids
        offered["prompt_ids"] = {
            role: prompt_id for role, prompt_id in serving.prompt_ids.items() if role in known
        }
        faults = [
            f"{name}: pinned {pinned[name]!r}, here {offered[name]!r}"
            for name in pinned
            if pinned[name] != offered[name]
        ]
        if faults:
            raise PinMismatchError("this worker cannot run the search: " + "; ".join(faults))


def _read_start(data: Mapping[str, Any]) -> PathEnd:
    return PathEnd(node_id=NodeId(data["node_id"]), part=data["part"])
