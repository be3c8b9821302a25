"""Which data files a condition leaves out: by the partition's values and by the bounds of columns."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from tests.lake import DiskCatalog
from tidegate.clients.lake_files import LakeFiles

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SCHEMA = pa.schema(
    [
        ("event_time", pa.timestamp("us", "UTC")),
        ("page", pa.string()),
        ("price", pa.float64()),
        ("_source_offset", pa.int64()),
        ("day", pa.int32()),
    ]
)


def files(folder: Path) -> LakeFiles:
    """Three days, a file each: offsets 10 to 12 on the first, page null on the third."""
    table = DiskCatalog(folder).create("silver.clicks", SCHEMA, ("day",))
    for day in (1, 2, 3):
        time = NOON + timedelta(days=day - 1)
        rows = {
            "event_time": [time, time + timedelta(hours=1), time],
            "page": [None] * 3 if day == 3 else [f"/{day}a", f"/{day}b", None],
            "price": [float("nan"), 1.0, 2.0],
            "_source_offset": [day * 10, day * 10 + 1, day * 10 + 2],
            "day": [day] * 3,
        }
        table.append(pa.table(rows, schema=SCHEMA))
    return LakeFiles(table, SCHEMA)


@pytest.mark.parametrize(
    ("condition", "days"),
    [
        (None, [1, 2, 3]),
        (ds.field("day") == 2, [2]),
        ((ds.field("day") > 1) & (ds.field("_source_offset") < 25), [2]),
        (ds.field("event_time") >= pa.scalar(NOON + timedelta(days=2), pa.timestamp("us", "UTC")), [3]),
        (ds.field("_source_offset") == 31, [3]),
        (ds.field("page") == "/1a", [1]),
        (ds.field("page").is_null(), [1, 2, 3]),
        (ds.field("price") > 100, [1, 2, 3]),  # a NaN is larger than any number, and in no bound
        (ds.field("day") == 9, []),
    ],
)
def test_only_files_that_may_hold_such_a_row_are_read(tmp_path: Path, condition: Any, days: list[int]) -> None:
    found = files(tmp_path).that_may_hold(condition)
    assert sorted(file.task.file.partition[0] for file in found) == days


def test_a_table_without_rows_has_no_files(tmp_path: Path) -> None:
    assert len(LakeFiles(DiskCatalog(tmp_path).create("silver.empty", SCHEMA), SCHEMA)) == 0
