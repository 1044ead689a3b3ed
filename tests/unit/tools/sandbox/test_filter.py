import errno
import operator
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.sandbox.inside import seccomp
from tools.sandbox.inside.syscalls import ALLOWED, ARCHITECTURES, CHECKED, MACHINE, SCRATCH

ALLOW, DENY = 0x7FFF0000, 0x00050000 | errno.EPERM
KILL = 0x80000000
AUDIT = ARCHITECTURES[MACHINE].audit
TESTS = {0x15: operator.eq, 0x25: operator.gt, 0x35: operator.ge, 0x45: operator.and_}
FULL = seccomp.build_filter(own_pid=1, has_scratch=True)


def verdict(program: bytes, number: int, *arguments: int, audit: int = AUDIT) -> int:
    """Run the filter as the kernel would."""
    values = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=IIQ6Q", number, audit, 0, *[each % 2**64 for each in values])
    code = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at = accumulator = 0
    while True:
        kind, jump, other, value = code[at]
        at += 1
        match kind:
            case 0x20:
                accumulator = struct.unpack_from("=I", data, value)[0]
            case 0x54:
                accumulator &= value
            case 0x06:
                return value
            case _:
                at += jump if TESTS[kind](accumulator, value) else other


@given(st.integers(0, 0x3FFFFFFF))
def test_a_number_is_allowed_only_when_it_is_listed(number):
    if verdict(FULL, number) == ALLOW:
        assert number in {*ALLOWED.values(), *SCRATCH.values(), *CHECKED.values()}


@pytest.mark.parametrize("name", sorted(ALLOWED), ids=str)
def test_every_listed_call_is_allowed_whatever_its_arguments(name):
    assert verdict(FULL, ALLOWED[name], *[2**64 - 1] * 6) == ALLOW


def test_modes_of_files_can_be_changed_only_in_a_scratch_of_ones_own():
    without = seccomp.build_filter(own_pid=9, has_scratch=False)
    assert {verdict(FULL, number) for number in SCRATCH.values()} == {ALLOW}
    assert {verdict(without, number) for number in SCRATCH.values()} == {DENY}


@given(st.integers(0, 2**32 - 1))
def test_only_the_run_itself_can_be_signalled(pid):
    expected = ALLOW if pid == 1 else DENY
    assert verdict(FULL, CHECKED["kill"], pid, 9) == expected
    assert verdict(FULL, CHECKED["tgkill"], pid, 5, 9) == expected


@given(st.integers(0, 2**32 - 1))
def test_a_clone_is_a_thread_or_denied(flags):
    is_thread = flags & 0x10000 and not flags & 0x7E020080
    assert verdict(FULL, CHECKED["clone"], flags) == (ALLOW if is_thread else DENY)


@pytest.mark.parametrize("address", [1, 1 << 32, 2**64 - 1], ids=["low", "high", "all"])
def test_a_message_with_an_address_is_denied(address):
    assert verdict(FULL, CHECKED["sendto"], 3, 0, 0, 0, address) == DENY
    assert verdict(FULL, CHECKED["sendto"], 3, 0, 0, 0, 0) == ALLOW


def test_a_pair_of_sockets_is_a_local_stream_or_denied():
    stream, cloexec, datagram = 1, 0x80000, 2
    assert verdict(FULL, CHECKED["socketpair"], 1, stream | cloexec) == ALLOW
    assert verdict(FULL, CHECKED["socketpair"], 1, datagram) == DENY
    assert verdict(FULL, CHECKED["socketpair"], 2, stream) == DENY


def test_a_foreign_mode_of_the_processor_ends_the_run():
    assert verdict(FULL, 1, audit=AUDIT ^ 1) == KILL
    if ARCHITECTURES[MACHINE].foreign_bit is not None:
        assert verdict(FULL, 0x40000000 + 39) == KILL


def test_an_unknown_processor_has_no_filter(monkeypatch):
    monkeypatch.setattr(seccomp, "MACHINE", "mips")
    with pytest.raises(OSError, match="mips"):
        seccomp.build_filter(own_pid=1, has_scratch=True)
