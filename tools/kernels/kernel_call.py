"""Calls a kernel with the arguments that stand on standard input."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from tools.kernels.kernel_error import KernelError


def call_kernel(name: str) -> dict[str, Any]:
    """Return ``{"result": ...}``, or ``{"refused": words}`` where the kernel refused.

    Args:
        name: The kernel's module.
    """
    arguments = json.loads(sys.stdin.read())
    kernel = importlib.import_module(name)
    try:
        return {"result": kernel.run(arguments)}
    except KernelError as error:
        return {"refused": str(error)}
