"""The life of one part under supervision: started, watched, started again when it dies."""

from __future__ import annotations

from collections.abc import Callable

from ops.errors import PartFailedError, StackError
from ops.part import Part, PartState, PartStatus
from ops.process import ManagedProcess, ProcessSpec
from ops.record import RecordedPart

FIRST_BACKOFF_S = 0.5
MAX_BACKOFF_S = 30.0
# Running this long makes up for earlier failures.
FORGIVE_AFTER_S = 60.0
# A part that never worked, and ends this often in a row, has a fault that trying does not mend.
MAX_FIRST_FAILURES = 3
CHECK_STARTING_S = 0.1
CHECK_READY_S = 1.0


def restart_delay_s(n_failures: int) -> float:
    """Returns how long to wait after so many failures in a row, doubled each time up to 30 s."""
    return min(MAX_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** (n_failures - 1))


class Unit:
    """A part and what is going on with it. Not thread-safe; nothing here needs a thread."""

    def __init__(
        self,
        part: Part,
        *,
        clock: Callable[[], float],
        start: Callable[[ProcessSpec], ManagedProcess],
    ) -> None:
        """Takes the part, a monotonic clock in seconds, and what starts a process."""
        self.part = part
        self.state = PartState.WAITING
        self._clock = clock
        self._start = start
        self._process: ManagedProcess | None = None
        self._since_s = clock()
        self._next_check_s = 0.0
        self._n_failures = 0
        self._n_starts = 0
        self._was_ready = False
        self._problem = ""
        self._spec: ProcessSpec | None = None

    def tick(self, *, may_start: bool) -> None:
        """Looks at the part and does what is due.

        Args:
            may_start: Whether all that it needs is ready now.

        Raises:
            PartFailedError: It never worked and keeps failing.
        """
        now_s = self._clock()
        match self.state:
            case PartState.WAITING:
                if may_start:
                    self._begin()
            case PartState.BACKING_OFF:
                if now_s - self._since_s >= restart_delay_s(self._n_failures):
                    self._begin()
            case PartState.STARTING | PartState.READY | PartState.FAILING:
                self._watch(now_s, may_start=may_start)
            case PartState.STOPPED:
                pass

    def status(self) -> PartStatus:
        """Returns what is known now."""
        return PartStatus(
            name=self.part.name,
            state=self.state,
            since_s=self._clock() - self._since_s,
            pid=self._process.pid if self._process else None,
            n_restarts=max(0, self._n_starts - 1),
            address=self.part.address,
            problem="" if self.state is PartState.READY else self._problem,
            log=self._spec.log if self._spec else None,
        )

    def recorded(self) -> RecordedPart | None:
        """Returns what to write down about the running process, None if there is none."""
        if self._process is None:
            return None
        spec = self._process.spec
        return RecordedPart(
            name=self.part.name,
            group=self._process.pid,
            stop_signal=int(spec.stop_signal),
            stop_timeout_s=spec.stop_timeout_s,
            members=tuple(self._process.members()),
        )

    def ask_to_stop(self) -> None:
        """Asks the process to end, and starts it no more."""
        self._enter(PartState.STOPPED)
        if self._process is not None:
            self._process.ask_to_stop()

    def is_gone(self) -> bool:
        """Says whether the process has ended."""
        return self._process is None or self._process.exit_code() is not None

    def stop_timeout_s(self) -> float:
        """Returns how long the process may take to end when asked."""
        return self._process.spec.stop_timeout_s if self._process else 0.0

    def kill(self) -> None:
        """Kills what is left of the process's group."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def _begin(self) -> None:
        self._n_starts += 1
        self._enter(PartState.STARTING)
        try:
            self.part.prepare()
            if self.part.spec is not None:
                self._spec = self.part.spec()
                self._process = self._start(self._spec)
        except (StackError, OSError) as error:
            self._fail(str(error))

    def _watch(self, now_s: float, *, may_start: bool) -> None:
        if not may_start and self.state is not PartState.READY:
            # What fails because something it needs is away is not helped by a restart.
            self._since_s = now_s
        if self._process is not None and self.is_gone():
            self._fail(f"ended with code {self._process.exit_code()}")
        elif now_s >= self._next_check_s:
            self._check(now_s)

    def _check(self, now_s: float) -> None:
        is_starting = self.state is PartState.STARTING
        self._next_check_s = now_s + (CHECK_STARTING_S if is_starting else CHECK_READY_S)
        if self.part.is_ready():
            self._become_ready(now_s)
        elif self.state is PartState.READY:
            self._problem = "does not answer"
            self._enter(PartState.FAILING)
        elif now_s - self._since_s >= self._patience_s():
            self._fail(f"did not answer for {self._patience_s():.0f} s")

    def _patience_s(self) -> float:
        is_starting = self.state is PartState.STARTING
        return self.part.start_timeout_s if is_starting else self.part.hang_timeout_s

    def _become_ready(self, now_s: float) -> None:
        if self.state is PartState.READY:
            if now_s - self._since_s >= FORGIVE_AFTER_S:
                self._n_failures = 0
            return
        if self.state is PartState.STARTING:
            try:
                self.part.settle()
            except (StackError, OSError) as error:
                self._fail(str(error))
                return
        self._was_ready = True
        self._enter(PartState.READY)

    def _fail(self, problem: str) -> None:
        self.kill()
        self._problem = problem
        self._n_failures += 1
        self._enter(PartState.BACKING_OFF)
        if not self._was_ready and self._n_failures >= MAX_FIRST_FAILURES:
            log = self._spec.log if self._spec else None
            raise PartFailedError(self.part.name, problem, log)

    def _enter(self, state: PartState) -> None:
        self.state = state
        self._since_s = self._clock()
        self._next_check_s = 0.0
