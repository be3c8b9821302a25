"""Which rows of a block stay as they were made, are broken, repeat another, or are corrected: by chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.files.block import Block, Endings

Roles = NDArray[np.int8]
GOOD, BAD, DUPLICATE, HUGE = 0, 1, 2, 3
KEPT, CHANGED, REMOVED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of all rows."""

    bad: float = 0.0
    duplicate: float = 0.0


ALL_GOOD = Mix()


@dataclass(frozen=True, slots=True)
class Correction:
    """Shares of rows that a corrected file has otherwise, no more, or beside them."""

    changed: float = 0.01
    removed: float = 0.005
    added: float = 0.005


def roles(mix: Mix, rows: int, rng: np.random.Generator) -> Roles:
    """For each row what is done to it."""
    drawn = rng.random(rows)
    return np.where(drawn < mix.bad, BAD, np.where(drawn < mix.bad + mix.duplicate, DUPLICATE, GOOD)).astype(np.int8)


def repeated(drawn: Roles, block: Block, endings: Endings) -> NDArray[np.intp]:
    """For each row the nearest before it that stays as it was made and is for silver; -1 where there is none."""
    sound = (drawn == GOOD) & endings.is_silver[block.endings]
    places = np.where(sound, np.arange(len(drawn)), -1)
    return np.maximum.accumulate(places)


def corrected(correction: Correction, rows: int, rng: np.random.Generator) -> Roles:
    """For each row what a corrected file makes of it."""
    drawn = rng.random(rows)
    removed = correction.changed + correction.removed
    return np.where(drawn < correction.changed, CHANGED, np.where(drawn < removed, REMOVED, KEPT)).astype(np.int8)
