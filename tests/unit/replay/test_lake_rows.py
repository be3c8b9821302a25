"""What is read of a table's batches: places, identities as silver's ids are made, times in microseconds."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from tests.unit.sql.visits import stream
from tidegate.contracts.envelope import identity_text
from tidegate.proof.rows import fingerprints
from tidegate.replay.lake_rows import columns_of, identified, places, read

VISITS = stream()
TIME = VISITS.contract.event_time.column
START = datetime(2026, 1, 2, tzinfo=UTC)
UTC_US = pa.timestamp("us", "UTC")


def batch(*rows: tuple[int | None, int | None, str, int]) -> pa.RecordBatch:
    identity = VISITS.contract.identity_columns
    columns: dict[str, pa.Array] = {
        "_source_partition": pa.array([row[0] for row in rows], pa.int32()),
        "_source_offset": pa.array([row[1] for row in rows], pa.int64()),
        TIME: pa.array([START + timedelta(seconds=row[3]) for row in rows], UTC_US),
        "_ingested_at": pa.array([START + timedelta(seconds=row[3] + 1) for row in rows], UTC_US),
    }
    columns |= {name: pa.array([row[2] for row in rows]) for name in identity}
    return pa.RecordBatch.from_pydict(columns)


def test_rows_are_read_with_their_times() -> None:
    found = read([batch((0, 5, "a", 0)), batch((1, 6, "b", 10), (1, 7, "c", 20))], VISITS)
    start_us = int(START.timestamp()) * 1_000_000
    assert found.rows.partition.tolist() == [0, 1, 1]
    assert found.rows.offset.tolist() == [5, 6, 7]
    assert found.event_us.tolist() == [start_us, start_us + 10_000_000, start_us + 20_000_000]
    assert found.arrived_us.tolist() == [start_us + 1_000_000, start_us + 11_000_000, start_us + 21_000_000]
    text = identity_text(["a"] * len(VISITS.contract.identity_columns)).encode()
    assert found.rows.identity[0].tolist() == fingerprints([text])[0].tolist()


def test_a_row_without_coordinates_is_nobody_s() -> None:
    found = read([batch((0, 5, "a", 0), (None, 6, "b", 0), (0, None, "c", 0))], VISITS)
    assert found.rows.offset.tolist() == [5]
    assert len(found.event_us) == 1


def test_rows_are_known_by_the_columns_that_are_asked_for() -> None:
    found = identified([batch((0, 5, "a", 0), (None, 6, "b", 0))], VISITS.contract.row_identity)
    assert (found.partition.tolist(), found.offset.tolist()) == ([0], [5])
    assert found.identity.tolist() == read([batch((0, 5, "a", 0))], VISITS).rows.identity.tolist()


def test_no_batch_is_no_row() -> None:
    assert len(read([], VISITS)) == 0
    assert len(places([])) == 0


def test_places_alone_need_no_other_column() -> None:
    only = batch((0, 5, "a", 0), (2, 9, "b", 0)).select(["_source_partition", "_source_offset"])
    found = places([only])
    assert (found.partition.tolist(), found.offset.tolist()) == ([0, 2], [5, 9])


def test_each_column_is_asked_for_once() -> None:
    names = columns_of(VISITS)
    assert len(set(names)) == len(names)
    assert set(names) >= {"_source_partition", "_source_offset", TIME, *VISITS.contract.identity_columns}
