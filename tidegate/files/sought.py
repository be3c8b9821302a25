"""Places that are looked for in rows that come a batch at a time. Pure."""

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.proof.rows import Rows, offsets_by_partition


class Sought:
    """Which of some places were seen; its memory grows with these, not with what is seen."""

    def __init__(self, wanted: Rows) -> None:
        self._wanted = offsets_by_partition(wanted)
        self._seen = {number: np.zeros(len(offsets), np.bool_) for number, offsets in self._wanted.items()}

    def see(self, rows: Rows) -> None:
        """Notes those of the places that the rows have."""
        for number in np.unique(rows.partition).tolist():
            wanted = self._wanted.get(number)
            if wanted is not None:
                offsets = rows.offset[rows.partition == number]
                at = np.searchsorted(wanted, offsets)
                at, offsets = at[at < len(wanted)], offsets[at < len(wanted)]
                self._seen[number][at[wanted[at] == offsets]] = True

    def unseen(self, rows: Rows) -> Mask:
        """Marks those of the rows, all of which are looked for, that were not seen."""
        marked = np.zeros(len(rows), np.bool_)
        for number, wanted in self._wanted.items():
            mine = rows.partition == number
            marked[mine] = ~self._seen[number][np.searchsorted(wanted, rows.offset[mine])]
        return marked
