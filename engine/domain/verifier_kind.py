"""What judges answers: the kinds of verifiers, by the names that operators and callers use."""

from __future__ import annotations

from enum import StrEnum


class VerifierKind(StrEnum):
    """A kind of verifier.

    ``LABEL``: a language model that says yes or no. ``CLASSIFY``: a classification server.
    ``SHAPE``: fitted trees over the arithmetic of a program. ``SELF``: the base model about its
    own answers. ``NONE``: nothing judges.
    """

    LABEL = "label"
    CLASSIFY = "classify"
    SHAPE = "shape"
    SELF = "self"
    NONE = "none"
