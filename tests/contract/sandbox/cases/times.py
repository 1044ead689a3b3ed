"""Processor time and wall time end, whatever a program does about it."""

from tests.contract.sandbox.cases.case import Case

_ONE_SECOND = {"cpu_s": 1}

CASES = (
    Case(
        number=13,
        name="an endless loop is stopped",
        source="print('before')\nwhile True: pass",
        outcomes=("timeout_cpu",),
        stdout="before\n",
        limits=_ONE_SECOND,
    ),
    Case(
        number=14,
        name="a long sleep is stopped",
        source="print('before')\ntime.sleep(1000)",
        outcomes=("timeout_wall",),
        stdout="before\n",
        limits={"wall_s": 3.0},
    ),
    Case(
        number=15,
        name="blocked signals do not help",
        source="""
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
for number in signal.valid_signals():
    attempt(lambda: signal.signal(number, signal.SIG_IGN))
while True: pass
""",
        outcomes=("timeout_cpu",),
        limits=_ONE_SECOND,
    ),
    Case(
        number=16,
        name="one endless call into C is stopped",
        source="answer = 9**9**9",
        outcomes=("timeout_cpu",),
        limits=_ONE_SECOND,
    ),
    Case(
        number=17,
        name="a catastrophic expression is stopped",
        source="import re\nre.match('(a+)+$', 'a' * 64 + '!')",
        outcomes=("timeout_cpu",),
        limits=_ONE_SECOND,
    ),
    Case(
        number=18,
        name="a long integer is not written by accident",
        source="answer = str(10**5000)",
        outcomes=("error",),
        error="ValueError",
    ),
    Case(
        number=19,
        name="a longer integer written on purpose is stopped",
        source="sys.set_int_max_str_digits(0)\nanswer = str((1 << 33_000_000) // 7)",
        outcomes=("timeout_cpu",),
        limits=_ONE_SECOND,
    ),
    Case(
        number=20,
        name="an endless factorisation is stopped",
        source="""
import sympy
sympy.factorint((2**521 - 1) * (2**607 - 1), use_ecm=False, limit=None)
""",
        outcomes=("timeout_cpu",),
        limits=_ONE_SECOND,
    ),
    Case(
        number=22,
        name="an exception that never finishes its text is stopped",
        source="""
class Endless(Exception):
    def __str__(self):
        while True: pass
raise Endless
""",
        outcomes=("timeout_cpu",),
        limits=_ONE_SECOND,
    ),
    Case(
        number=23,
        name="a destructor at the end is not waited for",
        source="""
class Endless:
    def __del__(self):
        while True: pass
kept = Endless()
answer = 1
""",
        answer=1,
    ),
    Case(
        number=24,
        name="an exit handler is not waited for",
        source="import atexit\natexit.register(time.sleep, 100)\nanswer = 1",
        answer=1,
    ),
    Case(
        number=25,
        name="finalizers and thread locals are not waited for",
        source="""
import weakref
class Endless:
    def __del__(self):
        while True: pass
class Thing: pass
thing, local = Thing(), threading.local()
weakref.finalize(thing, lambda: time.sleep(100))
local.kept = Endless()
answer = 1
""",
        answer=1,
    ),
    Case(
        number=26,
        name="a storm of alarms ends with its time",
        source="""
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
while True: pass
""",
        outcomes=("timeout_cpu", "timeout_wall"),
        limits={"cpu_s": 1, "wall_s": 20},
    ),
    Case(
        number=27,
        name="a run that stops itself goes on or is stopped",
        needs_namespaces=True,
        source="os.kill(os.getpid(), signal.SIGSTOP)\nanswer = 1",
        answer=1,
    ),
    Case(
        number=28,
        name="cycles without a collector run out of memory",
        source="""
import gc
gc.disable()
kept = None
while True:
    cell = [bytearray(1 << 20)]
    cell.append(cell)
""",
        outcomes=("memory",),
        limits={"memory_bytes": 64 << 20},
    ),
    Case(
        number=29,
        name="brackets beyond the compiler's depth are an error",
        source="(" * 5000,
        outcomes=("error",),
        error="SyntaxError",
        is_bare=True,
    ),
    Case(
        number=29,
        name="operators beyond the compiler's depth are contained",
        source="-" * 10**6 + "1",
        outcomes=("error", "crash", "memory"),
        is_bare=True,
        limits={"memory_bytes": 64 << 20},
    ),
    Case(
        number=29,
        name="ten megabytes of source are contained",
        source="x=1\n" * 2_500_000,
        outcomes=("ok", "error", "memory", "timeout_cpu"),
        is_bare=True,
        limits={"cpu_s": 1, "memory_bytes": 128 << 20},
    ),
)
