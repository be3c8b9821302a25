"""The rows of one file, block by block, and what is done to some of them. Memory does not grow with the file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from producers.files.block import END, Block, Endings, RowMaker, Stretch
from producers.files.damage import Damage
from producers.files.mixing import DUPLICATE, GOOD, HUGE, Mix, Roles, repeated, roles
from producers.files.packing import Written
from producers.files.tally import Ledger

BLOCK_ROWS = 32_768
CONTENT, ROLES, CORRECTION = range(3)
"""Streams of chance: what is made is the same, whatever is done to it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows of file ``number`` of a day; ``has_huge``: the first of them is too long to be read."""

    day: date
    number: int
    rows: int
    seed: int
    mix: Mix
    has_huge: bool = False

    def rng(self, stream: int, block: int) -> np.random.Generator:
        """The chance of a block."""
        return np.random.default_rng([self.seed, self.day.toordinal(), self.number, stream, block])

    def stretches(self) -> Iterator[tuple[int, Stretch]]:
        """The blocks, with their numbers."""
        for number, first in enumerate(range(0, self.rows, BLOCK_ROWS)):
            yield number, Stretch(self.day, self.number, first, min(BLOCK_ROWS, self.rows - first))


@dataclass(frozen=True, slots=True)
class Target:
    """Where rows go, and where they are counted."""

    out: Written
    ledger: Ledger

    def splice(self, block: Block, places: NDArray[np.intp], line_of: Callable[[int], bytes | None]) -> None:
        """The rows of a block; those at ``places`` are replaced by other lines, or left out."""
        view, at, tally = memoryview(block.data), 0, self.ledger.tally
        for place in [*places.tolist(), len(block.ends)]:
            if place > at:
                self.out.write(view[block.start(at) : block.start(place)])
                tally.rows += place - at
            line = line_of(place) if place < len(block.ends) else None
            if line is not None:
                self.out.write(line + END)
                tally.rows += 1
            at = place + 1

    def count(self, block: Block, own: NDArray[np.bool_], endings: Endings) -> None:
        """Counts what drop and warn rules say of those rows that are as they were made."""
        counts = np.bincount(block.endings[own], minlength=len(endings.all)).tolist()
        for ending, count in zip(endings.all, counts, strict=True):
            self.ledger.ending(ending, count)


def draw(maker: RowMaker, wanted: Wanted, number: int, block: Block) -> tuple[Roles, NDArray[np.intp]]:
    """What is done to each row of a block, and which row each duplicate repeats."""
    drawn = roles(wanted.mix, len(block.ends), wanted.rng(ROLES, number))
    if wanted.has_huge and number == 0:
        drawn[0] = HUGE
    sources = repeated(drawn, block, maker.endings)
    drawn[(drawn == DUPLICATE) & (sources < 0)] = GOOD
    return drawn, sources


def write_rows(
    maker: RowMaker, wanted: Wanted, damages: Sequence[Damage], target: Target, huge: Damage | None = None
) -> None:
    """The rows as a supplier sends them first; bad ones are damaged in turn, one that is too long by ``huge``."""
    turn = 0
    ledger, out = target.ledger, target.out
    for number, stretch in wanted.stretches():
        block = maker.block(stretch, wanted.rng(CONTENT, number))
        drawn, sources = draw(maker, wanted, number, block)

        def line_of(
            place: int, block: Block = block, drawn: Roles = drawn, sources: NDArray[np.intp] = sources
        ) -> bytes:
            nonlocal turn
            if drawn[place] == DUPLICATE:
                line = block.line(int(sources[place]))
                ledger.duplicate(out.unpacked_bytes, len(line))
                return line
            damage = huge if drawn[place] == HUGE and huge else damages[turn % len(damages)]
            turn += damage is not huge
            line = damage.apply(block.line(place))
            ledger.rejected(damage, out.unpacked_bytes, len(line))
            return line

        target.count(block, drawn == GOOD, maker.endings)
        target.splice(block, np.flatnonzero(drawn != GOOD), line_of)
