"""Verdicts have three values: a check that could not be made says so."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a check found.

    A crash or a timeout of a checker is ``UNCHECKED``, never ``WRONG``: infrastructure that
    fails says nothing about the answer.
    """

    RIGHT = "right"
    WRONG = "wrong"
    UNCHECKED = "unchecked"
