"""What the lake has of loaded files, for their proof: counted a batch at a time; what does not add up, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidegate.avro.leading_fields import Mask
from tidegate.clients.lake_rows import scan_rows, table_if_there
from tidegate.clients.retention_notes import removed_before
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import PLACE
from tidegate.contracts.naming import files_table, lake_table
from tidegate.files.account import Split
from tidegate.files.closer import Closer, Others, Sums, look_closer, sums_of
from tidegate.files.pieces import Piece, condition_of
from tidegate.files.proof_scope import Repeats
from tidegate.files.sought import Sought
from tidegate.files.staged import splits_of
from tidegate.files.tally import Tally, tallied, together
from tidegate.proof.rows import Rows, concat, make_rows
from tidegate.replay.lake_rows import identified, places
from tidegate.settings import Settings
from tidegate.sql.files import SPLIT_COLUMNS
from tidegate.sql.replay_lake import CODE, DROPPED, DUPLICATE, REJECTED, VERDICT

_PLACE_OF_FIRST = r"^(?P<number>\d{1,9}):(?P<offset>\d{1,18})$"


@dataclass(frozen=True, slots=True)
class Counted:
    """``silver``: by number, all rows there; ``sums``: of each file; ``unseen``: which first rows silver has not."""

    silver: Mapping[int, Tally]
    sums: Mapping[int, Sums]
    repeats: Repeats
    unseen: Mask


class LakeEvidence:
    """The lake's tables of a dataset as they are when this is made: what is committed since is not seen."""

    def __init__(self, settings: Settings, dataset: Files) -> None:
        self._settings = settings
        self._dataset = dataset
        self._silver = table_if_there(settings, lake_table("silver", dataset.name))
        self._verdicts = table_if_there(settings, files_table(dataset.name, "verdicts"))
        self._splits = table_if_there(settings, files_table(dataset.name, "splits"))
        self._letters = table_if_there(settings, files_table(dataset.name, "letters"))

    @property
    def removed_before(self) -> date | None:
        """Rows of silver of the days before it may have been removed by retention."""
        return None if self._silver is None else removed_before(self._silver.properties)

    def splits(self, numbers: Sequence[int]) -> dict[int, list[Split]]:
        """By number of the file, what its parts held."""
        batches = [*self._scan(self._splits, tuple(SPLIT_COLUMNS), condition_of(numbers))]
        return splits_of(pa.Table.from_batches(batches)) if batches else {}

    def counted(self, numbers: Sequence[int], condition: str | None) -> Counted:
        """Of the files ``numbers``; of silver all rows that meet the condition are counted, or all.

        Memory grows with the duplicates, not with the rows.
        """
        sums, repeats = self._verdict_sums(numbers)
        sought = Sought(repeats.first)
        silver: dict[int, Tally] = {}
        for rows in self._silver_rows(condition):
            sought.see(rows)
            silver = together(silver, tallied(rows))
        if condition is not None:
            for elsewhere in _elsewhere(repeats.first, numbers):
                for rows in self._silver_rows(elsewhere.condition()):
                    sought.see(rows)
        every = {number: sums.get(number, Sums()) + Sums(silver.get(number, Tally())) for number in numbers}
        return Counted(silver, every, repeats, sought.unseen(repeats.first))

    def closer(self, piece: Piece) -> Closer:
        """All rows of a piece, place by place."""
        explodes = self._dataset.contract.explode is not None
        identity = self._dataset.contract.row_identity if explodes else ()
        batches = self._scan(self._silver, tuple(dict.fromkeys((*PLACE, *identity))), piece.condition())
        silver = identified(batches, identity) if explodes else places(batches)
        others: dict[str, list[Rows]] = {name: [] for name in (REJECTED, DROPPED, DUPLICATE)}
        for name, batch in self._by_verdict(piece.condition()):
            others[name].append(places([batch]))
        parts = (piece.of(concat(others[name])) for name in (REJECTED, DROPPED, DUPLICATE))
        return look_closer(piece.of(silver), Others(*parts), explodes=explodes)

    def identified(self, piece: Piece, in_time: str) -> Rows:
        """The rows of a piece in silver that a condition on their time lets pass, each with its identity."""
        identity = self._dataset.contract.row_identity
        columns = tuple(dict.fromkeys((*PLACE, *identity)))
        return piece.of(identified(self._scan(self._silver, columns, f"{piece.condition()} and {in_time}"), identity))

    def rejected(self, piece: Piece) -> Rows:
        """The rejected rows, or items of rows, of a piece."""
        found = (places([batch]) for name, batch in self._by_verdict(piece.condition()) if name == REJECTED)
        return piece.of(concat([*found]))

    def letters(self, piece: Piece) -> Rows:
        """The rows of a piece of which the lake has a letter."""
        return piece.of(places(self._scan(self._letters, PLACE, piece.condition())))

    def _verdict_sums(self, numbers: Sequence[int]) -> tuple[dict[int, Sums], Repeats]:
        sums, own, first = dict[int, Sums](), list[Rows](), list[Rows]()
        for name, batch in self._by_verdict(condition_of(numbers)):
            rows = places([batch])
            none = make_rows()
            parts = [rows if name == each else none for each in (REJECTED, DROPPED, DUPLICATE)]
            for number, each in sums_of(none, *parts).items():
                sums[number] = sums.get(number, Sums()) + each
            if name == DUPLICATE:
                own.append(rows)
                first.append(repeated_places(batch[CODE]))
        return sums, _of_files(Repeats(concat(own), concat(first)), numbers)

    def _by_verdict(self, condition: str) -> Iterator[tuple[str, Any]]:
        for batch in self._scan(self._verdicts, (*PLACE, VERDICT, CODE), condition):
            for name in (REJECTED, DROPPED, DUPLICATE):
                found = batch.filter(pc.equal(batch[VERDICT], name))
                if found.num_rows:
                    yield name, found

    def _silver_rows(self, condition: str | None) -> Iterator[Rows]:
        for batch in self._scan(self._silver, PLACE, condition):
            yield places([batch])

    def _scan(self, table: Any, columns: tuple[str, ...], condition: str | None) -> Iterator[Any]:
        if table is not None:
            yield from scan_rows(self._settings, table, columns, condition)


def repeated_places(codes: Any) -> Rows:
    """Of duplicates' codes the places that they name; (-1, -1) for what names none."""
    found = pc.extract_regex(codes, _PLACE_OF_FIRST)
    parts = [pc.struct_field(found, name) for name in ("number", "offset")]
    numbers = [np.asarray(pc.fill_null(pc.cast(part, pa.int64()), -1)) for part in parts]
    return make_rows(*numbers)


def _of_files(repeats: Repeats, numbers: Sequence[int]) -> Repeats:
    mine = np.isin(repeats.rows.partition, numbers)
    return Repeats(repeats.rows.where(mine), repeats.first.where(mine))


def _elsewhere(first: Rows, numbers: Sequence[int]) -> Iterator[Piece]:
    """Where rows lie that are repeated, of files that are not counted themselves."""
    for number in sorted({*np.unique(first.partition).tolist()} - {*numbers, -1}):
        offsets = first.offset[first.partition == number]
        yield Piece((number,), int(offsets.min()), int(offsets.max()) + 1)
