"""The mapping of a new dataset: the event time is made, all else is passed straight."""

from tidegate.avro.infer import TIMESTAMP, infer_record
from tidegate.contracts.map_sql import read_map
from tidegate.contracts.new.map_files import mapped, why_mapped
from tidegate.contracts.new.time_sent import MadeTime

MADE = MadeTime("to_timestamp_ltz(`ts`, 0)", TIMESTAMP, 1_767_268_798, "ts counts\nseconds")


def test_a_field_becomes_a_timestamp_by_its_own_name() -> None:
    raw = infer_record("Sample", [{"id": "a", "ts": 1, "raw": None}])

    mapping = mapped(raw, "ts", MADE)

    assert mapping.time == "ts"
    assert read_map(mapping.sql).fault is None
    assert read_map(mapping.sql).paths == {"id": "id", "raw": "raw"}
    assert [(field["name"], field["type"]) for field in mapping.schema["fields"]] == [
        ("id", "string"),
        ("ts", TIMESTAMP),
        ("raw", ["null", "string"]),
    ]


def test_one_within_a_record_becomes_a_column_whose_name_is_free() -> None:
    raw = infer_record("Sample", [{"a": {"ts": 1}, "A_TS": 2, "a_ts_": 3}])

    mapping = mapped(raw, "a.ts", MADE)

    assert mapping.time == "a_ts_2"
    assert list(read_map(mapping.sql).texts) == ["a", "A_TS", "a_ts_", "a_ts_2"]


def test_its_reason_is_one_line() -> None:
    files = {"map.sql": mapped(infer_record("Sample", [{"ts": 1}]), "ts", MADE).sql}

    assert why_mapped(files) == (
        "map.sql makes the event time, since ts counts seconds; producers stay as they are. "
        "mapped.avsc is what it gives."
    )
    assert why_mapped({}) is None
