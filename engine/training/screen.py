"""The screen that keeps held-back questions out of training data.

Two sorted arrays of 64-bit hashes (BLAKE2b, big-endian) are given: of whole questions, and of
their windows of 13 words. The words of the second are letters only, so that new numbers hide
nothing.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.training.errors import DatasetError

WINDOW_WORDS: Final = 13

_EXACT_WORD: Final = re.compile(r"[a-z0-9.]+")
_LETTERS: Final = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Hashes of held-back text; both arrays are sorted."""

    exact: npt.NDArray[np.uint64]
    windows: npt.NDArray[np.uint64]

    @property
    def digest(self) -> str:
        """SHA-256 of both arrays: which screen it is."""
        data = self.exact.tobytes() + b"/" + self.windows.tobytes()
        return hashlib.sha256(data).hexdigest()

    def hits(self, question: str) -> bool:
        """Whether the question, or any 13 words of it in a row, is held back."""
        return self.hits_exactly(question) or self.shares_words(question)

    def hits_exactly(self, question: str) -> bool:
        """Whether the question is held back, as it is but for case and marks."""
        return _contains(self.exact, [_hash(" ".join(_EXACT_WORD.findall(question.lower())))])

    def shares_words(self, text: str, *, fewest: int = 0) -> bool:
        """Whether any 13 words in a row, or all of a shorter text, are held back.

        Args:
            text: What is looked at.
            fewest: A text of fewer words passes. Some held-back questions are a word or two
                between numbers, which any answer may hold.
        """
        words = _LETTERS.findall(text.lower())
        if len(words) < fewest:
            return False
        return _contains(self.windows, [_hash(window) for window in _windows(words)])


def load_screen(exact_path: Path, windows_path: Path) -> Screen:
    """Read the two arrays (`.npy`, uint64).

    Raises:
        DatasetError: When a file holds no such array.
    """
    return Screen(exact=_load(exact_path), windows=_load(windows_path))


def empty_screen() -> Screen:
    """A screen that holds nothing back, for data that was screened before."""
    nothing = np.zeros(0, dtype=np.uint64)
    return Screen(exact=nothing, windows=nothing)


def _load(path: Path) -> npt.NDArray[np.uint64]:
    try:
        hashes = np.load(path)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: no array of hashes: {error}") from error
    if getattr(hashes, "dtype", None) != np.uint64 or hashes.ndim != 1:
        raise DatasetError(f"{path}: not one row of 64-bit hashes")
    return np.sort(hashes)


def _windows(found: list[str]) -> list[str]:
    n_windows = max(1, len(found) - WINDOW_WORDS + 1)
    return [" ".join(found[i : i + WINDOW_WORDS]) for i in range(n_windows)]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _contains(sorted_hashes: npt.NDArray[np.uint64], hashes: list[int]) -> bool:
    if not len(sorted_hashes):
        return False
    wanted = np.array(hashes, dtype=np.uint64)
    places = np.minimum(np.searchsorted(sorted_hashes, wanted), len(sorted_hashes) - 1)
    return bool(np.any(sorted_hashes[places] == wanted))
