"""The near end of one zygote: hands it programs, hears how they ended, ends it."""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import os
import signal
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Any

from tools.sandbox.capture import Capture
from tools.sandbox.classify import Ended, Verdict, classify
from tools.sandbox.control_group import ControlGroup
from tools.sandbox.errors import BadFrameError, SandboxUnavailableError, ZygoteDiedError
from tools.sandbox.frame import parse_frame
from tools.sandbox.inside import wire
from tools.sandbox.program import Program
from tools.sandbox.result import Outcome, SandboxResult, Usage
from tools.sandbox.tier import Tier

WATCHDOG_S = 2.0

_MS = 1_000
_LOG_TAIL = 2_000


class Zygote:
    """One running zygote. Made by ``launch.start_zygote``."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        control: socket.socket,
        log: IO[bytes],
    ) -> None:
        self._process = process
        self._control = control
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Ended]] = {}
        self._ready: asyncio.Future[Mapping[str, Any]] = self._loop.create_future()
        self._run_ended = asyncio.Event()
        self._oom_kills = 0
        self._said = ""
        self.group: ControlGroup | None = None
        self.no_group = "none was made"
        self.tier: Tier = Tier.LANDLOCK
        self.report: Mapping[str, Any] = {}
        self.n_runs = 0
        self.first_bytes = 0
        self.last_bytes = 0
        self.is_alive = True
        self.is_suspect = False
        self._loop.add_reader(control.fileno(), self._hear)

    @property
    def pid(self) -> int:
        """Of the outer process."""
        return self._process.pid

    @property
    def n_running(self) -> int:
        """How many programs it runs now."""
        return len(self._waiting)

    @property
    def last_words(self) -> str:
        """The end of its log: why it died, where it could say so."""
        if self._log.closed:
            return self._said
        # Read by place: what it still writes goes on where it ended.
        start = max(0, os.fstat(self._log.fileno()).st_size - _LOG_TAIL)
        said = os.pread(self._log.fileno(), _LOG_TAIL, start)
        return said.decode(errors="replace").strip()

    @property
    def versions(self) -> Mapping[str, str]:
        """Interpreter and packages."""
        return {"python": self.report["python"], **self.report["versions"]}

    async def settle(self, message: Mapping[str, Any], timeout_s: float) -> None:
        """Send the settings and wait until it serves.

        Raises:
            SandboxUnavailableError: When it does not come up.
        """
        try:
            wire.send(self._control, message)
            self.report = await asyncio.wait_for(asyncio.shield(self._ready), timeout_s)
        except (OSError, TimeoutError, ZygoteDiedError) as error:
            self.kill()
            raise SandboxUnavailableError(
                f"the sandbox did not start ({type(error).__name__}): {self.last_words}"
            ) from error

    async def run(self, program: Program) -> SandboxResult:
        """Run one program to its end, whatever that is.

        Cancelling the task kills the program.

        Raises:
            ZygoteDiedError: When the zygote died under it.
        """
        run_id = next(self._ids)
        started = self._loop.time()
        capture = Capture(
            program.limits,
            on_overflow=lambda why: self._stop(run_id, why),
            on_end=lambda: self._hand_over(run_id, capture, started),
        )
        future: asyncio.Future[Ended] = self._loop.create_future()
        self._waiting[run_id] = future
        try:
            self._send_program(run_id, program, capture)
            ended = await self._watch(future, program.limits.wall_s)
            out, err, result = capture.drain()
            verdict = classify(ended, program.limits, result)
            return self._result(program, ended, verdict, (out, err, capture.is_truncated))
        except asyncio.CancelledError:
            self._stop(run_id, "cancel")
            raise
        finally:
            capture.close()

    async def wait_below(self, n_running: int) -> None:
        """Return once fewer programs run in it, counting those that still end."""
        while len(self._waiting) >= n_running:
            self._run_ended.clear()
            await self._run_ended.wait()

    def kill(self) -> None:
        """End it and every run in it at once. Killing twice is killing once."""
        self._fail()
        # Once it was waited for, its number may be somebody else's.
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._said = self.last_words
        self._log.close()
        if self.group is not None:
            self.group.remove()

    def _send_program(self, run_id: int, program: Program, capture: Capture) -> None:
        fds = [_memory_file(program.source_bytes()), _memory_file(program.stdin)]
        fds += [capture.open(kind) for kind in ("output", "output", "result")]
        limits = program.limits
        body = {
            "do": "run",
            "id": run_id,
            "seed": program.seed,
            "collector": program.collector,
            "limits": {
                "cpu_s": limits.cpu_s,
                "wall_s": limits.wall_s,
                "memory_bytes": limits.memory_bytes,
            },
        }
        self.n_runs += 1
        try:
            wire.send(self._control, body, fds)
        except OSError as error:
            raise ZygoteDiedError from error
        finally:
            wire.close_all(fds)

    async def _watch(self, future: asyncio.Future[Ended], wall_s: float) -> Ended:
        try:
            return await asyncio.wait_for(future, wall_s + WATCHDOG_S)
        except TimeoutError as error:
            # The zygote should have stopped the run by now. One that does not watch is killed.
            self.kill()
            raise ZygoteDiedError("the zygote did not stop a run in time") from error

    def _stop(self, run_id: int, why: str) -> None:
        if self.is_alive and run_id in self._waiting:
            with suppress(OSError):
                wire.send(self._control, {"do": "kill", "id": run_id, "why": why})

    def _hand_over(self, run_id: int, capture: Capture, started: float) -> None:
        """Take a run that closed its channels behind a good result as ended.

        The kernel needs longer to take its process apart than a short program ran. Whatever the
        process would still do is cut off, so a program that forges this gains nothing by it.
        """
        future = self._waiting.get(run_id)
        if future is None or future.done():
            return
        with suppress(BadFrameError):
            frame = parse_frame(capture.contents("result"))
            if frame.status == "ok":
                future.set_result(
                    Ended(
                        status=0,
                        cpu_s=frame.cpu_s,
                        wall_s=self._loop.time() - started,
                        peak_bytes=frame.peak_bytes,
                    )
                )
                self._stop(run_id, "done")

    def _hear(self) -> None:
        try:
            message = wire.receive(self._control)
        except BlockingIOError:
            return
        except (OSError, ValueError):
            message = None
        if message is None:
            self._fail()
        elif message.body["event"] == "ready":
            self._ready.set_result(message.body)
        else:
            self._end(message.body)

    def _end(self, body: Mapping[str, Any]) -> None:
        future = self._waiting.pop(body["id"])
        self._run_ended.set()
        self.first_bytes = self.first_bytes or body["zygote_bytes"]
        self.last_bytes = body["zygote_bytes"]
        kills = self.group.count_oom_kills() if self.group else 0
        ended = Ended(
            status=body["status"],
            killed=body["killed"],
            cpu_s=body["cpu_s"],
            wall_s=body["wall_s"],
            peak_bytes=body["peak_bytes"],
            zygote_bytes=body["zygote_bytes"],
            was_oom=kills > self._oom_kills,
        )
        self._oom_kills = kills
        if not future.done():
            future.set_result(ended)
        elif os.WIFSIGNALED(ended.status) and os.WTERMSIG(ended.status) == signal.SIGSYS:
            self.is_suspect = True

    def _fail(self) -> None:
        if not self.is_alive:
            return
        self.is_alive = False
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        for future in [self._ready, *self._waiting.values()]:
            if not future.done():
                future.set_exception(ZygoteDiedError())
                # Whoever still waits sees it; where nobody does, it is no fault of anybody's.
                future.exception()
        self._waiting.clear()
        self._run_ended.set()

    def _result(
        self,
        program: Program,
        ended: Ended,
        verdict: Verdict,
        output: tuple[bytes, bytes, bool],
    ) -> SandboxResult:
        self.is_suspect |= verdict.signal == "SIGSYS" or verdict.outcome is Outcome.SANDBOX_ERROR
        frame = verdict.frame
        out, err, is_truncated = output
        return SandboxResult(
            outcome=verdict.outcome,
            message=verdict.message,
            value=frame.value if frame else None,
            value_type=frame.value_type if frame else None,
            extra=frame.extra if frame else None,
            stdout=out.decode("utf-8", "backslashreplace"),
            stderr=err.decode("utf-8", "backslashreplace"),
            is_truncated=is_truncated,
            error=frame.error if frame else None,
            exit_code=verdict.exit_code,
            signal=verdict.signal,
            usage=Usage(
                cpu_ms=round(ended.cpu_s * _MS),
                wall_ms=round(ended.wall_s * _MS),
                peak_bytes=ended.peak_bytes,
            ),
            tier=self.tier,
            seed=program.seed,
            limits=program.limits,
            versions=self.versions,
        )


def _memory_file(data: bytes) -> int:
    """Put data into a file that has no name and that nobody can change any more."""
    fd = os.memfd_create("program", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd
