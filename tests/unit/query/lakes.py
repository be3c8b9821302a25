"""A lake of two tables for the tests of this folder."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from tests.lake import DiskCatalog

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
CLICKS = pa.schema(
    [
        ("_source_offset", pa.int64()),
        ("event_time", pa.timestamp("us", "UTC")),
        ("page_url", pa.string()),
        ("amount", pa.decimal128(12, 2)),
        ("lines", pa.list_(pa.struct([("price", pa.int32())]))),
        ("day", pa.int32()),
    ]
)
VIEWS = pa.schema(
    [
        ("minute", pa.timestamp("us", "UTC")),
        ("country", pa.string()),
        ("views", pa.int64()),
        ("_deleted", pa.bool_()),
        ("_changed_at", pa.timestamp("us", "UTC")),
        ("_gold_partition", pa.int32()),
        ("_gold_offset", pa.int64()),
        ("_day", pa.date32()),
    ]
)


def two_tables(folder: Path) -> DiskCatalog:
    """``silver.clicks``: days 1 and 2, a file each; changes of a metric: DE grows to 3, FR is deleted."""
    catalog = DiskCatalog(folder)
    clicks = catalog.create("silver.clicks", CLICKS, ("day",))
    for day in (1, 2):
        rows = {
            "_source_offset": [day],
            "event_time": [NOON.replace(day=day)],
            "page_url": [f"/{day}"],
            "amount": [None],
            "lines": [[{"price": day}]],
            "day": [day],
        }
        clicks.append(pa.table(rows, schema=CLICKS))
    changes = catalog.create("gold.clicks_page_views_changes", VIEWS, properties={"tidegate.key": "minute,country"})
    changed = [("DE", 1, False), ("FR", 1, False), ("DE", 3, False), ("FR", None, True)]
    newest = [
        dict(zip(VIEWS.names, (NOON, country, views, deleted, NOON, 0, offset, NOON.date()), strict=True))
        for offset, (country, views, deleted) in enumerate(changed)
    ]
    changes.append(pa.Table.from_pylist(newest, schema=VIEWS))
    return catalog
