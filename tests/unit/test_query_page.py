"""The questions of docs/query.md are those that tables of the shipped contracts can answer."""

import re
from pathlib import Path

import pytest
from pyiceberg.schema import Schema

from tests.contracts import SCHEMAS
from tests.lake import DiskCatalog
from tests.project import PROJECT
from tidegate.avro.types import AvroType, read_record
from tidegate.contracts import naming
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.query import catalog
from tidegate.query.catalog import Lake
from tidegate.query.session import Session
from tidegate.settings import Settings
from tidegate.sql.lake_schema import as_iceberg, of_avro

QUESTIONS = re.findall(r"```sql\n(.*?)```", (PROJECT / "docs" / "query.md").read_text(), re.DOTALL)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """The tables that the lake job makes, without rows."""
    tables = DiskCatalog(tmp_path)
    for name in ("clicks", "orders"):
        stream = load_stream(SCHEMAS, name)
        tables.create(naming.lake_table("silver", name), _schema(stream.silver_type))
        for metric in stream.metrics:
            extra = {"_deleted": "boolean", "_gold_offset": "long"}
            key = {naming.LAKE_KEY: ",".join(metric.key)}
            tables.create(naming.lake_changes(name, metric.name), _schema(metric.type, extra), properties=key)
    place = {"_source_partition": "int", "_source_offset": "long", "_ingested_at": "timestamptz"}
    tables.create("bronze.clicks", _schema(AvroType("record"), place))
    tables.create("bronze.dead_letters", _schema(read_record(platform_schema(SCHEMAS, "dead_letter"))))
    monkeypatch.setattr(catalog, "open_catalog", lambda _: tables)
    return Lake(Settings())


@pytest.mark.parametrize("sql", QUESTIONS)
def test_a_question_can_be_asked(lake: Lake, sql: str) -> None:
    with Session(lake, Settings()) as session:
        names, _ = session.rows(sql, 10)
    assert len(names) > 1


def test_there_are_questions() -> None:
    assert len(QUESTIONS) >= 5


def _schema(record: AvroType, extra: dict[str, str] | None = None) -> Schema:
    """The columns of the record and the others, as Iceberg has them."""
    found = as_iceberg(of_avro(record))
    found["fields"] += [
        {"id": 0, "name": name, "type": kind, "required": False} for name, kind in (extra or {}).items()
    ]
    return Schema.model_validate(found)
