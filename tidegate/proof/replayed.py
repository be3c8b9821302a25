"""What replays into the lake have made of raw records: their verdicts take the place of the topics'. Pure.

The topics keep what the code made before. A replay has judged every raw record of its range anew, whatever these say:

* it **passed** if the lake has a row of it,
* it was **rejected**, as a whole or in some of its rows, it was **dropped**, or it is a **duplicate**, if the replay's
  own table in the lake names it so,
* it has no verdict, and is missing, if it is in none of these.

Of replays that have judged the same record the newest counts. Of a range of event times a record of which a row lies
outside of them is not judged: the topics' verdict stays. Where silver's topics of a later version were filled with what
a replay has made, they are held to it: then rows and dropped records are the topics', and its other verdicts count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.dead_letters.codes import STAGES_BEFORE_SILVER
from tidegate.proof.letters import WHOLE, Letters, without_numbers
from tidegate.proof.report import LayerVerdict
from tidegate.proof.rows import Difference, Rows, among, among_places, concat, in_spans, make_rows
from tidegate.proof.verdict import Outputs, PartitionVerdict

Spans = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Replay:
    """One of them: its range and what its table says of records in it. A row is a place; ``rejected`` has the number of
    its row in place of an identity, or ``WHOLE``. ``left``: what it has not judged. ``is_filled``: whether the silver
    and dropped topics have what it made.
    """

    plan_id: str
    spans: Spans
    rejected: Rows = field(default_factory=make_rows)
    dropped: Rows = field(default_factory=make_rows)
    duplicate: Rows = field(default_factory=make_rows)
    left: Rows = field(default_factory=make_rows)
    is_filled: bool = False

    def marks(self, rows: Rows) -> Mask:
        """Which rows are of records that it has judged."""
        marked = in_spans(rows, self.spans)
        return marked & ~among_places(rows, self.left) if len(self.left) else marked


@dataclass(frozen=True, slots=True)
class Replayed:
    """All of them, the newest first, and the lake's rows of what they have judged; each record has one verdict.

    No rows and no dropped ones of what is filled.
    """

    replays: tuple[Replay, ...] = ()
    silver: Rows = field(default_factory=make_rows)
    rejected: Rows = field(default_factory=make_rows)
    dropped: Rows = field(default_factory=make_rows)
    duplicate: Rows = field(default_factory=make_rows)

    @classmethod
    def of(cls, replays: Sequence[Replay], silver: Rows) -> "Replayed":
        """``silver``: all rows that the lake has of their spans."""
        newest_first = tuple(replays)
        duplicate = _newest(newest_first, [each.duplicate for each in newest_first])
        rejected = _newest(newest_first, [each.rejected for each in newest_first])
        # A repeat of which some rows are refused and the others are another record's: that one's letters say why.
        rejected = rejected.where(~((rejected.identity[:, 0] != WHOLE) & among_places(rejected, duplicate)))
        return cls(
            newest_first,
            silver.where(_replaced(newest_first, silver)),
            rejected,
            _newest(newest_first, [make_rows() if each.is_filled else each.dropped for each in newest_first]),
            duplicate,
        )

    def marks(self, rows: Rows) -> Mask:
        """Which rows are of records that a replay has judged."""
        return _marks(self.replays, rows)

    def repeats(self, rows: Rows, by_identity: Mask) -> Mask:
        """Which rows are of duplicates: by the replay where it has judged them, else those that are marked already."""
        repeats: Mask = np.where(self.marks(rows), among_places(rows, self.duplicate), by_identity)
        return repeats

    def over(self, outputs: Outputs) -> Outputs:
        """The outputs of refine, with the replays' verdicts in the place of theirs."""
        if not self.replays:
            return outputs
        is_ours = _replaced(self.replays, outputs.silver)
        numbered = self.rejected.identity[:, 0] != WHOLE
        return replace(
            outputs,
            silver=concat([outputs.silver.where(~is_ours), self.silver]),
            dead_letter=concat([self._others(outputs.dead_letter), self.rejected.where(~numbered)]),
            dropped=concat([outputs.dropped.where(~_replaced(self.replays, outputs.dropped)), self.dropped]),
            refused=concat([self._others(outputs.refused), self.rejected.where(numbered)]),
            replaced=outputs.silver.where(is_ours),
            replayed=self,
        )

    def standing(self, letters: Letters) -> Letters:
        """Without those before silver of records that are judged and not rejected any more."""
        if not self.replays:
            return letters
        left = {
            reason: rows.where(~self.marks(rows) | among_places(rows, self.rejected))
            for reason, rows in letters.places.items()
            if reason.stage in STAGES_BEFORE_SILVER and not reason.of_silver
        }
        return replace(letters, places=letters.places | left)

    def rows_over(self, silver: Rows) -> Rows:
        """The rows that the layers behind silver must have."""
        return concat([silver.where(~_replaced(self.replays, silver)), self.silver]) if self.replays else silver

    def _others(self, rows: Rows) -> Rows:
        return rows.where(~self.marks(rows))


def compare_replays(replayed: Replayed, verdicts: Iterable[PartitionVerdict], letters: Rows) -> LayerVerdict | None:
    """The records that replays have judged: each with a verdict, and a letter where it is rejected; None of none.

    ``letters``: of stages before silver, of raw records and their rows, numbered as ``Replay.rejected``.
    """
    found, expected = dict[int, Difference](), 0
    for verdict in verdicts:
        expected += verdict.replayed_records
        lacking = unlettered(verdict.window.of(replayed.rejected), letters, replayed.silver)
        found[verdict.window.partition] = Difference(
            np.union1d(np.intersect1d(verdict.difference.missing, verdict.replayed), lacking.offset),
            np.intersect1d(verdict.difference.doubled, verdict.replayed),
            np.intersect1d(verdict.difference.unexplained, verdict.replayed),
        )
    faults = sum(len(each.missing) + len(each.doubled) + len(each.unexplained) for each in found.values())
    if not expected and not faults:
        return None
    missing = sum(len(each.missing) for each in found.values())
    return LayerVerdict("replays", expected, expected - missing, found)


def unlettered(rejected: Rows, letters: Rows, passed: Rows) -> Rows:
    """What of this has no letter: of the same row, or of the record as a whole.

    The latter is resolved where other rows of the record have ``passed``: it says nothing of one that has not.
    """
    whole = without_numbers(letters.where(letters.identity[:, 0] == WHOLE))
    whole = whole.where(~among_places(whole, passed))
    return rejected.where(~(among(rejected, letters) | among_places(rejected, whole)))


def _marks(replays: Iterable[Replay], rows: Rows) -> Mask:
    marked = np.zeros(len(rows), np.bool_)
    for each in replays:
        marked |= each.marks(rows)
    return marked


def _replaced(replays: Iterable[Replay], rows: Rows) -> Mask:
    """Which rows are of records whose newest replay is not in the topics."""
    found, known = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    for each in replays:
        mine = each.marks(rows) & ~known
        found |= mine & (not each.is_filled)
        known |= mine
    return found


def _newest(replays: Sequence[Replay], parts: Sequence[Rows]) -> Rows:
    """Of each part what no newer replay has judged, and what its own has."""
    return concat(
        [
            part.where(each.marks(part) & ~_marks(replays[:newer], part))
            for newer, (each, part) in enumerate(zip(replays, parts, strict=True))
        ]
    )
