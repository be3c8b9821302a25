"""What the lake has of files: by sums, row by row, and what duplicates repeat; on tables of this machine's disk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.lake import DiskCatalog
from tests.unit.files.made_files import files_of
from tidegate.clients import lake_rows
from tidegate.clients.retention_notes import note_removed
from tidegate.contracts.dataset import Files
from tidegate.contracts.model import Explode
from tidegate.files.account import Split
from tidegate.files.closer import Sums
from tidegate.files.pieces import Piece, Sized, pieces
from tidegate.files.proof_rows import LakeEvidence, repeated_places
from tidegate.files.tally import Tally, tallied
from tidegate.proof.rows import make_rows
from tidegate.proof.strangers import Strangers
from tidegate.settings import Settings

Rows = Sequence[tuple[Any, ...]]
PLACE = [pa.field("_source_partition", pa.int32()), pa.field("_source_offset", pa.int64())]
SILVER = pa.schema([*PLACE, pa.field("id", pa.string()), pa.field("item", pa.int64())])
VERDICTS = pa.schema([*PLACE, pa.field("verdict", pa.string()), pa.field("code", pa.string())])
NUMBERS = ("_length", "_rows", "_header_lines", "_blank_lines", "_comment_lines", "_places")
SPLITS = pa.schema(
    [
        *PLACE,
        *(pa.field(name, pa.int64()) for name in NUMBERS),
        pa.field("_error_code", pa.string()),
        pa.field("_error_message", pa.string()),
    ]
)
SILVER_ROWS: Rows = [(1, 10, "a", 0), (1, 20, "b", 0), (2, 10, "c", 0), (3, 0, "d", 0), (3, 50, "e", 0)]
VERDICT_ROWS: Rows = [
    (1, 30, "rejected", "BAD_VALUE"),
    (1, 40, "duplicate", "2:10"),
    (1, 50, "duplicate", "3:50"),
    (1, 60, "duplicate", "3:60"),
    (2, 20, "dropped", "no_tests"),
    (3, 70, "duplicate", "1:10"),
]


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DiskCatalog:
    made = DiskCatalog(tmp_path)
    monkeypatch.setattr(lake_rows, "open_catalog", lambda _: made)
    monkeypatch.setattr(lake_rows, "find_table", lambda of, name: of.tables.get(name))
    return made


def put(catalog: DiskCatalog, name: str, schema: pa.Schema, rows: Rows) -> None:
    table = catalog.tables.get(name) or catalog.create(name, schema)
    table.append(pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema))


@pytest.fixture
def lake(catalog: DiskCatalog) -> LakeEvidence:
    put(catalog, "silver.orders", SILVER, SILVER_ROWS)
    put(catalog, "files.orders_verdicts", VERDICTS, VERDICT_ROWS)
    return evidence()


def evidence(dataset: Files | None = None) -> LakeEvidence:
    return LakeEvidence(Settings(), dataset or files_of("/in/{date:yyyy-MM-dd}/*.csv"))


def tally(*offsets: int) -> Tally:
    return tallied(make_rows([1] * len(offsets), offsets))[1]


def test_rows_are_counted_by_file_and_verdict(lake: LakeEvidence) -> None:
    found = lake.counted([1, 2], None)

    assert found.sums == {
        1: Sums(tally(10, 20), tally(30), Tally(), tally(40, 50, 60)),
        2: Sums(tally(10), Tally(), tally(20)),
    }
    assert found.silver[3].count == 2


@pytest.mark.parametrize("condition", [None, "_source_partition in (1)"])
def test_what_duplicates_repeat_is_looked_for_in_other_files_too(lake: LakeEvidence, condition: str | None) -> None:
    found = lake.counted([1], condition)

    assert found.repeats.rows.offset.tolist() == [40, 50, 60]
    assert found.unseen.tolist() == [False, False, True]


def test_a_file_of_which_nothing_is_there_has_no_rows(lake: LakeEvidence) -> None:
    assert lake.counted([9], None).sums == {9: Sums()}
    assert lake.counted([], None).sums == {}
    assert lake.splits([9]) == {}


def test_a_lake_without_tables_has_nothing(catalog: DiskCatalog) -> None:
    found = evidence()

    assert found.counted([1], None).sums == {1: Sums()}
    assert found.removed_before is None
    assert len(found.letters(Piece((1,)))) == len(found.rejected(Piece((1,)))) == 0


def test_row_by_row_the_sums_are_the_same_in_whatever_pieces(catalog: DiskCatalog, lake: LakeEvidence) -> None:
    put(catalog, "silver.orders", SILVER, [(1, 20, "b", 0)])
    whole = evidence().closer(Piece((1, 2)))
    parts = [evidence().closer(piece) for piece in pieces([Sized(1, 7, 40)], most=2)]

    assert whole.sums[2] == lake.counted([2], None).sums[2]
    assert len(parts) == 4
    assert sum((part.sums.get(1, Sums()) for part in parts), Sums()) == whole.sums[1]
    assert whole.doubled == {1: Strangers(1, ("1:20",))}
    assert [part.doubled for part in parts if part.doubled] == [whole.doubled]


def test_items_of_a_record_count_once_and_are_told_apart(catalog: DiskCatalog) -> None:
    files = files_of("/in/{date:yyyy-MM-dd}/*.csv")
    explode = Explode(field="items", position="item")
    exploding = replace(files, contract=files.contract.model_copy(update={"explode": explode}))
    put(catalog, "silver.orders", SILVER, [(1, 10, "a", 0), (1, 10, "a", 1), (1, 20, "b", 0), (1, 20, "b", 0)])
    put(catalog, "files.orders_verdicts", VERDICTS, [(1, 10, "rejected", "RULE_VIOLATED")])

    found = evidence(exploding).closer(Piece((1,)))

    assert found.sums == {1: Sums(tally(10, 20))}
    assert found.doubled == {1: Strangers(1, ("1:20",))}


def test_splits_are_read_of_the_files_that_are_asked_for(catalog: DiskCatalog) -> None:
    rows = [(number, 0, 100, 5, 1, 0, 0, 7, None, None) for number in (1, 2)]
    put(catalog, "files.orders_splits", SPLITS, rows)

    assert evidence().splits([2]) == {2: [Split(0, 100, 5, 1, 0, 0, 7)]}


def test_letters_and_rejected_rows_are_those_of_a_piece(catalog: DiskCatalog, lake: LakeEvidence) -> None:
    put(catalog, "files.orders_letters", pa.schema(PLACE), [(1, 30), (2, 30), (1, 80)])
    piece = Piece((1,), 0, 70)

    assert evidence().letters(piece).offset.tolist() == [30]
    assert evidence().rejected(piece).offset.tolist() == [30]


def test_what_retention_removed_is_known_by_the_table(catalog: DiskCatalog, lake: LakeEvidence) -> None:
    with catalog.tables["silver.orders"].transaction() as change:
        change.set_properties(note_removed({}, date(2026, 11, 1)))

    assert evidence().removed_before == date(2026, 11, 1)


def test_a_code_that_names_no_place_repeats_nothing() -> None:
    found = repeated_places(pa.array(["12:3456789012345", "nothing", None, "7:", "-1:5"]))

    assert list(zip(found.partition.tolist(), found.offset.tolist(), strict=True)) == [
        (12, 3456789012345),
        *[(-1, -1)] * 4,
    ]
