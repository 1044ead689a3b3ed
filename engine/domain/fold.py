"""The fold: a search as a pure function of its events, at any prefix of the log.

The tree, the votes, the spent budget, the job's status and the open trials are all derived here,
so the worker that resumes, the page that replays and the test that checks see the same search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from engine.domain.budget import Spent
from engine.domain.cost import FREE, cost_of, worth_of
from engine.domain.errors import CorruptLogError
from engine.domain.event import GENESIS_HASH, TERMINAL_EVENTS, Event, EventType
from engine.domain.job_status import JobStatus, check_transition
from engine.domain.price import Prices


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """One node of the search tree, as far as the log tells.

    Attributes:
        node_id: Its name.
        parent_id: ``None`` below the root.
        trial_id: The trial that fills it.
        depth: 1 below the root.
        rank: Submission rank.
        kind: What it holds.
        work: What was done for it.
        parent_part: Which of the parent's proposals it goes on from.
        branch: Which part of a composite search asked for it.
        status: ``open``, or how its trial ended.
        reason: Code for why it ended so.
        label: A line for people.
        prompt_ref: Digest of the rendered prompt.
        body_ref: Digest of the full output.
        answer: ``{text, answer_key, class, canonicaliser}``.
        likelihood: ``{mean_logprob, n_tokens}``.
        tokens: ``{in, out, cached}``.
        timing: ``{ttft_ms, total_ms}``.
        tools: The tool runs made for it.
        error: What failed.
        findings: What was found beyond an answer: scores, verdicts, proposals.
        opened_seq: Number of the event that opened it.
        ended_seq: Number of the event that ended it.
    """

    node_id: str
    parent_id: str | None
    trial_id: str
    depth: int
    rank: int
    kind: str
    work: str = "sample"
    parent_part: int | None = None
    branch: str = ""
    status: str = "open"
    reason: str | None = None
    label: str | None = None
    prompt_ref: str | None = None
    body_ref: str | None = None
    answer: Mapping[str, Any] | None = None
    likelihood: Mapping[str, Any] | None = None
    tokens: Mapping[str, int] | None = None
    timing: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    error: str | None = None
    findings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    opened_seq: int
    ended_seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """A search at one prefix of its log.

    Attributes:
        last_seq: Number of the last event folded; 0 for none.
        head: Its hash.
        status: The job's state; ``None`` for a search without a job.
        attempt: The attempt that wrote last.
        problem: ``{ref, n_chars}``.
        budget: The limits set.
        pins: What event 1 pinned.
        prices: What tokens cost, where they cost anything.
        source: The job whose log or whose result this one begins with.
        nodes: By node id, in the order of opening.
        spent: What it has used.
        inherited: What the events taken over from another job tell was spent: shown, not billed.
        decision: Data of the last ``search.decided``.
        ending: Data of the terminal event.
        notes: What was noted.
        routes: Decisions about which search goes on, in order.
        is_cancel_requested: Whether the caller asked to stop.
        is_finish_requested: Whether the caller asked for the best answer so far.
    """

    last_seq: int = 0
    head: str = GENESIS_HASH
    status: JobStatus | None = None
    attempt: int = 0
    problem: Mapping[str, Any] | None = None
    budget: Mapping[str, Any] | None = None
    pins: Mapping[str, Any] | None = None
    prices: Mapping[str, Any] | None = None
    source: Mapping[str, Any] | None = None
    nodes: Mapping[str, NodeView] = field(default_factory=dict[str, NodeView])
    spent: Spent = field(default_factory=Spent)
    inherited: Spent = field(default_factory=Spent)
    decision: Mapping[str, Any] | None = None
    ending: Mapping[str, Any] | None = None
    notes: tuple[Mapping[str, Any], ...] = ()
    routes: tuple[Mapping[str, Any], ...] = ()
    is_cancel_requested: bool = False
    is_finish_requested: bool = False

    def to_data(self) -> dict[str, Any]:
        """Return the view as JSON; nodes as a list in the order of opening."""
        shown = {name: getattr(self, name) for name in _SHOWN}
        return {
            **shown,
            "status": None if self.status is None else self.status.value,
            "ending": self.ending,
            "notes": list(self.notes),
            "routes": list(self.routes),
            "is_cancel_requested": self.is_cancel_requested,
            "is_finish_requested": self.is_finish_requested,
            "spent": self.spent.to_data(),
            "inherited": self.inherited.to_data(),
            "nodes": [asdict(node) for node in self.nodes.values()],
        }


def fold(events: Iterable[Event]) -> SearchView:
    """Fold events, from the first on, into the search they tell of.

    Raises:
        CorruptLogError: When they do not follow each other from 1 on.
    """
    folding = Folding()
    for event in events:
        folding.add(event)
    return folding.view()


class Folding:
    """A fold under way: feed it events in order, look at it at any time.

    It owns a growing tree, so that folding n events takes time in proportion to n.
    """

    def __init__(self) -> None:
        """Begin before the first event."""
        self._view = SearchView()
        self._nodes: dict[str, NodeView] = {}
        self._tools: dict[str, list[Mapping[str, Any]]] = {}
        # Milliseconds already spent by finished attempts, and by the one that wrote last.
        self._earlier_ms = 0
        self._attempt_ms = 0
        self._prices = FREE
        self._steps: dict[EventType, Callable[[Event], None]] = {
            EventType.JOB_SUBMITTED: self._begin,
            EventType.SEARCH_STARTED: self._begin,
            EventType.JOB_CANCEL_REQUESTED: self._request_cancel,
            EventType.JOB_FINISH_REQUESTED: self._request_finish,
            EventType.JOB_CACHED: self._cache,
            EventType.SEARCH_NOTED: self._note,
            EventType.SEARCH_ROUTED: self._route,
            EventType.SEARCH_DECIDED: self._decide,
            EventType.TRIAL_OPENED: self._open,
            EventType.TRIAL_ENDED: self._end,
            EventType.TOOL_ENDED: self._run_tool,
            **dict.fromkeys(_STATUS_AFTER, self._move),
        }

    def add(self, event: Event) -> None:
        """Take the next event.

        Raises:
            CorruptLogError: When it does not follow the last one.
        """
        if event.seq != self._view.last_seq + 1 or event.prev_hash != self._view.head:
            raise CorruptLogError(f"event {event.seq} does not follow event {self._view.last_seq}")
        self._keep_time(event)
        step = self._steps.get(event.type)
        if step is not None:
            step(event)
        self._view = replace(self._view, last_seq=event.seq, head=event.hash)

    def view(self) -> SearchView:
        """Return the search so far. Later events do not change the returned value."""
        spent = replace(self._view.spent, running_ms=self._earlier_ms + self._attempt_ms)
        return replace(self._view, nodes=dict(self._nodes), spent=spent)

    @property
    def spent(self) -> Spent:
        """What the search has used, without copying the tree."""
        return replace(self._view.spent, running_ms=self._earlier_ms + self._attempt_ms)

    @property
    def prices(self) -> Prices:
        """What event 1 says that tokens cost."""
        return self._prices

    @property
    def last_seq(self) -> int:
        """Number of the last event taken; 0 before the first."""
        return self._view.last_seq

    def _keep_time(self, event: Event) -> None:
        if event.draft.inherited is not None:
            # Its time passed in the job that it comes from.
            return
        if event.attempt != self._view.attempt:
            self._earlier_ms += self._attempt_ms
            self._attempt_ms = 0
            self._view = replace(self._view, attempt=event.attempt)
        self._attempt_ms = max(self._attempt_ms, event.draft.at_ms)

    def _begin(self, event: Event) -> None:
        data = event.data
        status = JobStatus.QUEUED if event.type is EventType.JOB_SUBMITTED else None
        self._view = replace(
            self._view,
            status=status,
            problem=data.get("problem"),
            budget=data.get("budget"),
            pins=data.get("pins"),
            prices=data.get("prices"),
            source=data.get("source"),
        )
        self._prices = Prices.from_data(data.get("prices"))

    def _move(self, event: Event) -> None:
        status = _STATUS_AFTER[event.type]
        # A claim of a running job takes over an expired lease: queued in between, in one step.
        if self._view.status not in (None, status):
            check_transition(self._view.status, status)
        self._view = replace(self._view, status=status)
        if event.type in TERMINAL_EVENTS:
            self._view = replace(self._view, ending=event.data)

    def _request_cancel(self, _event: Event) -> None:
        self._view = replace(self._view, is_cancel_requested=True)

    def _request_finish(self, _event: Event) -> None:
        self._view = replace(self._view, is_finish_requested=True)

    def _cache(self, event: Event) -> None:
        self._view = replace(self._view, source=event.data.get("source"))

    def _route(self, event: Event) -> None:
        self._view = replace(self._view, routes=(*self._view.routes, event.data))

    def _note(self, event: Event) -> None:
        self._view = replace(self._view, notes=(*self._view.notes, event.data))
        self._spend(event)

    def _decide(self, event: Event) -> None:
        self._view = replace(self._view, decision=event.data)

    def _open(self, event: Event) -> None:
        draft = event.draft
        node_id = draft.node_id or ""
        if node_id in self._nodes:
            return
        self._nodes[node_id] = NodeView(
            node_id=node_id,
            parent_id=draft.parent_id,
            trial_id=draft.trial_id or "",
            depth=draft.depth or 0,
            rank=draft.rank or 0,
            kind=draft.kind or "",
            work=event.data.get("work", "sample"),
            parent_part=event.data.get("parent_part"),
            branch=event.data.get("branch", ""),
            prompt_ref=draft.body_ref,
            opened_seq=event.seq,
        )
        self._spend(event)

    def _run_tool(self, event: Event) -> None:
        self._tools.setdefault(event.draft.trial_id or "", []).append(event.data)

    def _end(self, event: Event) -> None:
        draft, data = event.draft, event.data
        node = self._nodes.get(draft.node_id or "")
        if node is None or node.ended_seq is not None:
            return
        self._nodes[node.node_id] = replace(
            node,
            status=data["status"],
            reason=data["reason"],
            label=draft.label,
            body_ref=draft.body_ref,
            answer=data.get("answer"),
            likelihood=data.get("likelihood"),
            tokens=data["tokens"],
            timing=data["timing"],
            tools=tuple(self._tools.pop(node.trial_id, ())),
            error=data.get("error"),
            findings=data.get("findings", {}),
            ended_seq=event.seq,
        )
        self._spend(event)

    def _spend(self, event: Event) -> None:
        draft, view = event.draft, self._view
        spent = view.spent.plus(cost_of(draft, self._prices))
        inherited = view.inherited
        if draft.inherited is not None:
            inherited = inherited.plus(worth_of(draft, self._prices))
        self._view = replace(view, spent=spent, inherited=inherited)


_SHOWN = (
    "last_seq",
    "head",
    "attempt",
    "problem",
    "budget",
    "pins",
    "prices",
    "source",
    "decision",
)
_STATUS_AFTER = {
    EventType.JOB_CLAIMED: JobStatus.RUNNING,
    EventType.JOB_REQUEUED: JobStatus.QUEUED,
    EventType.JOB_SUCCEEDED: JobStatus.SUCCEEDED,
    EventType.JOB_FAILED: JobStatus.FAILED,
    EventType.JOB_CANCELLED: JobStatus.CANCELLED,
    EventType.JOB_EXPIRED: JobStatus.EXPIRED,
}
