"""An example made from a schema fits it."""

from tests.unit.contracts.new.foreign import ORDER
from tidegate.avro.json_values import from_json
from tidegate.avro.types import read_record, read_type
from tidegate.contracts.new.from_subject import contract_schema
from tidegate.contracts.new.made_up import made_up
from tidegate.contracts.new.scaffold import is_free


def test_it_fits_whatever_the_schema_has() -> None:
    avro = read_record(contract_schema(ORDER, (), is_free).schema)
    record = made_up(avro)
    assert from_json(record, avro)
    assert (record["status"], record["year"], record["orderId"]) == ("NEW", 2026 * 0 + 1, "orderId-1")


def test_each_type_has_a_value() -> None:
    decimal = {"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 2}
    for kind in ("boolean", "double", "bytes", decimal, {"type": "int", "logicalType": "date"}):
        avro = read_type({"type": "map", "values": {"type": "array", "items": ["null", kind]}})
        assert from_json(made_up(avro), avro)["key"][0] is not None
