"""What a sample in Parquet says of itself."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidegate.contracts.new.sniff_parquet import sniff_parquet
from tidegate.errors import ContractError

MOMENT = datetime(2026, 11, 28, 10, 0, 0, 123456, UTC)


def _written(folder: Path, columns: dict[str, pa.Array]) -> Path:
    pq.write_table(pa.table(columns), folder / "day.parquet", version="2.6")
    return folder / "day.parquet"


@pytest.mark.parametrize(
    ("values", "json", "avro"),
    [
        (
            pa.array([2**63], pa.uint64()),
            2**63,
            {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 0},
        ),
        (pa.array([3], pa.int8()), 3, {"type": "long"}),
        (pa.array([1.5], pa.float32()), 1.5, {"type": "double"}),
        (pa.array([float("inf")]), None, {"type": "double"}),
        (pa.array([True]), True, {"type": "boolean"}),
        (pa.array(["x"]), "x", {}),
        (pa.array(["x"]).dictionary_encode(), "x", {}),
        (pa.array([b"\0"]), "AA==", {"type": "bytes"}),
        (
            pa.array([Decimal("1.50")], pa.decimal128(9, 2)),
            "1.50",
            {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
        ),
        (pa.array([date(2026, 11, 28)]), "2026-11-28", {"type": "int", "logicalType": "date"}),
        (pa.array([time(10, 30)]), "10:30:00", {}),
        (
            pa.array([MOMENT], pa.timestamp("ns", "Europe/Berlin")),
            "2026-11-28T10:00:00.123456Z",
            {"type": "long", "logicalType": "timestamp-micros"},
        ),
        (
            pa.array([MOMENT.replace(microsecond=0)], pa.timestamp("ms", "UTC")),
            "2026-11-28T10:00:00Z",
            {"type": "long", "logicalType": "timestamp-millis"},
        ),
        (pa.array([MOMENT.replace(tzinfo=None)], pa.timestamp("us")), "2026-11-28T10:00:00.123456", {}),
        (pa.array([[("k", Decimal(1))]], pa.map_(pa.string(), pa.decimal128(3, 0))), {"k": "1"}, {}),
        (pa.array([[{"a": b"\0"}]]), [{"a": "AA=="}], {}),
    ],
)
def test_a_value_is_what_json_would_send_and_a_type_what_the_file_says(
    tmp_path: Path, values: pa.Array, json: object, avro: object
) -> None:
    found = sniff_parquet(_written(tmp_path, {"a": values}))

    assert found.samples == [{"a": json}]
    assert found.types.get("a", {}) == avro


def test_what_can_not_be_read_says_so(tmp_path: Path) -> None:
    whole = _written(tmp_path, {"a": pa.array([], pa.string())})
    with pytest.raises(ContractError, match=r"day\.parquet has no row"):
        sniff_parquet(whole)
    whole.write_bytes(whole.read_bytes()[:-9])
    with pytest.raises(ContractError, match=r"day\.parquet cannot be read .*Give a whole file of Parquet"):
        sniff_parquet(whole)
