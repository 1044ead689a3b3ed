"""What one child gives up before it meets a program, in the order that the kernel allows."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass

from tools.sandbox.inside import kernel
from tools.sandbox.inside.isolation import mount_scratch
from tools.sandbox.inside.landlock import Rule, restrict
from tools.sandbox.inside.layout import SCRATCH
from tools.sandbox.inside.seccomp import build_filter, load_filter

MAX_DESCRIPTORS = 64
STACK_BYTES = 8 << 20

# The zygote keeps its own number of descriptors below this, so that a child can close all others
# in one bounded sweep.
ZYGOTE_DESCRIPTORS = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockdown:
    """How each child is locked, worked out once.

    Attributes:
        has_namespaces: Whether the zygote has namespaces and a private root of its own.
        rules: What files the child may reach.
        landlock_version: The kernel's.
        scratch_bytes: Size of the run's scratch; without namespaces there is none.
        scratch_files: How many files it may hold.
        file_bytes: Largest single file.
        n_threads: Most threads; enforced where the user namespace is our own.
    """

    has_namespaces: bool
    rules: tuple[Rule, ...]
    landlock_version: int
    scratch_bytes: int
    scratch_files: int
    file_bytes: int
    n_threads: int

    def prepare(self) -> bytes | None:
        """Return the filter where it is the same for every child: each is number 1."""
        return build_filter(own_pid=1, has_scratch=True) if self.has_namespaces else None


def lock(plan: Lockdown, prepared: bytes | None, kept_fd: int) -> int:
    """Lock this process for good.

    Args:
        plan: What to give up.
        prepared: The filter of :meth:`Lockdown.prepare`.
        kept_fd: The one descriptor besides 0, 1 and 2 that stays open.

    Returns:
        Its new number.

    Raises:
        OSError: From the first step that the kernel refused. The process must end then.
    """
    os.dup2(kept_fd, 3)
    os.closerange(4, ZYGOTE_DESCRIPTORS)
    if plan.has_namespaces:
        mount_scratch(plan.scratch_bytes, plan.scratch_files)
    os.chdir(SCRATCH if plan.has_namespaces else "/")
    os.umask(0o077)
    _limit(plan)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    restrict(plan.rules, plan.landlock_version)
    load_filter(prepared or build_filter(own_pid=os.getpid(), has_scratch=False))
    return 3


def limit_run(*, address_bytes: int, cpu_s: int) -> None:
    """Lower the limits that differ from run to run.

    The soft limit on CPU time is the hard one: the kernel ignores the soft limit's signal in the
    first process of a pid namespace, and that is what a run is.
    """
    resource.setrlimit(resource.RLIMIT_AS, (address_bytes, address_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))


def _limit(plan: Lockdown) -> None:
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: plan.file_bytes,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_NOFILE: MAX_DESCRIPTORS,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_STACK: STACK_BYTES,
    }
    if plan.has_namespaces:
        limits[resource.RLIMIT_NPROC] = plan.n_threads
    for kind, wanted in limits.items():
        hard = resource.getrlimit(kind)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))
