"""Letters of the lake as records: what each row gets, and in which order."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from tests.letters import FAILED_AT, SCHEMA, letter
from tests.unit.avro.letters import as_columns
from tidegate.avro.codec import Encoder
from tidegate.clients.transactions import Record
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dead_letters.record import Headers, read_headers
from tidegate.files import letter_records
from tidegate.files.account import RowNumbers, Split
from tidegate.files.letter_records import LetterRecords, OfFiles, in_batches, still_to_send
from tidegate.files.mended import Mended

ENCODER = Encoder(SCHEMA, 4)
FILES = OfFiles(
    {
        3: RowNumbers([Split(0, 50, 5, 1, 0, 0, 0), Split(50, 50, 5, 0, 0, 0, 0)]),
        8: RowNumbers([Split(0, 9, 2, 0, 0, 0, 0)]),
    },
    {3: "of three", 8: "of eight"},
    {},
)
PLACE = ("_source_partition", "_source_offset", "_split_row")
ROWS = [(8, 0, 1), (3, 60, 2), (3, 10, 1), (8, 5, 2)]
"""Number of the file, byte, number in its part; rows of two files by turns."""


def records(files: OfFiles = FILES) -> list[Record]:
    letters = [
        letter(
            at,
            stage="contract" if number == 3 else "rule",
            error_message=f"bad: ä {at}",
            source={"topic": f"file:///{number}.csv", "partition": number},
        )
        for number, at, _ in ROWS
    ]
    rows = as_columns(letters)
    columns = dict(zip(rows.schema.names, rows.columns, strict=True))
    for name, values in zip(
        ("_source_partition", "_source_offset", "_split_row"), zip(*ROWS, strict=True), strict=True
    ):
        columns[name] = pa.array(values)
    return LetterRecords("dlq.sales", SCHEMA, 4, files).of(pa.RecordBatch.from_pydict(columns))


def decoded(made: list[Record]) -> list[dict[str, Any]]:
    return [ENCODER.decode(each.value or b"") for each in made]


def test_each_letter_has_the_number_of_its_row_and_its_files_checksum() -> None:
    assert [each["source_file"] for each in decoded(records())] == [
        {"uri": "file:///8.csv", "row": 1, "checksum": "of eight"},
        {"uri": "file:///3.csv", "row": 7, "checksum": "of three"},
        {"uri": "file:///3.csv", "row": 1, "checksum": "of three"},
        {"uri": "file:///8.csv", "row": 2, "checksum": "of eight"},
    ]


def test_the_headers_say_what_the_letter_says() -> None:
    made = records()
    assert {each.topic for each in made} == {"dlq.sales"}
    assert [read_headers(each.headers or []) for each in made][:2] == [
        Headers("file:///8.csv", "8", "0", "rule", "RULE_VIOLATED", "bad: ä 0"),
        Headers("file:///3.csv", "3", "60", "contract", "RULE_VIOLATED", "bad: ä 60"),
    ]


def test_a_mended_row_that_fails_again_counts_its_attempts() -> None:
    first = datetime(2026, 11, 1, 2, 3, 4, 567_000, tzinfo=UTC)
    entry = Entry("x", "sales", State.IN_FLIGHT, Place("dlq.sales", 0, 1), Place("f", 3, 60), 0, "test", 2)
    mended = {(3, 60): Mended(entry, first), (8, 5): Mended(entry._replace(attempt=4)), (8, 7): Mended(entry)}
    told = [(each["attempt"], each["first_failed_at"]) for each in decoded(records(replace(FILES, mended=mended)))]
    before = datetime.fromtimestamp(FAILED_AT / 1000, UTC)
    assert told == [(1, before), (3, first), (1, before), (5, before)]


@pytest.mark.parametrize(
    ("accepted", "known", "wanted"),
    [
        ((7, 9), set(), ["a", "b", "d"]),
        ((7, 9), {"b", "c"}, ["a", "d"]),
        ((7,), {"a", "b"}, []),
        ((), set(), []),
        ((8,), {"a"}, ["c"]),
    ],
)
def test_letters_of_accepted_files_are_sent_once(accepted: tuple[int, ...], known: set[str], wanted: list[str]) -> None:
    letters = pa.table({"dead_letter_id": [*"abcd"], "_source_partition": pa.array([7, 7, 8, 9], pa.int32())})
    assert still_to_send(letters, accepted, known)["dead_letter_id"].to_pylist() == wanted


@pytest.mark.parametrize(
    ("pieces", "most_bytes", "wanted"),
    [
        ([3], 10_000, [3]),
        ([0, 7, 0, 2, 12], 10_000, [10, 10, 1]),
        ([10, 10], 10_000, [10, 10]),
        ([], 10_000, []),
        ([3, 0, 25], 24, [3, 10, 10, 5]),
    ],
)
def test_batches_go_across_pieces_and_are_smaller_where_letters_are_large(
    pieces: list[int], most_bytes: int, wanted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_records, "BATCH", 10)
    monkeypatch.setattr(letter_records, "BATCH_BYTES", most_bytes)
    numbers = iter(range(100))
    tables = (pa.table({"n": pa.array([next(numbers) for _ in range(size)], pa.int64())}) for size in pieces)

    batches = [each.column("n").to_pylist() for each in in_batches(tables)]

    assert [len(each) for each in batches] == wanted
    assert [number for each in batches for number in each] == [*range(sum(pieces))]
