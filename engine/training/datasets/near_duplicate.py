"""Near-duplicates: MinHash signatures of word shingles, found by locality-sensitive hashing.

Two texts are near when the shingles that they share are at least the threshold of all that they
hold together (Jaccard). A signature of minima estimates that share (Broder 1997), and banding
brings only likely pairs together (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets,
section 3.4), so the work grows with the number of texts, not with that of pairs.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

SHINGLE_WORDS: Final = 5
N_HASHES: Final = 128
N_BANDS: Final = 16
MAX_COMPARED: Final = 64
"""Members of one bucket that a text is compared with: bounds the work on many alike texts."""

_WORD: Final = re.compile(r"\w+")
_SEED: Final = 20_231_115


class NearDuplicates:
    """Remembers the texts that were new, and tells which later ones nearly repeat one.

    Args:
        threshold: The share of common shingles, 0 to 1, from which two texts are near. With 16
            bands of 8 rows a pair at 0.8 is brought together with probability 0.95, one at 0.6
            with 0.24 and then told apart by its signature.
    """

    def __init__(self, threshold: float) -> None:
        rng = np.random.default_rng(_SEED)
        # Multiply-shift hashing (Dietzfelbinger 1996): an odd factor, the upper half kept.
        self._factors = rng.integers(2**64, size=N_HASHES, dtype=np.uint64) | np.uint64(1)
        self._offsets = rng.integers(2**64, size=N_HASHES, dtype=np.uint64)
        self._threshold = threshold
        self._signatures: list[npt.NDArray[np.uint32]] = []
        self._buckets: dict[bytes, list[int]] = {}

    def is_new(self, text: str) -> bool:
        """Whether no earlier new text is near to this one; then it is remembered."""
        signature = self._sign(text)
        keys = _band_keys(signature)
        near = {index for key in keys for index in self._buckets.get(key, ())[:MAX_COMPARED]}
        if any(self._share(signature, index) >= self._threshold for index in near):
            return False
        for key in keys:
            self._buckets.setdefault(key, []).append(len(self._signatures))
        self._signatures.append(signature)
        return True

    def _sign(self, text: str) -> npt.NDArray[np.uint32]:
        values = np.array(sorted(_shingles(text)), dtype=np.uint64)[:, None]
        mixed = values * self._factors + self._offsets
        return (mixed >> np.uint64(32)).min(axis=0).astype(np.uint32)

    def _share(self, signature: npt.NDArray[np.uint32], index: int) -> float:
        return float(np.mean(signature == self._signatures[index]))


def _shingles(text: str) -> set[int]:
    words = _WORD.findall(text.lower())
    n_shingles = max(1, len(words) - SHINGLE_WORDS + 1)
    joined = (" ".join(words[i : i + SHINGLE_WORDS]) for i in range(n_shingles))
    return {zlib.crc32(shingle.encode(errors="surrogatepass")) for shingle in joined}


def _band_keys(signature: npt.NDArray[np.uint32]) -> list[bytes]:
    rows = np.split(signature, N_BANDS)
    return [bytes([band]) + row.tobytes() for band, row in enumerate(rows)]
