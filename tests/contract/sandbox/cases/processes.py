"""A run is one process, and stays one."""

from tests.contract.sandbox.cases.case import Case

CASES = (
    Case(
        number=1,
        name="a fork is denied however often it is asked for",
        source="answer = {attempt(os.fork) for _ in range(1000)} == {'denied'}",
        answer=True,
    ),
    Case(
        number=2,
        name="no daemon can be made",
        source="""
def daemon():
    if os.fork() == 0:
        os.setsid()
        os._exit(0)
answer = open_ways(fork=daemon, session=os.setsid, group=lambda: os.setpgid(0, 0))
""",
        answer=[],
    ),
    Case(
        number=3,
        name="multiprocessing is denied",
        source="""
import multiprocessing
answer = attempt(multiprocessing.get_context("fork").Process(target=print).start)
""",
        answer="denied",
    ),
    Case(
        number=4,
        name="subprocess is denied",
        source="import subprocess\nanswer = attempt(lambda: subprocess.run(['/bin/id']))",
        answer="denied",
    ),
    Case(
        number=5,
        name="os.system runs nothing",
        source="answer = os.system('echo ran') != 0",
        answer=True,
        stdout="",
    ),
    Case(
        number=6,
        name="no other program can be executed",
        source="""
answer = open_ways(
    python=lambda: os.execv(sys.executable, ["python", "-c", "print(1)"]),
    shell=lambda: os.execv("/bin/sh", ["sh"]),
    loader=lambda: os.execv("/lib64/ld-linux-x86-64.so.2", ["ld"]),
)
""",
        answer=[],
    ),
    Case(
        number=7,
        name="a bomb of threads ends in an exception",
        source="""
stop = threading.Event()
answer = "no limit"
try:
    for count in range(5000):
        threading.Thread(target=stop.wait, daemon=True).start()
except RuntimeError:
    answer = "limited"
stop.set()
""",
        answer="limited",
    ),
    Case(
        number=8,
        name="a thread left behind does not keep a run alive",
        source="threading.Thread(target=lambda: time.sleep(100)).start()\nanswer = 'main ended'",
        answer="main ended",
    ),
    Case(
        number=9,
        name="no namespace can be made or entered",
        source="""
USER, NET = 0x10000000, 0x40000000
answer = open_ways(
    clone=lambda: raw(56, USER | signal.SIGCHLD, 0, 0, 0, 0),
    unshare=lambda: raw(272, USER),
    setns=lambda: raw(308, 0, NET),
    clone3=lambda: raw(435, ctypes.create_string_buffer(88), 88),
)
""",
        answer=[],
    ),
    Case(
        number=10,
        name="no file in memory can be executed",
        source="""
answer = open_ways(
    memfd=lambda: os.memfd_create("code"),
    execveat=lambda: raw(322, 0, b"", None, None, 0x1000),
)
""",
        answer=[],
    ),
    Case(
        number=11,
        name="spawn and vfork are denied",
        source="""
answer = open_ways(
    spawn=lambda: os.posix_spawn("/bin/true", ["true"], {}),
    vfork=lambda: raw(58),
    fork=lambda: raw(57),
)
""",
        answer=[],
    ),
)
