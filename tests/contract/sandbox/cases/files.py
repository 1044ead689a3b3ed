"""A run sees the libraries and an empty scratch of its own."""

from tests.contract.sandbox.cases.case import Case

CASES = (
    Case(
        number=63,
        name="a traceback shows the program alone",
        source="def inner(): return 1 / 0\ninner()",
        outcomes=("error",),
        error="ZeroDivisionError",
        stderr='File "<program>", line',
    ),
    Case(
        number=64,
        name="files of the machine are not there",
        source="""
paths = ["/etc/passwd", "/etc/shadow", "../" * 9 + "etc/passwd", "/proc/self/../../etc/passwd"]
answer = [path for path in paths if attempt(lambda: open(path)) != "denied"]
""",
        answer=[],
    ),
    Case(
        number=65,
        name="their existence is not told",
        needs_namespaces=True,
        source="answer = [*map(os.path.exists, ('/etc/shadow', '/root/.ssh', '/home', '/var'))]",
        answer=[False, False, False, False],
    ),
    Case(
        number=66,
        name="folders of the machine cannot be listed",
        source="answer = open_ways(top=lambda: os.listdir('/'), home=lambda: os.listdir('/root'))",
        answer=[],
    ),
    Case(
        number=67,
        name="the environment has four keys",
        source="answer = dict(os.environ)",
        answer={"HOME": "/tmp", "LANG": "C.UTF-8", "PATH": "", "TZ": "UTC"},
    ),
    Case(
        number=68,
        name="no process can be looked at",
        source="""
names = ["1", "self/environ", "self/maps", "self/mem", "self/status", f"{os.getppid()}/environ"]
answer = [name for name in names if attempt(lambda: open(f"/proc/{name}")) != "denied"]
""",
        answer=[],
    ),
    Case(
        number=69,
        name="no spelling of a path helps",
        needs_namespaces=True,
        source="""
root = -1
answer = open_ways(
    double=lambda: open("//etc//passwd"),
    dots=lambda: open("/./etc/./passwd"),
    path_only=lambda: os.open("/etc/passwd", os.O_PATH),
    from_root=lambda: os.open("etc/passwd", os.O_RDONLY, dir_fd=os.open("/", os.O_PATH)),
    canary=lambda: os.open("canary", os.O_RDONLY, dir_fd=os.open("/", os.O_PATH)),
    openat2=lambda: raw(437, -100, b"/etc/passwd", ctypes.create_string_buffer(24), 24),
)
""",
        answer=[],
    ),
    Case(
        number=70,
        name="no other scratch is there",
        needs_namespaces=True,
        source="answer = [os.listdir('/tmp'), open_ways(fd=lambda: os.listdir('/dev/fd'))]",
        answer=[[], []],
    ),
    Case(
        number=71,
        name="nothing outside the scratch can be written",
        source="""
import site
here = os.path.dirname(os.__file__)
targets = ["/written", "/packages/written.pth", f"{here}/written.py", "/dev/written", "/usr/lib/x"]
answer = [path for path in targets if attempt(lambda: open(path, "w")) != "denied"]
""",
        answer=[],
    ),
    Case(
        number=72,
        name="a link leads nowhere",
        needs_namespaces=True,
        source="""
os.symlink("/etc/passwd", "/tmp/link")
os.symlink("/tmp/loop", "/tmp/loop")
os.symlink("/nowhere", "/tmp/dangling")
answer = [attempt(lambda: open(f"/tmp/{name}")) for name in ("link", "loop", "dangling")]
""",
        answer=["denied", "ELOOP", "denied"],
    ),
    Case(
        number=73,
        name="a hard link to a library is refused",
        source="answer = attempt(lambda: os.link(os.__file__, '/tmp/os.py'))",
        answer="EXDEV",
    ),
    Case(
        number=74,
        name="whatever is left in the scratch is nobody's to meet",
        needs_namespaces=True,
        source="""
os.chdir("/tmp")
os.symlink("/etc/passwd", "result.json")
os.symlink("loop", "loop")
for name in (b"\\xff\\xfe", "n" * 255, "..\\\\..", "-rf"):
    with open(name, "wb") as file: file.write(b"left")
with open("sparse", "wb") as file: file.truncate(16 << 20)
depth = 0
while attempt(lambda: os.mkdir("d")) == "done" and depth < 1000:
    os.chdir("d")
    depth += 1
answer = [depth > 100, sorted(attempt(lambda: os.mkfifo("/tmp/p")) for _ in range(1))]
""",
        answer=[True, ["denied"]],
    ),
    Case(
        number=75,
        name="modes and owners outside cannot be changed",
        source="""
answer = open_ways(
    mode=lambda: os.chmod("/", 0o777),
    library=lambda: os.chmod(os.__file__, 0o777),
    owner=lambda: os.chown("/tmp", 0, 0),
    times=lambda: os.utime(os.__file__),
)
""",
        answer=[],
    ),
    Case(
        number=76,
        name="a large file is refused",
        needs_namespaces=True,
        source="""
def grow():
    with open("/tmp/large", "wb") as file:
        while True: file.write(bytes(1 << 20))
answer = attempt(grow)
""",
        answer="EFBIG",
    ),
    Case(
        number=76,
        name="many files are refused",
        needs_namespaces=True,
        source="""
def multiply():
    for index in range(10_000): open(f"/tmp/{index}", "w").close()
answer = [attempt(multiply), len(os.listdir("/tmp")) < 512]
""",
        answer=["ENOSPC", True],
    ),
    Case(
        number=76,
        name="deep folders are refused",
        needs_namespaces=True,
        source="""
def deepen():
    while True:
        os.mkdir("d")
        os.chdir("d")
answer = attempt(deepen)
""",
        answer="ENOSPC",
    ),
    Case(
        number=77,
        name="a sparse file of a pebibyte is refused",
        needs_namespaces=True,
        source="""
with open("/tmp/sparse", "wb") as file:
    answer = attempt(lambda: os.ftruncate(file.fileno(), 1 << 50))
""",
        answer="EFBIG",
    ),
    Case(
        number=78,
        name="pipes and devices cannot be made",
        source="""
import stat
answer = open_ways(
    fifo=lambda: os.mkfifo("/tmp/fifo"),
    device=lambda: os.mknod("/tmp/device", 0o600 | stat.S_IFCHR, os.makedev(1, 3)),
)
""",
        answer=[],
    ),
    Case(
        number=79,
        name="devices are not there",
        source="""
names = ["shm", "mem", "kvm", "fuse", "tty", "ptmx", "vda", "kmsg"]
answer = [name for name in names if attempt(lambda: open(f"/dev/{name}")) != "denied"]
""",
        answer=[],
    ),
    Case(
        number=79,
        name="the three harmless devices work",
        source="""
with open("/dev/null", "w") as file: file.write("x")
with open("/dev/zero", "rb") as file: zero = file.read(4)
with open("/dev/urandom", "rb") as file: chance = file.read(16)
answer = [zero == bytes(4), len(chance), len(os.urandom(8))]
""",
        answer=[True, 16, 8],
    ),
    Case(
        number=80,
        name="attributes and locks on libraries are denied",
        source="""
import fcntl
library = open(os.__file__)
answer = open_ways(
    flock=lambda: fcntl.flock(library, fcntl.LOCK_SH),
    lease=lambda: fcntl.fcntl(library, fcntl.F_SETLEASE, fcntl.F_RDLCK),
    attribute=lambda: os.setxattr("/tmp", "user.x", b"x"),
    notify=lambda: raw(253),
)
""",
        answer=[],
    ),
    Case(
        number=80,
        name="a mode that runs as another user is not honoured",
        needs_namespaces=True,
        source="""
with open("/tmp/tool", "w") as file: file.write("#!/bin/sh")
# A service manager may forbid such a mode altogether.
try: os.chmod("/tmp/tool", 0o4755)
except PermissionError: pass
answer = [attempt(lambda: os.execv("/tmp/tool", ["tool"])), os.statvfs("/tmp").f_flag & 2]
""",
        answer=["denied", 2],
    ),
    Case(
        number=81,
        name="a file that was deleted while open is gone",
        needs_namespaces=True,
        source="""
file = open("/tmp/kept", "w")
os.unlink("/tmp/kept")
file.write("kept")
answer = os.listdir("/tmp")
""",
        answer=[],
    ),
    Case(
        number=82,
        name="the host's name is not told",
        needs_namespaces=True,
        source="answer = os.uname().nodename",
        answer="sandbox",
    ),
)
