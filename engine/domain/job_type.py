"""What kinds of work a job can be."""

from __future__ import annotations

from enum import StrEnum


class JobType(StrEnum):
    """What a worker does with a job: search for the answer of a problem, or run one tool."""

    SOLVE = "solve"
    TOOL = "tool"
