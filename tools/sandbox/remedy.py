"""Says what is missing for a tier, and how whoever runs the machine can give it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tools.sandbox.tier import LAYERS, Finding, Layer, Tier, find_tier

_REMEDIES: Mapping[Layer, str] = {
    Layer.UNPRIVILEGED: "let the process change its user, or start it as an ordinary user",
    Layer.NO_NEW_PRIVS: "allow prctl(PR_SET_NO_NEW_PRIVS)",
    Layer.SECCOMP: "allow seccomp(2), on x86_64 or aarch64",
    Layer.RLIMITS: "allow setrlimit(2) and prlimit(2)",
    Layer.LANDLOCK: "run Linux 6.2 or later with 'landlock' in its lsm= list",
    Layer.SINGLE_THREAD: "remove the package that starts threads when it is imported",
    Layer.NAMESPACES: (
        "allow user namespaces: sysctl user.max_user_namespaces, an AppArmor profile with userns, "
        "a container's seccomp profile with unshare, setns, mount and pivot_root, or no "
        "RestrictNamespaces= in the systemd unit"
    ),
    Layer.PRIVATE_ROOT: "allow mount(2) and pivot_root(2) in user namespaces",
    Layer.SCRATCH: "allow tmpfs in user namespaces",
    Layer.CGROUP: (
        "delegate cgroup v2: Delegate=memory pids in the unit of systemd 251 or later, as "
        "ops/systemd/svend.service does"
    ),
}


def explain_refusal(minimum: Tier, findings: Sequence[Finding], log: str = "") -> str:
    """Return what keeps ``minimum`` from being reached, with a remedy for each layer.

    Args:
        minimum: What the settings ask for.
        findings: What the probe found.
        log: What the zygote said about itself.
    """
    needed = LAYERS[minimum]
    failed = [each for each in findings if each.layer in needed and not each.holds]
    reached = find_tier(findings)
    lines = [
        f"the sandbox reaches the tier '{reached}' and the settings ask for '{minimum}'"
        if reached
        else f"the sandbox reaches no tier and the settings ask for '{minimum}'"
    ]
    if failed and {each.detail for each in failed} == {failed[0].detail} and len(failed) > 1:
        # The probe did not run at all: every layer fails for the same reason.
        return "\n".join([*lines, failed[0].detail, log]).strip()
    lines += [
        f"{each.layer}: {each.detail or 'does not hold'}. To mend it, {_REMEDIES[each.layer]}."
        for each in failed
    ]
    if reached is Tier.LANDLOCK:
        lines.append(
            "To run without namespaces knowingly, set the minimum to 'landlock'; docs/sandbox.md "
            "says what that gives up."
        )
    return "\n".join([*lines, log]).strip()
