"""The sandbox: a few proved zygotes, kept fresh, that run programs."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

from tools.sandbox.canary import Canaries
from tools.sandbox.errors import SandboxClosedError, SandboxUnavailableError, ZygoteDiedError
from tools.sandbox.launch import start_zygote
from tools.sandbox.probe import probe_layers
from tools.sandbox.program import Program
from tools.sandbox.remedy import explain_refusal
from tools.sandbox.result import Outcome, SandboxResult
from tools.sandbox.settings import SandboxSettings
from tools.sandbox.tier import Finding, Tier, find_tier
from tools.sandbox.zygote import Zygote

_ASK_SITES = (
    "import json,sysconfig;p=sysconfig.get_paths();"
    "print(json.dumps(sorted({p['purelib'],p['platlib']})))"
)
_ATTEMPTS = 3
_MAX_REASON = 300
_ENDING = 2
_ASK_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxReport:
    """What a sandbox is, as health pages and results show it.

    Attributes:
        tier: The weakest of its zygotes'; ``None`` while none serves.
        findings: Of each layer, from the last probe.
        versions: Interpreter and packages.
        missing: Packages that programs would like and that are not installed.
        failures: Modules that are installed and do not work, with the reason.
        n_restarts: How many zygotes died or were found wanting.
    """

    tier: Tier | None
    findings: Sequence[Finding]
    versions: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    n_restarts: int = 0


class ProgramRunner(Protocol):
    """What runs programs. A sandbox of the tier ``external`` implements this elsewhere."""

    @property
    def report(self) -> SandboxReport:
        """What it is now."""
        ...

    async def run(self, program: Program) -> SandboxResult:
        """Run one program. Whatever it does is a result; cancelling the task ends it."""
        ...

    async def aclose(self) -> None:
        """End every run."""
        ...


class Sandbox:
    """Runs programs behind the wall, on this machine. Use from one event loop.

    Args:
        settings: How it is set up.
    """

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._zygotes: list[Zygote] = []
        self._findings: Sequence[Finding] = ()
        self._canaries: Canaries | None = None
        self._sites: list[str] = []
        self._room = asyncio.Semaphore(settings.n_zygotes * settings.n_concurrent)
        self._mending = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._retiring: set[Zygote] = set()
        self._n_restarts = 0
        self._is_closed = False

    async def start(self) -> None:
        """Start and prove the zygotes.

        Raises:
            SandboxUnavailableError: When the tier that the settings ask for is not reached, with
                what is missing and how to mend it. Nothing is left running.
        """
        if self._settings.min_tier is Tier.EXTERNAL:
            raise SandboxUnavailableError(
                "the tier 'external' is not built on this machine: connect a runner with a kernel "
                "of its own, or set a minimum of 'full'"
            )
        self._canaries = Canaries()
        try:
            self._sites = await asyncio.to_thread(_ask_sites, self._settings)
            while len(self._zygotes) < self._settings.n_zygotes:
                self._zygotes.append(await self._start_proved())
        except BaseException:
            await self.aclose()
            raise
        self._keep(self._probe_regularly())

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def report(self) -> SandboxReport:
        """What this sandbox is now."""
        alive = [zygote for zygote in self._zygotes if zygote.is_alive]
        about = alive[0].report if alive else {}
        return SandboxReport(
            tier=min((zygote.tier for zygote in alive), key=list(Tier).index, default=None),
            findings=self._findings,
            versions=alive[0].versions if alive else {},
            missing=about.get("missing", ()),
            failures=about.get("failures", {}),
            n_restarts=self._n_restarts,
        )

    async def run(self, program: Program) -> SandboxResult:
        """Run one program to its end, whatever that is.

        A failure of the sandbox itself is tried again on a fresh zygote, at most twice; what the
        program does is never tried again. Cancelling the task kills the program.

        Raises:
            SandboxClosedError: After :meth:`aclose`.
        """
        reasons: list[str] = []
        async with self._room:
            while len(reasons) < _ATTEMPTS:
                if self._is_closed:
                    raise SandboxClosedError
                try:
                    zygote = await self._find_zygote()
                except SandboxUnavailableError as error:
                    return self._failed(program, Outcome.SANDBOX_UNAVAILABLE, str(error))
                # Runs that handed over their result and still end make way first.
                await zygote.wait_below(_ENDING * self._settings.n_concurrent)
                try:
                    result = await zygote.run(program)
                except ZygoteDiedError as error:
                    reasons.append(_explain(str(error), zygote))
                    continue
                self._renew()
                if result.outcome is not Outcome.SANDBOX_ERROR:
                    return result
                reasons.append(_explain(result.message, zygote))
        message = f"The sandbox failed under this program, each time: {'; '.join(reasons)}."
        return self._failed(program, Outcome.SANDBOX_ERROR, message)

    async def probe(self) -> Sequence[Finding]:
        """Prove the layers of every zygote again; what no longer holds is replaced."""
        for zygote in list(self._zygotes):
            with suppress(ZygoteDiedError):
                if not await self._prove(zygote):
                    zygote.is_suspect = True
        self._renew()
        return self._findings

    async def aclose(self) -> None:
        """End every run and every process. Closing twice is closing once."""
        self._is_closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for zygote in [*self._zygotes, *self._retiring]:
            zygote.kill()
        if self._canaries is not None:
            self._canaries.close()
            self._canaries = None

    async def _find_zygote(self) -> Zygote:
        async with self._mending:
            for zygote in [each for each in self._zygotes if not each.is_alive]:
                zygote.kill()
                self._zygotes.remove(zygote)
                self._n_restarts += 1
            if not self._zygotes:
                self._zygotes.append(await self._start_proved())
            elif len(self._zygotes) < self._settings.n_zygotes:
                self._keep(self._add())
        return min(self._zygotes, key=lambda zygote: zygote.n_running)

    def _renew(self) -> None:
        """Replace worn zygotes behind the back of whoever waits: the new one first."""
        for zygote in list(self._zygotes):
            if self._is_worn(zygote) and zygote not in self._retiring:
                self._retiring.add(zygote)
                if zygote.is_suspect:
                    # It is given nothing more, least of all what just failed in it.
                    self._n_restarts += 1
                    self._drop(zygote)
                self._keep(self._replace(zygote))

    def _is_worn(self, zygote: Zygote) -> bool:
        growth = zygote.last_bytes - zygote.first_bytes
        return (
            zygote.is_suspect
            or zygote.n_runs >= self._settings.recycle_runs
            or growth > self._settings.recycle_growth_bytes
        )

    async def _replace(self, worn: Zygote) -> None:
        await self._add()
        self._drop(worn)
        await worn.wait_below(1)
        worn.kill()
        self._retiring.discard(worn)

    async def _add(self) -> None:
        async with self._mending:
            n_serving = len([each for each in self._zygotes if each not in self._retiring])
            if n_serving < self._settings.n_zygotes:
                # What refuses here is met again, and reported, by the run that finds no zygote.
                with suppress(SandboxUnavailableError, ZygoteDiedError):
                    self._zygotes.append(await self._start_proved())

    def _drop(self, zygote: Zygote) -> None:
        if zygote in self._zygotes:
            self._zygotes.remove(zygote)

    async def _start_proved(self) -> Zygote:
        if self._canaries is None:
            raise SandboxClosedError
        zygote = await start_zygote(self._settings, self._sites, self._canaries.addresses)
        try:
            if await self._prove(zygote):
                return zygote
        except ZygoteDiedError as error:
            zygote.kill()
            raise SandboxUnavailableError(
                f"the sandbox died when it was probed: {zygote.last_words}"
            ) from error
        except BaseException:
            zygote.kill()
            raise
        zygote.kill()
        raise SandboxUnavailableError(
            explain_refusal(self._settings.min_tier, self._findings, zygote.last_words)
        )

    async def _prove(self, zygote: Zygote) -> bool:
        if self._canaries is None:
            raise SandboxClosedError
        self._findings = await probe_layers(zygote, self._settings, self._canaries.addresses)
        tier = find_tier(self._findings)
        if tier is None or not tier.satisfies(self._settings.min_tier):
            return False
        zygote.tier = tier
        return True

    async def _probe_regularly(self) -> None:
        while True:
            await asyncio.sleep(self._settings.probe_interval_s)
            await self.probe()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _failed(self, program: Program, outcome: Outcome, message: str) -> SandboxResult:
        return SandboxResult(
            outcome=outcome,
            message=message,
            tier=self._settings.min_tier,
            seed=program.seed,
            limits=program.limits,
        )


def _explain(what: str, zygote: Zygote) -> str:
    words = zygote.last_words[-_MAX_REASON:]
    return f"{what.rstrip('.')} ({words})" if words else what.rstrip(".")


def _ask_sites(settings: SandboxSettings) -> list[str]:
    command = [*settings.launch_prefix, str(settings.python), "-I", "-c", _ASK_SITES]
    try:
        answer = subprocess.run(
            command, capture_output=True, check=True, cwd="/", env={}, timeout=_ASK_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxUnavailableError(f"the interpreter does not run: {error}") from error
    return json.loads(answer.stdout)
