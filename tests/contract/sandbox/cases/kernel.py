"""The kernel's doors, tried by number. Numbers are those of x86_64."""

from tests.contract.sandbox.cases.case import Case

CASES = (
    Case(
        number=96,
        name="no process can be traced or read",
        source="""
answer = open_ways(
    ptrace=lambda: raw(101, 0, 0, 0, 0),
    readv=lambda: raw(310, 1, None, 0, None, 0, 0),
    writev=lambda: raw(311, 1, None, 0, None, 0, 0),
    pidfd_open=lambda: raw(434, 1, 0),
    pidfd_getfd=lambda: raw(438, 3, 0, 0),
    pidfd_signal=lambda: raw(424, 3, 9, None, 0),
    kcmp=lambda: raw(312, 1, 1, 0, 0, 0),
    madvise=lambda: raw(440, 0, None, 0, 0, 0),
)
""",
        answer=[],
    ),
    Case(
        number=97,
        name="no other process can be signalled",
        source="""
pids = [0, -1, -2, 2, 3, 1234, os.getppid() or 4321]
answer = [pid for pid in pids if attempt(lambda: os.kill(pid, 9)) != "denied"]
answer += open_ways(tkill=lambda: raw(200, 2, 9), queue=lambda: raw(129, 2, 9, None))
""",
        answer=[],
    ),
    Case(
        number=98,
        name="no user, capability or property can be gained",
        source="""
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
sets = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
answer = open_ways(
    setuid=lambda: os.setuid(0),
    setresuid=lambda: os.setresuid(0, 0, 0),
    setgroups=lambda: os.setgroups([0]),
    capset=lambda: raw(126, header, sets),
    keepcaps=lambda: raw(157, 8, 1, 0, 0, 0),
    dumpable=lambda: raw(157, 4, 1, 0, 0, 0),
    listener=lambda: raw(317, 1, 8, None),
    strict=lambda: raw(317, 0, 0, None),
    landlock=lambda: raw(446, 3, 0),
)
""",
        answer=[],
    ),
    Case(
        number=99,
        name="no mount can be made or left",
        source="""
answer = open_ways(
    mount=lambda: raw(165, b"none", b"/tmp", b"tmpfs", 0, None),
    umount=lambda: raw(166, b"/tmp", 2),
    pivot=lambda: raw(155, b"/tmp", b"/tmp"),
    chroot=lambda: os.chroot("/tmp"),
    by_handle=lambda: raw(304, -100, None, 0),
    name_to_handle=lambda: raw(303, -100, b"/", None, None, 0),
    open_tree=lambda: raw(428, -100, b"/", 1),
    move_mount=lambda: raw(429, -100, b"/", -100, b"/tmp", 0),
    fsopen=lambda: raw(430, b"tmpfs", 0),
    mount_setattr=lambda: raw(442, -100, b"/", 0, None, 0),
)
""",
        answer=[],
    ),
    Case(
        number=100,
        name="the kernel's large doors are shut",
        source="""
answer = open_ways(
    io_uring=lambda: raw(425, 1, ctypes.create_string_buffer(120)),
    io_uring_enter=lambda: raw(426, 3, 0, 0, 0, None, 0),
    bpf=lambda: raw(321, 0, None, 0),
    userfaultfd=lambda: raw(323, 0),
    perf=lambda: raw(298, None, 0, -1, -1, 0),
    keyctl=lambda: raw(250, 0, 0, 0, 0, 0),
    add_key=lambda: raw(248, b"user", b"x", b"x", 1, -3),
    request_key=lambda: raw(249, b"user", b"x", None, 0),
)
""",
        answer=[],
    ),
    Case(
        number=101,
        name="nothing about the machine can be set",
        source="""
answer = open_ways(
    personality=lambda: raw(135, 0x0040000),
    clock=lambda: raw(227, 0, (ctypes.c_long * 2)(0, 0)),
    hostname=lambda: raw(170, b"x", 1),
    reboot=lambda: raw(169, 0, 0, 0, None),
    realtime=lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    nice=lambda: os.nice(-5),
    affinity=lambda: os.sched_setaffinity(0, {0}),
)
""",
        answer=[],
    ),
    Case(
        number=102,
        name="nothing can be typed into a terminal",
        source="""
import fcntl
answer = open_ways(
    push=lambda: fcntl.ioctl(0, 0x5412, b"x"),
    linux=lambda: fcntl.ioctl(0, 0x541C, b"x"),
    controlling=lambda: fcntl.ioctl(0, 0x540E, 0),
)
""",
        answer=[],
    ),
    Case(
        number=103,
        name="a call of the x32 kind ends the run",
        source="raw(0x40000000 + 39)",
        outcomes=("crash",),
    ),
    Case(
        number=103,
        name="a call of the i386 kind ends the run",
        source="""
import mmap
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex("b814000000cd80c3"))
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
ctypes.CFUNCTYPE(ctypes.c_int)(address)()
""",
        outcomes=("crash",),
    ),
    Case(
        number=104,
        name="an unknown number is refused and not punished",
        source="answer = open_ways(future=lambda: raw(600), other=lambda: raw(1000))",
        answer=[],
    ),
    Case(
        number=105,
        name="rare doors are shut",
        source="""
answer = open_ways(
    modify_ldt=lambda: raw(154, 0, None, 0),
    kexec=lambda: raw(246, 0, 0, None, 0),
    init_module=lambda: raw(175, None, 0, b""),
    finit_module=lambda: raw(313, 0, b"", 0),
    swapon=lambda: raw(167, b"/tmp/x", 0),
    quotactl=lambda: raw(179, 0, None, 0, None),
    fanotify=lambda: raw(300, 0, 0),
    splice=lambda: raw(275, 0, None, 1, None, 1, 0),
    vmsplice=lambda: raw(278, 1, None, 0, 0),
    tee=lambda: raw(276, 0, 1, 1, 0),
    inotify=lambda: raw(294, 0),
    iopl=lambda: raw(172, 3),
    acct=lambda: raw(163, None),
    syslog=lambda: raw(103, 2, None, 0),
    vhangup=lambda: raw(153),
    move_pages=lambda: raw(279, 1, 0, None, None, None, 0),
    memfd_secret=lambda: raw(447, 0),
    lookup_cookie=lambda: raw(212, 0, None, 0),
)
""",
        answer=[],
    ),
    Case(
        number=106,
        name="machine code of its own reaches no more than the list",
        source="""
import mmap
# mov eax, edi; xor edi, edi; xor esi, esi; xor edx, edx; xor r10, r10; syscall; ret
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex("89f831ff31f631d24d31d20f05c3"))
call = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_int)(
    ctypes.addressof(ctypes.c_char.from_buffer(page)))
DENIED = {-errno.EPERM, -errno.ENOSYS}
DOORS = [41, 42, 43, 46, 49, 50, 56, 57, 58, 59, 101, 105, 106, 112, 113, 114, 117, 119, 135, 155,
         161, 165, 166, 169, 170, 175, 246, 248, 249, 250, 272, 298, 300, 303, 304, 308, 310, 311,
         312, 313, 317, 319, 321, 322, 323, 424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434,
         435, 438, 440, 442, 444, 445, 446, 447, *range(453, 501)]
answer = [number for number in DOORS if call(number) not in DENIED]
""",
        answer=[],
    ),
    Case(
        number=107,
        name="a bad pointer is a crash",
        source="ctypes.string_at(1)",
        outcomes=("crash",),
    ),
    Case(number=107, name="an abort is a crash", source="os.abort()", outcomes=("crash",)),
    Case(
        number=107,
        name="a bus error is a crash",
        needs_namespaces=True,
        source="""
import mmap
with open("/tmp/short", "w+b") as file:
    file.truncate(4096)
    page = mmap.mmap(file.fileno(), 4096)
    file.truncate(0)
page[0]
""",
        outcomes=("crash",),
    ),
)
