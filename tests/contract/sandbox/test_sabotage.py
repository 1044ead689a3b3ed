"""Each layer removed in turn: the sandbox refuses, or reports the lower tier, and never "ok"."""

import errno
import os
import sys
from pathlib import Path

import pytest

from tests.contract.sandbox.driver import RemoteSandbox
from tools.sandbox.delegation import open_room
from tools.sandbox.errors import SandboxUnavailableError
from tools.sandbox.sandbox import Sandbox
from tools.sandbox.settings import SandboxSettings
from tools.sandbox.tier import Tier

DENY = str(Path(__file__).with_name("deny.py"))
IS_ROOT = os.geteuid() == 0
LIE = 0

UNSHARE, MOUNT, PIVOT_ROOT, SETNS, SECCOMP, CAPSET = 272, 165, 155, 308, 317, 126
CREATE_RULESET, RESTRICT_SELF, PRCTL, PRLIMIT, SETRLIMIT, SETRESUID = 444, 446, 157, 302, 160, 117
NO_NEW_PRIVS = f"{PRCTL}:0=38"
LIMIT_ADDRESSES = f"{PRLIMIT}:1=9"

# Without these no tier is left.
FATAL = {
    "no landlock": (errno.ENOSYS, f"{CREATE_RULESET}", "landlock"),
    "landlock switched off": (errno.EOPNOTSUPP, f"{CREATE_RULESET}", "landlock"),
    "landlock refused": (errno.EPERM, f"{RESTRICT_SELF}", "landlock"),
    "landlock lies": (LIE, f"{RESTRICT_SELF}", "landlock: "),
    "seccomp refused": (errno.EPERM, f"{SECCOMP}", "locked"),
    "seccomp lies": (LIE, f"{SECCOMP}", "seccomp: "),
    "capabilities kept": (LIE, f"{CAPSET}", "unprivileged: "),
    "memory limit lies": (LIE, LIMIT_ADDRESSES, "rlimits: "),
    "all limits lie": (LIE, f"{PRLIMIT},{SETRLIMIT}", "rlimits: "),
}
if IS_ROOT:
    # For anybody else the launcher itself needs no_new_privs, and there is no root to give up.
    FATAL["no_new_privs lies"] = (LIE, NO_NEW_PRIVS, "")
    FATAL["root cannot be given up"] = (errno.EPERM, f"{SETRESUID}", "")

# Without these the weakest tier is left, and only for whoever asked for it.
LOWERING = {
    "unshare refused": (errno.EPERM, f"{UNSHARE}"),
    "no room for namespaces": (errno.ENOSPC, f"{UNSHARE}"),
    "unshare lies": (LIE, f"{UNSHARE}"),
    "mount refused": (errno.EACCES, f"{MOUNT}"),
    "pivot_root refused": (errno.EPERM, f"{PIVOT_ROOT}"),
}


def settings(code: int, rules: str, tier: Tier) -> SandboxSettings:
    return SandboxSettings(
        min_tier=tier,
        packages=(),
        n_ready=1,
        launch_prefix=(sys.executable, DENY, str(code), rules),
    )


async def refusal(wanted: SandboxSettings) -> str:
    sandbox = Sandbox(wanted)
    with pytest.raises(SandboxUnavailableError) as refused:
        await sandbox.start()
    return str(refused.value)


@pytest.mark.parametrize(("code", "rules", "word"), FATAL.values(), ids=FATAL)
async def test_no_tier_stands_without_this_layer(code, rules, word):
    assert word in await refusal(settings(code, rules, Tier.LANDLOCK))


# Root's interpreter may lie in root's closed home, which only a private root shows to others.
ORDINARY = "nobody" if IS_ROOT else "self"


def start_ordinary(code: int, rules: str, tier: Tier) -> RemoteSandbox:
    prefix = [sys.executable, DENY, str(code), rules]
    wanted = {"min_tier": tier, "packages": [], "n_ready": 1, "launch_prefix": prefix}
    return RemoteSandbox(ORDINARY, wanted)


@pytest.mark.parametrize(("code", "rules"), LOWERING.values(), ids=LOWERING)
def test_the_full_tier_is_refused_without_namespaces(code, rules):
    remote = start_ordinary(code, rules, Tier.FULL)
    remote.close()
    why = remote.hello["why"]
    assert "reaches the tier 'landlock' and the settings ask for 'full'" in why
    assert "namespaces: " in why
    assert "To mend it" in why


@pytest.mark.parametrize(("code", "rules"), LOWERING.values(), ids=LOWERING)
def test_the_landlock_tier_is_reported_when_it_was_asked_for(code, rules):
    remote = start_ordinary(code, rules, Tier.LANDLOCK)
    result = remote.run("answer = 6 * 7")
    remote.close()
    assert remote.hello["report"]["tier"] == "landlock"
    assert (result.value, result.tier) == (42, "landlock")


async def test_a_zygote_that_cannot_fork_into_a_namespace_is_refused():
    assert "died" in await refusal(settings(errno.EPERM, f"{SETNS}", Tier.FULL))


async def test_the_external_tier_is_never_claimed_by_this_machine():
    assert "kernel of its own" in await refusal(SandboxSettings(min_tier=Tier.EXTERNAL))


async def test_an_interpreter_that_is_not_there_is_refused(tmp_path):
    missing = SandboxSettings(python=tmp_path / "python")
    assert "interpreter does not run" in await refusal(missing)


async def test_a_control_group_is_never_claimed_where_none_can_be_made():
    try:
        open_room()
        tier = Tier.FULL_CGROUP
    except OSError:
        tier = Tier.FULL
    async with Sandbox(SandboxSettings(packages=(), n_ready=1)) as sandbox:
        assert sandbox.report.tier is tier
    if tier is Tier.FULL:
        wanted = SandboxSettings(min_tier=Tier.FULL_CGROUP, packages=(), n_ready=1)
        assert "Delegate=memory pids" in await refusal(wanted)
