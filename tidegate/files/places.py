"""A sum over offsets of rows by which a set of rows is known to be another one: what source ``files`` tells of a split.

``io.tidegate.connectors.files.Places`` has the same. Pure.
"""

import numpy as np
from numpy.typing import NDArray

_STEP = np.uint64(0x9E3779B97F4A7C15)
_ROUNDS = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))
_LAST_SHIFT = np.uint64(31)


def places_hash(offsets: NDArray[np.int64]) -> int:
    """The sum modulo 2^64 of a mix of each offset, as a BIGINT has it: from -2^63 to 2^63-1; 0 of no offset.

    Sums of parts may be added, modulo 2^64. A row that is missing, there twice or elsewhere changes the sum, save for
    one in 2^64. The mix is splitmix64: https://prng.di.unimi.it/splitmix64.c.
    """
    mixed = offsets.astype(np.uint64) + _STEP
    for shift, multiplier in _ROUNDS:
        mixed = (mixed ^ (mixed >> shift)) * multiplier
    mixed ^= mixed >> _LAST_SHIFT
    return int(np.sum(mixed, dtype=np.uint64).astype(np.int64))
