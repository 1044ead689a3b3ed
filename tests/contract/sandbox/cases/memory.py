"""Memory ends in an exception that a program can handle, or in its own end."""

from tests.contract.sandbox.cases.case import Case

_SMALL = {"memory_bytes": 64 << 20}

CASES = (
    Case(
        number=30,
        name="a list of buffers runs out of memory",
        source="print('before')\nkept = []\nwhile True: kept.append(bytearray(1 << 20))",
        outcomes=("memory",),
        error="MemoryError",
        stdout="before\n",
        limits=_SMALL,
    ),
    Case(
        number=31,
        name="one large text runs out of memory",
        source="answer = len(b'a' * 10**10)",
        outcomes=("memory",),
        error="MemoryError",
    ),
    Case(
        number=33,
        name="shared anonymous memory counts",
        source="import mmap\nanswer = attempt(lambda: mmap.mmap(-1, 1 << 32))",
        answer="ENOMEM",
    ),
    Case(
        number=34,
        name="pipes end with the descriptors",
        source="""
def fill():
    while True:
        _, writable = os.pipe()
        os.set_blocking(writable, False)
        try:
            while True: os.write(writable, bytes(65536))
        except BlockingIOError:
            pass
answer = attempt(fill)
""",
        answer="EMFILE",
    ),
    Case(
        number=35,
        name="a full scratch and full memory stay under their caps together",
        source="""
def fill():
    for index in range(100):
        with open(f"/tmp/{index}", "wb") as file: file.write(bytes(4 << 20))
full = attempt(fill)
kept = []
while True: kept.append(bytearray(1 << 20))
""",
        outcomes=("memory",),
        limits=_SMALL,
    ),
    Case(
        number=36,
        name="shared memory and queues of System V and POSIX are denied",
        source="""
answer = open_ways(
    shmget=lambda: raw(29, 0, 4096, 0o1600),
    msgget=lambda: raw(68, 0, 0o1600),
    semget=lambda: raw(64, 0, 1, 0o1600),
    mq_open=lambda: raw(240, b"/q", 0o102, 0o600, None),
)
""",
        answer=[],
    ),
    Case(
        number=37,
        name="deep recursion is an exception",
        source="def f(): f()\nf()",
        outcomes=("error",),
        error="RecursionError",
    ),
    Case(
        number=38,
        name="recursion without its limit is contained",
        source="""
sys.setrecursionlimit(10**9)
class Deep:
    def __getattr__(self, name): return getattr(self, name + "x")
Deep().a
""",
        outcomes=("crash", "memory", "timeout_cpu", "error"),
        limits={"cpu_s": 2, "memory_bytes": 64 << 20},
    ),
    Case(
        number=39,
        name="deep JSON is an exception",
        source="import json\njson.loads('[' * 200_000)",
        outcomes=("error",),
        error="RecursionError",
    ),
    Case(
        number=40,
        name="an exploding expression is contained",
        source="""
import sympy
sympy.expand((sum(sympy.symbols('a:z')) + 1) ** 40)
""",
        outcomes=("memory", "timeout_cpu"),
        limits={"cpu_s": 1, "memory_bytes": 64 << 20},
    ),
    Case(
        number=41,
        name="limits cannot be raised",
        source="""
def lift(kind):
    resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
kinds = [resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE]
answer = sorted({attempt(lambda: lift(kind)) for kind in kinds})
""",
        answer=["ValueError"],
    ),
    Case(
        number=42,
        name="locked pages are denied",
        source="""
import mmap
page = ctypes.create_string_buffer(4096)
answer = open_ways(
    mlock=lambda: raw(149, page, 4096),
    mlockall=lambda: raw(151, 3),
    mlock2=lambda: raw(325, page, 4096, 0),
)
""",
        answer=[],
    ),
)
