"""Rows counted by the file that they are of, with a sum over their places: two sets that agree in both are the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.files.places import places_hash
from tidegate.proof.rows import Rows, make_rows

_MODULUS, _HALF = 1 << 64, 1 << 63


@dataclass(frozen=True, slots=True)
class Tally:
    """How many places, and the sum over them that :func:`places_hash` makes."""

    count: int = 0
    places: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        places = (self.places + other.places + _HALF) % _MODULUS - _HALF
        return Tally(self.count + other.count, places)


NOTHING = Tally()


def tallied(rows: Rows) -> dict[int, Tally]:
    """By number of the file; a place counts as often as it is there."""
    found = {}
    for number in np.unique(rows.partition).tolist():
        offsets: NDArray[np.int64] = rows.offset[rows.partition == number]
        found[int(number)] = Tally(len(offsets), places_hash(offsets))
    return found


def together(*parts: Mapping[int, Tally]) -> dict[int, Tally]:
    """Of parts of which none has a place of another."""
    found: dict[int, Tally] = {}
    for part in parts:
        for number, tally in part.items():
            found[number] = found.get(number, NOTHING) + tally
    return found


def once(parts: Iterable[Rows]) -> Rows:
    """Each place once."""
    every = [np.column_stack([part.partition.astype(np.int64), part.offset]) for part in parts]
    both = np.unique(np.concatenate([np.zeros((0, 2), np.int64), *every]), axis=0)
    return make_rows(both[:, 0], both[:, 1])
