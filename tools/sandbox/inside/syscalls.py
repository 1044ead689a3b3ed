"""The system calls that the sandbox knows by name, with their numbers.

The tables give the number on x86_64 and on aarch64; a dash means that the call does not exist
there. An unlisted call is denied, so a table that lacks a new call errs on the safe side.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass

_COLUMNS = {"x86_64": 1, "aarch64": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What differs between processors.

    Attributes:
        audit: The kernel's name for it, as a filter sees it (``AUDIT_ARCH_*``).
        foreign_bit: Numbers from here on belong to another calling convention (x32).
    """

    audit: int
    foreign_bit: int | None


ARCHITECTURES: Mapping[str, Architecture] = {
    "x86_64": Architecture(audit=0xC000003E, foreign_bit=0x40000000),
    "aarch64": Architecture(audit=0xC00000B7, foreign_bit=None),
}
MACHINE = platform.machine()


def _read(table: str) -> dict[str, int]:
    column = _COLUMNS.get(MACHINE)
    rows = [row.split() for row in table.split(",")] if column else []
    return {row[0]: int(row[column or 0]) for row in rows if row[column or 0] != "-"}


# Allowed whatever their arguments are.
ALLOWED = _read("""
    read 0 63, write 1 64, readv 19 65, writev 20 66, pread64 17 67, pwrite64 18 68,
    preadv 295 69, pwritev 296 70, preadv2 327 286, pwritev2 328 287, close 3 57,
    close_range 436 436, fstat 5 80, newfstatat 262 79, stat 4 -, lstat 6 -, statx 332 291,
    lseek 8 62, statfs 137 43, fstatfs 138 44, mmap 9 222, mprotect 10 226, munmap 11 215,
    mremap 25 216, msync 26 227, brk 12 214, madvise 28 233, rt_sigaction 13 134,
    rt_sigprocmask 14 135, rt_sigreturn 15 139, sigaltstack 131 132, rt_sigpending 127 136,
    rt_sigtimedwait 128 137, rt_sigsuspend 130 133, pause 34 -, access 21 -, faccessat 269 48,
    faccessat2 439 439, pipe 22 -, pipe2 293 59, select 23 -, pselect6 270 72, poll 7 -,
    ppoll 271 73, epoll_create 213 -, epoll_create1 291 20, epoll_ctl 233 21, epoll_wait 232 -,
    epoll_pwait 281 22, epoll_pwait2 441 441, eventfd 284 -, eventfd2 290 19,
    timerfd_create 283 85, timerfd_settime 286 86, timerfd_gettime 287 87, sched_yield 24 124,
    sched_getaffinity 204 123, getcpu 309 168, dup 32 23, dup2 33 -, dup3 292 24,
    nanosleep 35 101, clock_nanosleep 230 115, clock_gettime 228 113, clock_getres 229 114,
    gettimeofday 96 169, time 201 -, times 100 153, getitimer 36 102, setitimer 38 103,
    alarm 37 -, timer_create 222 107, timer_settime 223 110, timer_gettime 224 108,
    timer_getoverrun 225 109, timer_delete 226 111, getpid 39 172, gettid 186 178,
    getppid 110 173, getuid 102 174, geteuid 107 175, getgid 104 176, getegid 108 177,
    getresuid 118 148, getresgid 120 150, getgroups 115 158, getpgrp 111 -, getpgid 121 155,
    getsid 124 156, uname 63 160, sysinfo 99 179, getrusage 98 165, getrlimit 97 163,
    setrlimit 160 164, getpriority 140 141, capget 125 90, umask 95 166, open 2 -, openat 257 56,
    creat 85 -, getcwd 79 17, chdir 80 49, fchdir 81 50, mkdir 83 -, mkdirat 258 34, rmdir 84 -,
    unlink 87 -, unlinkat 263 35, rename 82 -, renameat 264 38, renameat2 316 276, link 86 -,
    linkat 265 37, symlink 88 -, symlinkat 266 36, readlink 89 -, readlinkat 267 78,
    getdents 78 -, getdents64 217 61, ftruncate 77 46, truncate 76 45, fallocate 285 47,
    fsync 74 82, fdatasync 75 83, fadvise64 221 223, sendfile 40 71, copy_file_range 326 285,
    futex 202 98, futex_waitv 449 449, set_robust_list 273 99, get_robust_list 274 100,
    rseq 334 293, set_tid_address 218 96, membarrier 324 283, exit 60 93, exit_group 231 94,
    restart_syscall 219 128, getrandom 318 278, arch_prctl 158 -, wait4 61 260, waitid 247 95,
    recvfrom 45 207, recvmsg 47 212, shutdown 48 210, getsockopt 55 209, getsockname 51 204,
    getpeername 52 205
""")

# Allowed where every file that can be reached for writing lies in the run's own scratch.
SCRATCH = _read("""
    chmod 90 -, fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, utime 132 -, utimes 235 -,
    utimensat 280 88, futimesat 261 -
""")

# Allowed for some arguments, which seccomp.py lists.
CHECKED = _read("""
    ioctl 16 29, fcntl 72 25, prctl 157 167, prlimit64 302 261, socketpair 53 199, sendto 44 206,
    kill 62 129, tgkill 234 131, clone 56 220
""")

# Answered as a kernel without them would, so that the C library falls back to the older call.
MISSING = _read("""
    clone3 435 435, openat2 437 437
""")

# Answered as a file system without them would: copying a file asks for attributes first.
UNSUPPORTED = _read("""
    getxattr 191 8, lgetxattr 192 9, fgetxattr 193 10, listxattr 194 11, llistxattr 195 12,
    flistxattr 196 13
""")

# What the zygote itself calls that the C library does not wrap.
SETUP = _read("""
    pivot_root 155 41, mount_setattr 442 442, landlock_create_ruleset 444 444,
    landlock_add_rule 445 445, landlock_restrict_self 446 446, seccomp 317 277, capset 126 91
""")
