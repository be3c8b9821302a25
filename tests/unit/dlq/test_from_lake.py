"""Letters that expired before they were first read here come from the lake's table of all letters."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.letters import letter
from tests.unit.clients.strict_catalog import StrictCatalog
from tests.unit.dlq.served import Served
from tidegate.clients import lake_rows
from tidegate.contracts.naming import LAKE_DEAD_LETTERS
from tidegate.dlq import from_lake, segments
from tidegate.dlq.segments import MOST_SMALL_FILES, Gap
from tidegate.errors import TransientError

VIOLATION = pa.struct([(name, pa.string()) for name in ("rule", "field", "message")])
SOURCE = pa.struct(
    [
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        ("timestamp", pa.timestamp("us", tz="UTC")),
        ("key", pa.binary()),
        ("headers", pa.map_(pa.string(), pa.binary())),
        ("row", pa.int64()),
    ]
)
SCHEMA = pa.schema(
    [
        ("dead_letter_id", pa.string()),
        ("failed_at", pa.timestamp("us", tz="UTC")),
        ("dataset", pa.string()),
        ("stage", pa.string()),
        ("error_code", pa.string()),
        ("error_message", pa.string()),
        ("violations", pa.list_(VIOLATION)),
        ("attempt", pa.int32()),
        ("processor", pa.struct([(name, pa.string()) for name in ("name", "version", "job_id")])),
        ("contract", pa.struct([("subject", pa.string()), ("schema_id", pa.int32())])),
        ("source", SOURCE),
        ("replay_id", pa.string()),
        ("_dlq_partition", pa.int32()),
        ("_dlq_offset", pa.int64()),
    ]
)
FIRST = letter(1, rules=("a", "b"), source={"headers": {"producer": b"x"}, "row": 3})
SECOND = letter(2) | {"source": None}
THIRD = letter(3)
COUNTED = "select state, count(*) from letters group by all order by 1"


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StrictCatalog:
    """A lake whose table has no letter yet."""
    made = StrictCatalog(tmp_path / "lake")
    made.create(LAKE_DEAD_LETTERS, SCHEMA, ("dataset",))
    monkeypatch.setattr(lake_rows, "open_catalog", lambda _settings: made)
    monkeypatch.setattr(lake_rows, "find_table", lambda found, name: found.tables.get(name))
    return made


def in_lake(catalog: StrictCatalog, *letters: dict[str, Any], first: int = 0, dataset: str = "clicks") -> None:
    table = pa.Table.from_pylist([_row(first + at, each, dataset) for at, each in enumerate(letters)], SCHEMA)
    catalog.load_table(LAKE_DEAD_LETTERS).append(table)


def _row(offset: int, record: dict[str, Any], dataset: str) -> dict[str, Any]:
    source = record["source"] and record["source"] | {
        "timestamp": _at(record["source"]["timestamp"]),
        "headers": [*record["source"]["headers"].items()],
    }
    row = record | {"failed_at": _at(record["failed_at"]), "source": source, "dataset": dataset}
    return {name: row.get(name) for name in SCHEMA.names} | {"_dlq_partition": 0, "_dlq_offset": offset}


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def expired_before_it_was_read(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three letters the first two."""
    served.send(FIRST, SECOND, THIRD)
    monkeypatch.setattr(segments, "topic_spans", lambda _, topic: {0: (2, 3)} if topic == "dlq.clicks" else {})


def test_they_are_counted_and_listed_as_expired_with_all_that_is_kept_of_a_letter(
    served: Served, catalog: StrictCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = served.settings.model_copy(update={"home": tmp_path / "other"})
    served.send(FIRST, SECOND)
    with Served(whole, served.broker, served.registry).index() as index:
        wanted = index.records("select * from letters order by letter_offset")
    served.send(THIRD)
    monkeypatch.setattr(segments, "topic_spans", lambda _, topic: {0: (2, 3)} if topic == "dlq.clicks" else {})
    in_lake(catalog, FIRST, SECOND, THIRD)
    in_lake(catalog, letter(7), dataset="orders")

    for _ in range(2):
        with served.index() as index:
            assert index.rows(COUNTED) == [("expired", 2), ("open", 1)]
            assert index.unseen[0].offsets == 0
            found = index.records("select * from letters order by letter_offset limit 2")
    assert [each | {"state": "open"} for each in found] == wanted


def test_a_file_of_the_lake_becomes_one_with_many_small_ones_behind_it(
    served: Served, catalog: StrictCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.send(FIRST, SECOND)
    in_lake(catalog, FIRST, SECOND)
    ends = {0: (2, 2)}
    monkeypatch.setattr(segments, "topic_spans", lambda _, topic: ends if topic == "dlq.clicks" else {})
    for end in range(3, 3 + MOST_SMALL_FILES):
        served.send(letter(end))
        ends[0] = (2, end)
        with served.index() as index:
            assert index.rows(COUNTED) == [("expired", 2), ("open", end - 2)]

    assert len([*served.settings.home.rglob("p0-*.parquet")]) < MOST_SMALL_FILES


def test_before_the_first_that_the_lake_has_nothing_is_known(
    served: Served, catalog: StrictCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired_before_it_was_read(served, monkeypatch)
    in_lake(catalog, SECOND, first=1)

    with served.index() as index:
        assert index.rows(COUNTED) == [("expired", 1), ("open", 1)]
        assert index.unseen[0].offsets == 1


def test_the_lake_is_asked_once_for_what_it_does_not_have(
    served: Served, catalog: StrictCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired_before_it_was_read(served, monkeypatch)
    with served.index() as index:
        assert index.unseen[0].offsets == 2
    monkeypatch.setattr(from_lake, "table_if_there", lambda *_: pytest.fail("it was asked again"))

    with served.index() as index:
        assert (index.rows(COUNTED), index.unseen[0].offsets) == ([("open", 1)], 2)


def test_where_no_lake_answers_it_is_asked_the_next_time(
    served: Served, catalog: StrictCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired_before_it_was_read(served, monkeypatch)
    in_lake(catalog, FIRST, SECOND)

    def away(*_: Any) -> None:
        raise TransientError("the catalog is away.", remedy="Wait.")

    with monkeypatch.context() as outage:
        outage.setattr(from_lake, "table_if_there", away)
        with served.index() as index:
            assert (index.rows(COUNTED), index.unseen[0].offsets) == ([("open", 1)], 2)

    with served.index() as index:
        assert (index.rows(COUNTED), index.unseen[0].offsets) == ([("expired", 2), ("open", 1)], 0)


def test_where_the_lake_goes_away_while_it_is_read_it_is_asked_the_next_time(
    served: Served, catalog: StrictCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired_before_it_was_read(served, monkeypatch)
    in_lake(catalog, FIRST, SECOND)

    def cut(*arguments: Any) -> Iterator[Any]:
        yield from lake_rows.scan_rows(*arguments)
        raise TransientError("the store is away.", remedy="Wait.")

    with monkeypatch.context() as outage:
        outage.setattr(from_lake, "scan_rows", cut)
        with served.index() as index:
            assert (index.rows(COUNTED), index.unseen[0].offsets) == ([("open", 1)], 2)

    with served.index() as index:
        assert (index.rows(COUNTED), index.unseen[0].offsets) == ([("expired", 2), ("open", 1)], 0)


def test_a_lake_without_the_table_adds_nothing(served: Served, catalog: StrictCatalog, tmp_path: Path) -> None:
    catalog.tables.clear()

    assert not from_lake.fill(served.settings, None, "clicks", tmp_path, [Gap(0, 0, 2)])
