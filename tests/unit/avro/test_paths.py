from tidegate.avro.paths import column_of, field_at, paths_of, value_at, with_value
from tidegate.avro.types import fields_by_name, read_record

RECORD = read_record(
    {
        "type": "record",
        "name": "Reading",
        "fields": [
            {"name": "id", "type": "string"},
            {
                "name": "operator",
                "type": [
                    "null",
                    {"type": "record", "name": "Operator", "fields": [{"name": "name", "type": "string"}]},
                ],
            },
        ],
    }
)
FIELDS = fields_by_name(RECORD)


def test_a_path_is_a_column_with_underscores() -> None:
    assert column_of("operator.fullName") == "operator_fullName"


def test_a_field_may_be_null_where_a_record_on_the_way_may() -> None:
    found = field_at(FIELDS, "operator.name")

    assert found is not None
    assert (found.name, found.type.kind, found.type.nullable) == ("operator.name", "string", True)


def test_a_path_that_leads_nowhere_is_none() -> None:
    assert field_at(FIELDS, "operator.age") is None
    assert field_at(FIELDS, "id.name") is None
    assert field_at(FIELDS, "nobody") is None


def test_the_paths_of_a_record_are_those_of_its_leaves() -> None:
    assert paths_of(RECORD.fields) == ["id", "operator.name"]


def test_a_value_is_found_at_its_path() -> None:
    assert value_at({"operator": {"name": "Ada"}}, "operator.name") == "Ada"
    assert value_at({"operator": None}, "operator.name") is None


def test_a_value_is_put_at_its_path_and_the_rest_stays() -> None:
    record = {"id": "1", "operator": {"name": "Ada", "age": 36}}

    assert with_value(record, "operator.name", "Bob") == {"id": "1", "operator": {"name": "Bob", "age": 36}}
    assert with_value({"operator": None}, "operator.name", "Bob") == {"operator": {"name": "Bob"}}
