"""What a verifier's folder says of itself: what it is, how it is asked, what it was trained on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from engine.training.errors import DatasetError
from engine.training.example import JudgedChain

FILE: Final = "svend-verifier.json"
FORMAT: Final = 1
_DIGEST_BYTES: Final = 8


class VerifierKind(StrEnum):
    """What stands behind a verifier.

    ``LANGUAGE``: a causal language model, or an adapter of one, that says yes or no.
    ``ENCODER``: a classifier of sequences.
    """

    LANGUAGE = "language"
    ENCODER = "encoder"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierFile:
    """The file.

    Attributes:
        kind: What the folder holds.
        layout: How claims are put to it.
        questions: Digests of the questions it was trained on or tuned by.
        systems: Who wrote the chains it was trained on.
    """

    kind: VerifierKind
    layout: str
    questions: frozenset[str] = field(default_factory=frozenset[str])
    systems: frozenset[str] = field(default_factory=frozenset[str])

    def write(self, folder: Path) -> None:
        """Write it into a verifier's folder."""
        data = {
            "format": FORMAT,
            "kind": self.kind.value,
            "layout": self.layout,
            "systems": sorted(self.systems),
            "questions": sorted(self.questions),
        }
        (folder / FILE).write_text(json.dumps(data) + "\n", encoding="utf-8")


def read_verifier_file(folder: Path) -> VerifierFile:
    """Read it.

    Raises:
        DatasetError: The folder holds no verifier of this format.
    """
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise DatasetError(f"{folder / FILE}: a format that this version does not read")
        return VerifierFile(
            kind=VerifierKind(data["kind"]),
            layout=str(data["layout"]),
            questions=frozenset(data["questions"]),
            systems=frozenset(data["systems"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{folder} holds no verifier: {error}") from error


def question_digest(question: str) -> str:
    """The identity of a question: 16 hex digits over its words."""
    folded = " ".join(question.lower().split())
    return hashlib.blake2b(folded.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def question_digests(chains: Iterable[JudgedChain]) -> frozenset[str]:
    """The identities of the questions of chains."""
    return frozenset(question_digest(chain.question) for chain in chains)
