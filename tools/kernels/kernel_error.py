"""How a kernel refuses."""

from __future__ import annotations


class KernelError(Exception):
    """The call cannot be carried out as written; the message says how to mend it."""
