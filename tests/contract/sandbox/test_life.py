"""The sandbox as a service: cancelled, killed, crowded, worn, and always clean behind itself."""

import asyncio
import dataclasses
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.contract.sandbox.driver import RemoteSandbox
from tools.sandbox.errors import SandboxClosedError, ZygoteDiedError
from tools.sandbox.launch import start_zygote
from tools.sandbox.program import Limits, Program
from tools.sandbox.result import Outcome, SandboxResult
from tools.sandbox.sandbox import Sandbox
from tools.sandbox.settings import SandboxSettings

# A run is stopped for its wall time only where a test asks for it: the machine may be busy.
PATIENT = Limits(cpu_s=20, wall_s=120.0)
ENDLESS = Program(source="while True: pass", limits=PATIENT)
SECRET = "canary-1f0b7c"
N_FLAT = 300
N_AT_ONCE = 8
N_ATTEMPTS = 3
N_LOCKED = 4


def program(source: str) -> Program:
    return Program(source=source, limits=PATIENT)


@pytest.fixture
async def bare_sandbox():
    """A sandbox without packages, which starts at once."""
    async with Sandbox(SandboxSettings(packages=(), n_concurrent=N_AT_ONCE)) as sandbox:
        yield sandbox


def processes_below(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def zygote_of(sandbox: Sandbox) -> psutil.Process:
    return psutil.Process(sandbox._zygotes[0].pid)


def has_ended(process: psutil.Process) -> bool:
    """Whether it is gone, or waits for its parent to hear of it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def until(condition, timeout_s: float = 60.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.005)
    return True


def processor_s(process: psutil.Process) -> float:
    """What it used; nothing where it ended since it was listed."""
    try:
        return process.cpu_times().user
    except psutil.Error:
        return 0.0


def uses_processor(process: psutil.Process) -> bool:
    return any(processor_s(child) > 0.1 for child in process.children(recursive=True))


async def test_a_cancelled_run_is_killed(bare_sandbox):
    zygote = zygote_of(bare_sandbox)
    task = asyncio.create_task(bare_sandbox.run(ENDLESS))
    assert await until(lambda: uses_processor(zygote))
    busy = max(zygote.children(recursive=True), key=processor_s)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await until(lambda: has_ended(busy))
    # The limit is 20 s of processor time; that little was used shows who ended it.
    assert bare_sandbox._zygotes[0].n_running == 0 or await until(
        lambda: bare_sandbox._zygotes[0].n_running == 0
    )


async def test_a_program_that_hands_over_its_own_result_is_ended_there(bare_sandbox):
    forged = program(
        "import os\n"
        """os.write(3, b'{"status": "ok", "type": "int", "value": 7}')\n"""
        "os.closerange(1, 4)\n"
        "while True: pass"
    )
    result = await bare_sandbox.run(forged)
    assert (result.outcome, result.value) == (Outcome.OK, 7)
    # It had 20 s of processor time left to spin.
    assert result.usage.wall_ms < PATIENT.cpu_s * 1_000
    await bare_sandbox._zygotes[0].wait_below(1)
    assert zygote_of(bare_sandbox).is_running()


async def test_a_program_that_closes_its_channels_without_a_result_has_none(bare_sandbox):
    silent = program("import os\nos.closerange(1, 4)\nanswer = 1")
    assert (await bare_sandbox.run(silent)).outcome is Outcome.BAD_RESULT


async def test_a_killed_zygote_costs_one_retried_call(bare_sandbox):
    first = bare_sandbox._zygotes[0].pid
    task = asyncio.create_task(bare_sandbox.run(program("import time\ntime.sleep(2)\nanswer = 1")))
    assert await until(lambda: bare_sandbox._zygotes[0].n_running == 1)
    os.kill(first, signal.SIGKILL)
    result = await task
    assert (result.outcome, result.value) == (Outcome.OK, 1), result.message
    assert bare_sandbox.report.n_restarts == 1


async def test_a_zygote_that_dies_under_every_attempt_is_a_sandbox_error(bare_sandbox):
    task = asyncio.create_task(bare_sandbox.run(program("import time\ntime.sleep(100)")))
    killed = set()
    while len(killed) < N_ATTEMPTS:
        running = [z for z in bare_sandbox._zygotes if z.n_running and z.pid not in killed]
        for zygote in running:
            killed.add(zygote.pid)
            os.kill(zygote.pid, signal.SIGKILL)
        await asyncio.sleep(0.005)
    result = await task
    assert result.outcome is Outcome.SANDBOX_ERROR
    assert result.message.count("ended unexpectedly") == N_ATTEMPTS
    assert (await bare_sandbox.run(program("answer = 1"))).value == 1


async def test_a_zygote_that_breaks_says_how(bare_sandbox):
    zygote = bare_sandbox._zygotes[0]
    (server,) = zygote_of(bare_sandbox).children()
    task = asyncio.create_task(zygote.run(ENDLESS))
    assert await until(lambda: zygote.n_running == 1)
    server.kill()
    with pytest.raises(ZygoteDiedError):
        await task
    assert await until(lambda: f"ended with -{signal.SIGKILL}" in zygote.last_words)
    zygote.kill()
    assert f"ended with -{signal.SIGKILL}" in zygote.last_words


async def test_a_zygote_that_was_waited_for_is_not_signalled_again(bare_sandbox, monkeypatch):
    signalled = []
    end = os.killpg
    monkeypatch.setattr(
        os, "killpg", lambda group, number: (signalled.append(group), end(group, number))
    )
    zygote = bare_sandbox._zygotes[0]
    zygote.kill()
    zygote.kill()
    assert signalled == [zygote.pid]


async def test_a_run_that_could_not_be_locked_in_is_tried_in_a_fresh_zygote(bare_sandbox):
    first = bare_sandbox._zygotes[0]
    run = first.run

    async def fail(asked: Program) -> SandboxResult:
        first.is_suspect = True
        return dataclasses.replace(await run(asked), outcome=Outcome.SANDBOX_ERROR)

    first.run = fail
    result = await bare_sandbox.run(program("answer = 1"))
    assert (result.outcome, result.value) == (Outcome.OK, 1), result.message
    assert bare_sandbox.report.n_restarts == 1


async def test_a_child_that_dies_while_it_waits_costs_no_run(bare_sandbox):
    waiting = processes_below(zygote_of(bare_sandbox).children()[0].pid)
    assert waiting
    for child in waiting:
        child.kill()
    assert await until(lambda: all(map(has_ended, waiting)))
    result = await bare_sandbox.run(program("answer = 1"))
    assert (result.outcome, result.value) == (Outcome.OK, 1), result.message
    assert bare_sandbox.report.n_restarts == 0


async def test_a_zygote_that_stopped_watching_is_killed_by_the_watchdog(bare_sandbox):
    zygote = zygote_of(bare_sandbox)
    sleeper = Program(source="import time\ntime.sleep(100)", limits=Limits(cpu_s=20, wall_s=0.5))
    task = asyncio.create_task(bare_sandbox.run(sleeper))
    assert await until(lambda: bare_sandbox._zygotes[0].n_running == 1)
    for each in [zygote, *zygote.children()]:
        each.suspend()
    await task
    assert has_ended(zygote)


async def test_results_belong_to_their_requests_under_load(bare_sandbox):
    sources = [f"import sys\nprint({n})\nsys.stderr.write('{n}')\nanswer = {n}" for n in range(80)]
    results = await asyncio.gather(*(bare_sandbox.run(program(source)) for source in sources))
    seen = [(each.value, each.stdout, each.stderr) for each in results]
    assert seen == [(n, f"{n}\n", str(n)) for n in range(80)]


async def test_a_worn_zygote_is_replaced_and_no_run_is_lost():
    worn = SandboxSettings(packages=(), recycle_runs=5)
    async with Sandbox(worn) as sandbox:
        first = sandbox._zygotes[0].pid
        results = [await sandbox.run(program(f"answer = {n}")) for n in range(12)]
        assert [each.value for each in results] == list(range(12))
        assert await until(lambda: sandbox._zygotes and sandbox._zygotes[0].pid != first)
        assert await until(lambda: not psutil.pid_exists(first))


async def test_a_zygote_is_replaced_after_a_foreign_system_call(bare_sandbox):
    first = bare_sandbox._zygotes[0].pid
    source = "import ctypes\nctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39))"
    result = await bare_sandbox.run(program(source))
    assert (result.outcome, result.signal) == (Outcome.CRASH, "SIGSYS")
    assert await until(lambda: bare_sandbox._zygotes and bare_sandbox._zygotes[0].pid != first)
    assert (await bare_sandbox.run(program("answer = 1"))).value == 1


async def test_a_layer_that_falls_later_is_found_by_the_next_probe(bare_sandbox):
    first = bare_sandbox._zygotes[0].pid
    bare_sandbox._zygotes[0].report = {**bare_sandbox._zygotes[0].report, "n_threads": 2}
    await bare_sandbox.probe()
    assert await until(lambda: bare_sandbox._zygotes and bare_sandbox._zygotes[0].pid != first)


async def test_a_closed_sandbox_refuses_and_leaves_no_process():
    async with Sandbox(SandboxSettings(packages=())) as sandbox:
        pids = [each.pid for each in processes_below(zygote_of(sandbox).pid)]
    assert await until(lambda: not any(psutil.pid_exists(pid) for pid in pids))
    with pytest.raises(SandboxClosedError):
        await sandbox.run(program("1"))


async def test_a_start_that_is_cancelled_leaves_no_process():
    starting = asyncio.create_task(Sandbox(SandboxSettings(packages=())).start())
    own = psutil.Process()
    before = len(own.children())
    assert await until(lambda: len(own.children()) > before or starting.done())
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    assert await until(lambda: len(own.children()) <= before)


async def test_a_zygote_whose_start_is_cancelled_at_once_leaves_no_process():
    own = psutil.Process()
    before = own.children()
    starting = asyncio.create_task(start_zygote(SandboxSettings(packages=()), [], {}))
    # One turn of the loop: it goes as far as it can without waiting.
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    # The threads of the loop may still be about to start something.
    await asyncio.get_running_loop().shutdown_default_executor()
    assert own.children() == before


async def test_nothing_survives_the_death_of_the_process_that_runs_it():
    remote = RemoteSandbox("self", {"packages": []})
    pids = [each.pid for each in processes_below(remote.pid)]
    assert len(pids) >= 3
    remote.kill()
    assert await until(lambda: not any(psutil.pid_exists(pid) for pid in pids))


async def test_resources_stay_flat(bare_sandbox):
    for n in range(50):
        await bare_sandbox.run(program(f"answer = {n}"))
    before = await footprint(bare_sandbox)
    first_bytes = bare_sandbox._zygotes[0].last_bytes
    for n in range(N_FLAT):
        await bare_sandbox.run(program(f"open('/tmp/x', 'w').write('x')\nanswer = {n}"))
    after = await footprint(bare_sandbox)
    assert {name: (before[name], n) for name, n in after.items() if n > before[name]} == {}
    assert bare_sandbox._zygotes[0].last_bytes - first_bytes < 4 << 20


def count_mounts() -> int:
    return len(Path("/proc/self/mounts").read_text().splitlines())


async def footprint(sandbox: Sandbox) -> dict[str, int]:
    """Counted at rest: the process that forks, and the locked children that wait."""
    zygote = sandbox._zygotes[0]
    (server,) = zygote_of(sandbox).children()
    n_ready = sandbox._settings.n_ready

    def is_at_rest() -> bool:
        waiting = server.children()
        n_locked = sum(n_descriptors(child) == N_LOCKED for child in waiting)
        return zygote.n_running == 0 and len(waiting) == n_locked == n_ready

    assert await until(is_at_rest)
    return {
        "own descriptors": psutil.Process().num_fds(),
        "descriptors": server.num_fds(),
        "mounts": count_mounts(),
        "zygotes": len(sandbox._zygotes),
    }


def n_descriptors(process: psutil.Process) -> int:
    try:
        return process.num_fds()
    except psutil.Error:
        return 0


async def test_no_run_finds_what_an_earlier_one_held(bare_sandbox):
    for n in range(20):
        await bare_sandbox.run(
            Program(source=f"kept = '{SECRET}' * {n * 50}", stdin=SECRET.encode(), limits=PATIENT)
        )
    scan = SCAN.replace("REVERSED", SECRET[::-1])
    found = await bare_sandbox.run(program(scan))
    assert found.value == [], found
    # The same search does find what the run itself holds.
    held = f"held = [str(n) + '{SECRET}' * 9 for n in range(99)]"
    control = await bare_sandbox.run(program(f"{held}\n{scan}"))
    assert control.value, control


# Without /proc a program does not know its mappings, so it asks the kernel which pages are there
# by writing them to a pipe: what cannot be read is refused without a crash.
SCAN = """
import os, gc, ctypes
wanted = bytes(reversed(b"REVERSED"))
readable, writable = os.pipe()
PAGE = 4096
libc = ctypes.CDLL(None, use_errno=True)
libc.sbrk.restype = ctypes.c_void_p
regions = {(libc.sbrk(0) >> 20) - back for back in range(8)}
regions |= {id(each) >> 20 for each in gc.get_objects()} | {id(held) >> 20 for held in [wanted]}
found = 0
for region in regions:
    for address in range(region << 20, (region + 1) << 20, PAGE):
        if libc.write(writable, ctypes.c_void_p(address), ctypes.c_size_t(PAGE)) == PAGE:
            found += os.read(readable, PAGE).count(wanted)
# The word itself, and copies of the pages that held it.
answer = [found] if found > 20 else []
"""


async def test_no_secret_of_the_host_is_inherited(bare_sandbox, monkeypatch):
    monkeypatch.setenv("SVEND_TEST_SECRET", SECRET)
    result = await bare_sandbox.run(program("import os\nanswer = str(dict(os.environ))"))
    assert SECRET not in result.value


async def test_a_new_run_sees_nothing_that_an_earlier_one_changed(bare_sandbox):
    await bare_sandbox.run(
        program("import builtins, math, json\nbuiltins.x = math.pi = json.y = 3\nlen = None")
    )
    result = await bare_sandbox.run(
        program(
            "import builtins, math, json\n"
            "answer = [hasattr(builtins, 'x'), math.pi == 3, hasattr(json, 'y'), len('ab')]"
        )
    )
    assert result.value == [False, False, False, 2]


async def test_the_seed_fixes_the_random_numbers(bare_sandbox):
    source = "import random\nanswer = random.random()"
    drawn = [
        (await bare_sandbox.run(Program(source=source, seed=seed, limits=PATIENT))).value
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


async def test_a_result_keeps_what_it_was_made_with(bare_sandbox):
    result = await bare_sandbox.run(Program(source="1", seed=9, limits=PATIENT))
    assert (result.seed, result.limits, result.tier) == (9, PATIENT, "full")
    assert "python" in result.versions
