"""A file once its supplier has corrected it: no row is bad or there twice, some are others, some gone, some new."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from producers.files.block import Block, RowMaker
from producers.files.mixing import CHANGED, GOOD, KEPT, REMOVED, Correction, Roles, corrected
from producers.files.tally import Diff
from producers.files.write import CONTENT, CORRECTION, Target, Wanted, draw


def write_corrected(
    maker: RowMaker, wanted: Wanted, change: Callable[[bytes], bytes], correction: Correction, target: Target
) -> None:
    """The rows of ``wanted``, corrected; the ledger says how silver differs from that of the file before."""
    diff = target.ledger.tally.diff = Diff()
    for number, stretch in wanted.stretches():
        block = maker.block(stretch, wanted.rng(CONTENT, number))
        done = corrected(correction, stretch.rows, wanted.rng(CORRECTION, number))
        silver = maker.endings.is_silver[block.endings]
        was, now = silver & (draw(maker, wanted, number, block)[0] == GOOD), silver & (done != REMOVED)
        diff.added += int((now & ~was).sum())
        diff.removed += int((was & ~now).sum())
        diff.changed += int((was & (done == CHANGED)).sum())

        def line_of(place: int, block: Block = block, done: Roles = done) -> bytes | None:
            if done[place] == REMOVED:
                return None
            line = change(block.line(place))
            target.ledger.changed(target.out.unpacked_bytes, len(line))
            return line

        target.count(block, done != REMOVED, maker.endings)
        target.splice(block, np.flatnonzero(done != KEPT), line_of)
    _add(maker, wanted, round(wanted.rows * correction.added), target)


def _add(maker: RowMaker, wanted: Wanted, rows: int, target: Target) -> None:
    """Rows behind those that the file had."""
    last = sum(1 for _ in wanted.stretches())
    diff = target.ledger.tally.diff
    assert diff is not None, "there is a file that is corrected"
    for number, stretch in replace(wanted, rows=rows).stretches():
        behind = replace(stretch, first=wanted.rows + stretch.first)
        block = maker.block(behind, wanted.rng(CONTENT, last + number))
        diff.added += int(maker.endings.is_silver[block.endings].sum())
        target.count(block, np.ones(stretch.rows, dtype=np.bool_), maker.endings)
        target.splice(block, np.array([], dtype=np.intp), lambda _place: None)
