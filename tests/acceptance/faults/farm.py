"""Real worker processes on a real Postgres and Redis, with a fake model server to count calls."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from db.engine import create_engine
from db.events import EventStore
from db.jobs import JobStore
from db.records import JobRecord, NewJob
from db.tenants import TenantStore
from engine.answers.key import CANONICALISER
from engine.domain.budget import Budget
from engine.domain.canonical import digest, text_body
from engine.domain.event import Event, EventDraft, EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.pins import Pins
from engine.domain.profile import CHAT_PROFILE
from engine.prompts.prompt_set import load_prompt_set
from ops.process import ManagedProcess, ProcessSpec, start_process
from tests.fakes.model_server import FakeModelServer
from tests.invariants import Census, check_invariants
from workers.command import worker_argv
from workers.offer import make_offer

REPOSITORY = Path(__file__).resolve().parents[3]
WAIT_S = 60.0
CHECK_EVERY_S = 0.05
# The workers here have a sandbox, in which answers are compared as expressions too.
SYMBOLIC = "symbolic/1"
# Written by the worker once its model is found, and by Celery once it consumes.
READY = ('"worker_ready"', " ready.")
ERROR_TAIL = 4000
GROUPS = text(
    "SELECT status, epoch, attempts, published_at, count(*) FROM jobs GROUP BY 1, 2, 3, 4"
)


@dataclass(kw_only=True)
class Worker:
    """One worker process and its signals."""

    name: str
    process: ManagedProcess

    def kill(self) -> None:
        """End its whole group at once, as the kernel does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.wait()

    def pause(self) -> None:
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def terminate(self) -> None:
        os.kill(self.process.pid, signal.SIGTERM)

    def wait(self) -> int:
        wait_until(lambda: self.process.exit_code() is not None, "the worker's end")
        code = self.process.exit_code()
        assert code is not None
        return code

    def read_log(self) -> str:
        return self.process.spec.log.read_text()


@dataclass(kw_only=True)
class Farm:
    """What a fault test acts on and looks at."""

    database_url: str
    redis_url: str
    folder: Path
    model: FakeModelServer
    engine: Engine = field(init=False)
    workers: list[Worker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = create_engine(self.database_url, pool_size=4)
        self.jobs = JobStore(self.engine)
        self.events = EventStore(self.engine)
        self.tenant_id = TenantStore(self.engine).ensure("faults")

    def start_worker(self, *, n_searches: int = 8, **settings: object) -> Worker:
        """Start a worker process; settings are those of the environment, without ``SVEND_``."""
        name = f"w{len(self.workers)}"
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SVEND_LLM_URL": self.model.url,
            # The jobs here pin a serving without one.
            "SVEND_VERIFIER_KIND": "none",
            "SVEND_SEARCHES_PER_WORKER": str(n_searches),
            **{f"SVEND_{key.upper()}": str(value) for key, value in settings.items()},
        }
        spec = ProcessSpec(
            name=name,
            command=worker_argv(name, n_searches=n_searches),
            log=self.folder / f"{name}.log",
            environment=environment,
            folder=REPOSITORY,
        )
        worker = Worker(name=name, process=start_process(spec))
        self.workers.append(worker)
        return worker

    def await_ready(self, worker: Worker) -> None:
        """Wait until a worker has taken what waited, and listens to Redis."""
        wait_until(
            lambda: all(sign in worker.read_log() for sign in READY),
            "a worker that is ready",
            describe=worker.read_log,
        )

    def submit(self, n_jobs: int = 1, **options: Any) -> list[JobId]:
        """Accept jobs as the API does up to its commit: no hint is sent for them."""
        return [self._submit_one(number, **options) for number in range(n_jobs)]

    def _submit_one(
        self, number: int, *, samples: int = 4, seed: int = 7, **options: Any
    ) -> JobId:
        job_id = JobId(f"job_{uuid.uuid4().hex}")
        question = f"What is {number} + 1? ({job_id})"
        problem = {"ref": digest(text_body(question)), "n_chars": len(question)}
        budget = options.pop("budget", Budget())
        pins = Pins(
            algorithm="self_consistency",
            algorithm_version=1,
            settings={"samples": samples, **options.pop("settings", {})},
            root_search_id=job_id,
            seed=seed,
            serving=self._serving(),
        )
        first = EventDraft(
            type=EventType.JOB_SUBMITTED,
            data={"problem": problem, "budget": budget.to_data(), "pins": pins.to_data()},
        )
        new = NewJob(
            job_id=job_id,
            tenant_id=self.tenant_id,
            problem_text=question,
            strategy="self_consistency",
            budget=budget,
            first=first,
            queue="solve.interactive",
            **options,
        )
        self.jobs.submit(new)
        return job_id

    def _serving(self) -> Any:
        return make_offer(
            model=self.model.model,
            version="unpinned",
            profile=CHAT_PROFILE,
            prompts=load_prompt_set("chat"),
            canonicaliser=f"{CANONICALISER}+{SYMBOLIC}",
        ).serving

    def get(self, job_id: JobId) -> JobRecord:
        return self.jobs.get(self.tenant_id, job_id)

    def list_events(self, job_id: JobId) -> list[Event]:
        return list(self.events.list_events(self.tenant_id, job_id, after=0, limit=10_000))

    def count(self, *statuses: JobStatus) -> int:
        names = [status.value for status in statuses]
        statement = text("SELECT count(*) FROM jobs WHERE status = ANY(:names)")
        with self.engine.connect() as connection:
            return connection.execute(statement, {"names": names}).scalar_one()

    def count_open(self) -> int:
        return self.count(JobStatus.QUEUED, JobStatus.RUNNING)

    def scalar(self, statement: str, **values: object) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(text(statement), values).scalar_one()

    def await_all_ended(self, timeout_s: float = WAIT_S) -> Census:
        """Wait until every job has ended, and check the invariants."""
        wait_until(
            lambda: self.count_open() == 0,
            "the end of every job",
            timeout_s=timeout_s,
            describe=self.describe,
        )
        return check_invariants(self.engine)

    def describe(self) -> str:
        with self.engine.connect() as connection:
            rows = connection.execute(GROUPS).all()
        logs = [f"--- {w.name}\n{w.read_log()[-ERROR_TAIL:]}" for w in self.workers]
        return "\n".join([*map(str, rows), *logs])

    def close(self) -> None:
        for worker in self.workers:
            if worker.process.exit_code() is None:
                worker.resume()
                worker.kill()
        self.engine.dispose()


def wait_until(
    is_so: Callable[[], bool],
    what: str,
    *,
    timeout_s: float = WAIT_S,
    describe: Callable[[], str] = str,
) -> float:
    """Wait for a condition; returns for how many seconds."""
    began_s = time.monotonic()
    while not is_so():
        if time.monotonic() - began_s > timeout_s:
            raise AssertionError(f"waited {timeout_s:g} s for {what}\n{describe()}")
        time.sleep(CHECK_EVERY_S)
    return time.monotonic() - began_s
