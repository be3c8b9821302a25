"""A dataset of which retention takes some, for the tests of it: events of three ages in topics, lake and index."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
from click.testing import Result
from opensearchpy.helpers import bulk
from pyiceberg.exceptions import NamespaceAlreadyExistsError
from pyiceberg.transforms import IdentityTransform

from tests.pipeline import called
from tests.synthetic import CYCLE, PARTITIONS, SyntheticDataset, Written
from tidegate.cli import retention as cli_retention
from tidegate.clients.lake import open_catalog
from tidegate.clients.opensearch import SearchClient, connect
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.search.templates import apply_templates
from tidegate.settings import Settings

ROUNDS = 4
PARTS = [pa.field(part, pa.int32()) for part in ("year", "month", "day")]
PLACE = [pa.field("_source_partition", pa.int32()), pa.field("_source_offset", pa.int64())]
BRONZE = pa.schema([*PLACE, *PARTS])
EVENT = [pa.field("event_id", pa.string()), pa.field("event_time", pa.timestamp("us", tz="UTC"))]
SILVER = pa.schema([*PLACE, *EVENT, pa.field("note", pa.string()), *PARTS])
LETTERS = pa.schema([pa.field("dataset", pa.string()), pa.field("payload", pa.binary()), *PARTS])
AGES_DAYS = (500, 60, 0)
"""Older than rows are kept, older than personal values are kept, and of today."""
Row = dict[str, Any]


def kept_dataset(stack: Settings, schemas_dir: Path) -> SyntheticDataset:
    """A dataset of its own, of which rows are kept for 400 days, documents for 100, and notes for 30."""
    privacy = [{"field": "note", "method": "mask", "purpose": "a test", "retention_days": 30}]
    name = f"kept_{uuid4().hex[:8]}"
    index = {"pattern": f"events-{name}-{{event_time|yyyy.MM.dd}}", "retention_days": 100}
    return SyntheticDataset(stack, schemas_dir, name, lake={"retention_days": 400}, index=index, privacy=privacy)


def right_run(synthetic: SyntheticDataset) -> Written:
    """A right run with events of three ages, in topics, lake and index."""
    written = synthetic.write_raw(ROUNDS)
    for number, row in enumerate(written.silver):
        at = datetime.now(UTC) - timedelta(days=AGES_DAYS[number % 3])
        row.update(event_time=int(at.timestamp() * 1000), note="***")
    synthetic.write_outputs(written)
    today = datetime.now(UTC).date()
    raw = [(partition, offset) for partition in range(PARTITIONS) for offset in range(len(CYCLE) * ROUNDS)]
    places = [{"_source_partition": partition, "_source_offset": offset} for partition, offset in raw]
    append(synthetic, "bronze", [place | parts(today) for place in places], BRONZE)
    append(synthetic, "silver", [lake_row(row) for row in written.silver], SILVER)
    write_index(synthetic, written.silver)
    return written


def time_of(row: Row) -> datetime:
    return datetime.fromtimestamp(row["event_time"] / 1000, UTC)


def parts(day: date) -> Row:
    return {"year": day.year, "month": day.month, "day": day.day}


def lake_row(row: Row) -> Row:
    return row | {"event_time": time_of(row)} | parts(time_of(row).date())


def append(synthetic: SyntheticDataset, layer: str, rows: list[Row], schema: pa.Schema, name: str = "") -> None:
    """Into a table that is partitioned as the lake job makes it; made if it is not there."""
    catalog, table = open_catalog(synthetic.settings), f"{layer}.{name or synthetic.dataset.name}"
    with suppress(NamespaceAlreadyExistsError):
        catalog.create_namespace(layer)
    if not catalog.table_exists(table):
        made = catalog.create_table(table, schema=schema)
        with made.update_spec() as spec:
            for part in (*(["dataset"] if "dataset" in schema.names else []), "year", "month", "day"):
                spec.add_field(part, IdentityTransform(), part)
    catalog.load_table(table).append(pa.Table.from_pylist(rows, schema))


def write_index(synthetic: SyntheticDataset, rows: list[Row]) -> None:
    settings, name = synthetic.settings, synthetic.dataset.name
    apply_templates(SearchClient(settings), settings, [synthetic.dataset])
    actions = [
        {"_index": f"events-{name}-{time_of(row):%Y.%m.%d}", "_id": row["event_id"], "_source": row} for row in rows
    ]
    assert bulk(connect(settings), actions, refresh=True)[0] == len(rows)


def retention(*arguments: str) -> Result:
    result = called(cli_retention.command, *arguments)
    assert result.exit_code == 0, result.output
    return result


def apply(synthetic: SyntheticDataset, *options: str) -> Row:
    (report,) = json.loads(retention("apply", synthetic.dataset.name, "--yes", "--json", *options).stdout)
    assert isinstance(report, dict)
    return report


def proof_of(synthetic: SyntheticDataset) -> ProofReport:
    return prove(synthetic.settings, synthetic.dataset.name, Scope(wait_s=0))


def table_of(synthetic: SyntheticDataset, layer: str = "silver") -> Any:
    return open_catalog(synthetic.settings).load_table(f"{layer}.{synthetic.dataset.name}")


def held(synthetic: SyntheticDataset) -> list[Row]:
    found: list[Row] = table_of(synthetic).scan().to_arrow().to_pylist()
    return found


def aged(written: Written, *ages: int) -> list[Row]:
    return [row for number, row in enumerate(written.silver) if AGES_DAYS[number % 3] in ages]


def documents(synthetic: SyntheticDataset) -> dict[str, Row]:
    client, name = SearchClient(synthetic.settings), f"events-{synthetic.dataset.name}"
    client.refresh(name)
    return {hit["_id"]: hit["_source"] for hit in client.search(name, {"size": 1000})["hits"]["hits"]}
