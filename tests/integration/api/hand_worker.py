"""A worker led by hand: it takes a job through its life by the real stores, a step at a time."""

from __future__ import annotations

from db.leases import LeaseStore
from db.mirror import EventMirror
from db.records import Claim, Ending, JobRecord
from engine.domain.budget import Spent
from engine.domain.canonical import canonical_bytes, digest
from engine.domain.event import EventDraft, EventType
from engine.domain.job_status import JobStatus
from engine.domain.standing import SolveOutcome, StopReason
from ops.process import wait_until

SERVING = {
    "model": "tiny@abc",
    "model_fingerprint": "abc",
    "profile": "chat",
    "prompt_ids": {"solve": "chat/solve@1"},
    "canonicaliser": "keys@1",
    "calibrator": "none",
}
ANSWER = {"text": "72", "answer_key": "72", "class": "72", "canonicaliser": "keys@1"}
OUTPUT = b"48/2 + 48 = 72\nAnswer: 72 <script>alert(1)</script>"


class HandWorker:
    def __init__(self, engine, mirror: EventMirror | None = None) -> None:
        self._leases = LeaseStore(engine)
        self._mirror = mirror

    def claim(self, job_id: str) -> Claim:
        # Of no queue it takes the hinted job alone, once nobody else has locked its row.
        claims: list[Claim] = []

        def is_taken() -> bool:
            claim = self._leases.claim("hand", lease_s=600, hint=job_id, queues=())
            claims.extend([claim] if claim else [])
            return bool(claims)

        assert wait_until(is_taken, 10.0)
        self._show(claims[0], claims[0].events)
        return claims[0]

    def note(self, claim: Claim, *texts: str) -> None:
        drafts = [EventDraft(type=EventType.SEARCH_NOTED, data={"note": text}) for text in texts]
        self._append(claim, drafts, {})

    def open_and_end(self, claim: Claim, number: int = 1) -> None:
        node = {"trial_id": f"t{number}", "node_id": f"n{number}", "depth": 1, "rank": number}
        opened = EventDraft(
            type=EventType.TRIAL_OPENED,
            **node,
            kind="answer",
            data={
                "group_id": "g",
                "index": number,
                "group_seed": 1,
                "prompt": "solve",
                "prompt_id": "chat/solve@1",
                "sampling": {"temperature": 0.8, "top_p": 1.0, "max_tokens": 9},
            },
        )
        ended = EventDraft(
            type=EventType.TRIAL_ENDED,
            **node,
            kind="answer",
            body_ref=digest(OUTPUT),
            data={
                "memo_key": f"g.{number}",
                "model_calls": 1,
                "status": "complete",
                "reason": "stop",
                "answer": ANSWER,
                "likelihood": None,
                "tokens": {"in": 5, "out": 7, "cached": 0},
                "timing": {"ttft_ms": 1, "total_ms": 2},
                "error": None,
            },
        )
        self._append(claim, [opened, ended], {digest(OUTPUT): OUTPUT})

    def write_step(self, claim: Claim, name: str, parent: str | None = None, **findings) -> None:
        """Write one step of a path: not its last one, unless the findings say so."""
        node = {"trial_id": f"t-{name}", "node_id": name, "parent_id": parent, "kind": "thought"}
        found = {"is_final": False, **findings}
        self._write_found(claim, node, "step", found, n_tokens=7, body=OUTPUT)

    def write_score(self, claim: Claim, judged: str, score: float) -> None:
        """Have a verifier judge the path that ends with a node."""
        name = f"score-{judged}"
        node = {"trial_id": name, "node_id": name, "parent_id": judged, "kind": "verify"}
        self._write_found(claim, node, "score", {"score": score})

    def _write_found(self, claim, node, work, findings, *, n_tokens=0, body=None) -> None:
        bodies = {} if body is None else {digest(body): body}
        opened = EventDraft(type=EventType.TRIAL_OPENED, **node, data={"work": work})
        ended = EventDraft(
            type=EventType.TRIAL_ENDED,
            **node,
            body_ref=next(iter(bodies), None),
            data={
                "memo_key": f"{node['node_id']}.0",
                "status": "complete",
                "reason": "step" if work == "step" else "scored",
                "tokens": {"in": 5, "out": n_tokens, "cached": 0},
                "timing": {"ttft_ms": 1, "total_ms": 2},
                "findings": findings,
            },
        )
        self._append(claim, [opened, ended], bodies)

    def succeed(self, claim: Claim) -> JobRecord:
        ending = Ending(
            status=JobStatus.SUCCEEDED,
            outcome=SolveOutcome.UNVERIFIED,
            stop_reason=StopReason.SOLVED,
            result_body={"answer": ANSWER, "confidence": None, "model": {"fingerprint": "abc"}},
        )
        return self._finish(claim, ending)

    def fail(self, claim: Claim) -> JobRecord:
        error = {"code": "model", "detail": "it broke", "attempt": 1, "retryable": False}
        ending = Ending(status=JobStatus.FAILED, stop_reason=StopReason.ERROR, error=error)
        return self._finish(claim, ending)

    def solve(self, job_id: str) -> JobRecord:
        claim = self.claim(job_id)
        self.open_and_end(claim)
        return self.succeed(claim)

    def end_call(self, claim: Claim, arguments, output: str, pictures=None) -> JobRecord:
        """Ends the call of a tool as a worker does."""
        data = {
            "tool": claim.job.strategy,
            "status": "ok",
            "output": output,
            "error": None,
            "version": f"{claim.job.strategy}/1",
            "duration_ms": 1,
            "artefacts": [
                {"digest": ref, "media_type": "image/svg+xml", "n_bytes": len(content)}
                for ref, content in (pictures or {}).items()
            ],
        }
        body = canonical_bytes({"name": claim.job.strategy, "arguments": arguments})
        draft = EventDraft(
            type=EventType.TOOL_ENDED, kind="tool", body_ref=digest(body), data=data
        )
        self._append(claim, [draft], {digest(body): body, **(pictures or {})})
        ending = Ending(
            status=JobStatus.SUCCEEDED,
            outcome=SolveOutcome.UNVERIFIED,
            stop_reason=StopReason.SOLVED,
            result_body={"answer": {"text": output}, "confidence": None, **data},
        )
        return self._finish(claim, ending)

    def _append(self, claim, drafts, bodies) -> None:
        events = self._leases.append(
            claim.lease,
            after_seq=self._leases.read_head(claim.lease).last_seq,
            drafts=drafts,
            bodies=bodies,
            spent=Spent(tokens_in=5, tokens_out=7, model_calls=1, nodes=1, running_ms=20),
        )
        self._show(claim, events)

    def _finish(self, claim: Claim, ending: Ending) -> JobRecord:
        job, events = self._leases.finish(
            claim.lease,
            after_seq=claim.job.last_seq,
            ending=ending,
            bodies={},
            spent=Spent(tokens_in=5, tokens_out=7, model_calls=1, nodes=1, running_ms=20),
        )
        self._show(claim, events)
        return job

    def _show(self, claim: Claim, events) -> None:
        if self._mirror is not None:
            self._mirror.publish(claim.lease.tenant_id, claim.lease.job_id, events)
