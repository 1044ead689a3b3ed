import json
import signal

import pytest

from tools.sandbox.classify import Ended, classify
from tools.sandbox.inside.child import UNLOCKED_STATUS
from tools.sandbox.program import Limits
from tools.sandbox.result import Outcome

LIMITS = Limits(cpu_s=5)
OK = json.dumps({"status": "ok", "type": "int", "value": 4}).encode()
ERROR = json.dumps({"status": "error", "type": "E", "message": "E: m", "memory": False}).encode()
MEMORY = json.dumps({"status": "error", "type": "MemoryError", "memory": True}).encode()
EXIT = json.dumps({"status": "exit", "code": 3}).encode()


def exited(code: int) -> Ended:
    return Ended(status=code << 8)


CASES = {
    "a result": (exited(0), OK, Outcome.OK),
    "an exception": (exited(1), ERROR, Outcome.ERROR),
    "an exception and status 0": (exited(0), ERROR, Outcome.ERROR),
    "no memory": (exited(1), MEMORY, Outcome.MEMORY),
    "a chosen status": (exited(3), EXIT, Outcome.EXIT),
    "a hard status": (exited(7), b"", Outcome.EXIT),
    "a result and another status": (exited(2), OK, Outcome.EXIT),
    "status 0 without a result": (exited(0), b"", Outcome.BAD_RESULT),
    "a malformed result": (exited(0), OK + OK, Outcome.BAD_RESULT),
    "an unlocked child": (exited(UNLOCKED_STATUS), b"", Outcome.SANDBOX_ERROR),
    "a result before a kill": (
        Ended(status=signal.SIGKILL, killed="wall"),
        OK,
        Outcome.TIMEOUT_WALL,
    ),
    "too much output": (Ended(status=signal.SIGKILL, killed="output"), b"", Outcome.OUTPUT_LIMIT),
    "too much result": (Ended(status=signal.SIGKILL, killed="result"), b"", Outcome.BAD_RESULT),
    "used-up time": (Ended(status=signal.SIGKILL, cpu_s=4.9), b"", Outcome.TIMEOUT_CPU),
    "used-up time, warned": (Ended(status=signal.SIGXCPU, cpu_s=5.0), b"", Outcome.TIMEOUT_CPU),
    "a kill for memory": (Ended(status=signal.SIGKILL, was_oom=True), b"", Outcome.MEMORY),
    "a kill by somebody else": (Ended(status=signal.SIGKILL), b"", Outcome.CRASH),
    "a bad pointer": (Ended(status=signal.SIGSEGV), OK, Outcome.CRASH),
    "a signal without a name": (Ended(status=33), b"", Outcome.CRASH),
}


@pytest.mark.parametrize(("ended", "result", "outcome"), CASES.values(), ids=CASES)
def test_the_kernel_and_the_watcher_decide_before_the_program(ended, result, outcome):
    assert classify(ended, LIMITS, result).outcome is outcome


def test_a_limit_is_named_in_its_message():
    verdict = classify(Ended(status=signal.SIGKILL, cpu_s=5.0), LIMITS, b"")
    assert verdict.message == "Stopped after 5 s of processor time."
    assert verdict.signal == "SIGKILL"
