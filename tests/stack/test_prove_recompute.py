"""Content, proved: raw, or bronze, is refined once more by Flink, and each row of the lake is held against it."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from pyiceberg.catalog import Catalog

from tests.stack.test_prove_lake_index import append
from tests.synthetic import PARTITIONS, SyntheticDataset, Written
from tidegate.clients.kafka_records import read_messages
from tidegate.clients.kafka_topics import delete_records
from tidegate.clients.lake import open_catalog
from tidegate.contracts import naming
from tidegate.proof.content import Asked, Changed
from tidegate.proof.reconcile import Scope
from tidegate.proof.window import Window
from tidegate.replay.recompute import prove_content, recompute
from tidegate.settings import Settings

ROUNDS = 5
HIGH = 7 * ROUNDS
WINDOWS = [Window(number, 0, HIGH, HIGH) for number in range(PARTITIONS)]
TIME = pa.timestamp("us", "UTC")
SILVER = pa.schema(
    [
        pa.field("_source_partition", pa.int32()),
        pa.field("_source_offset", pa.int64()),
        pa.field("event_id", pa.string()),
        pa.field("event_time", TIME),
        pa.field("note", pa.string()),
        pa.field("_source_topic", pa.string()),
        pa.field("_ingested_at", TIME),
        pa.field("_schema_id", pa.int32()),
        pa.field("_warnings", pa.list_(pa.string())),
    ]
)
BRONZE = pa.schema(
    [
        pa.field("_source_topic", pa.string()),
        pa.field("_source_partition", pa.int32()),
        pa.field("_source_offset", pa.int64()),
        pa.field("_ingested_at", TIME),
        pa.field("_key", pa.binary()),
        pa.field("_headers", pa.map_(pa.string(), pa.binary())),
        pa.field("_value", pa.binary()),
    ]
)
Row = dict[str, Any]


@pytest.fixture
def synthetic(stack: Settings, tmp_path: Path) -> SyntheticDataset:
    """A dataset of its own."""
    return SyntheticDataset(stack, tmp_path / "schemas", f"probe_{uuid4().hex[:8]}")


def as_refined(synthetic: SyntheticDataset, written: Written) -> list[Row]:
    """The rows as a right run has them: with the broker's time and the schema's id."""
    topic = synthetic.dataset.contract.topic.name
    arrived = {
        (message.partition(), message.offset()): message.timestamp()[1]
        for message in read_messages(synthetic.settings, naming.PROVE_GROUP, topic, range(PARTITIONS))
    }
    return [
        row
        | {
            "event_time": row["event_time"] * 1000,
            "_ingested_at": arrived[row["_source_partition"], row["_source_offset"]] * 1000,
            "_schema_id": int.from_bytes(synthetic.raw.frame[1:]),
        }
        for row in written.silver
    ]


def raw_bytes(synthetic: SyntheticDataset) -> list[Row]:
    """What the lake job makes of raw."""
    topic = synthetic.dataset.contract.topic.name
    return [
        {
            "_source_topic": topic,
            "_source_partition": message.partition(),
            "_source_offset": message.offset(),
            "_ingested_at": message.timestamp()[1] * 1000,
            "_value": message.value(),
        }
        for message in read_messages(synthetic.settings, naming.PROVE_GROUP, topic, range(PARTITIONS))
    ]


def tables_aside(catalog: Catalog) -> list[Any]:
    return catalog.list_tables(naming.RECOMPUTED)


def test_a_changed_field_is_found_by_row_and_column_also_where_raw_has_it_no_more(synthetic: SyntheticDataset) -> None:
    settings, name = synthetic.settings, synthetic.dataset.name
    rows = as_refined(synthetic, synthetic.write_raw(ROUNDS))
    catalog = open_catalog(settings)
    append(catalog, f"silver.{name}", pa.Table.from_pylist(rows, SILVER))

    (whole,) = recompute(settings, synthetic.dataset, WINDOWS, Asked())
    assert (whole.compared, whole.held, whole.changed) == (len(rows), len(rows), 0), whole.first

    rows[1] |= {"note": "tampered with"}
    rows[2] |= {"event_time": rows[2]["event_time"] + 1000, "_schema_id": 4711}
    rows[4] |= {"_source_offset": 2}  # of a record that can't be decoded
    places = [f"{row['_source_partition']}:{row['_source_offset']}" for row in rows]
    catalog.drop_table(f"silver.{name}")
    append(catalog, f"silver.{name}", pa.Table.from_pylist(rows, SILVER))

    append(catalog, f"bronze.{name}", pa.Table.from_pylist(raw_bytes(synthetic), BRONZE))
    delete_records(settings, synthetic.dataset.contract.topic.name, dict.fromkeys(range(PARTITIONS), HIGH))

    start, end = (",".join(f"{number}:{offset}" for number in range(PARTITIONS)) for offset in (0, HIGH))
    report = prove_content(settings, name, Scope(start, end, index=False), Asked(left_out=("_schema_id",)))

    (found,) = report.contents
    assert (found.source, found.compared, report.partitions) == ("bronze", len(rows), ())
    assert not report.holds and "3 rows or documents are changed" in report.verdict()
    assert {*found.first} == {
        Changed(places[1], ("note",)),
        Changed(places[2], ("event_time",)),
        Changed("0:2"),
    }
    assert tables_aside(catalog) == []
