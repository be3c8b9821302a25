"""Any schema of the Avro specification is read; what is none is refused, never a crash."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.avro.writer_types import MAX_DEPTH, REFERENCES, WriterSchemaError, read_writer_type

ENUM = {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}


def record(*fields: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "record",
        "name": "R",
        "fields": [{"name": f"f{at}", "type": each} for at, each in enumerate(fields)],
    } | more


def test_all_of_the_specification_is_read() -> None:
    read = read_writer_type(
        record(
            ENUM,
            {"type": "fixed", "name": "Hash", "size": 16},
            ["null", "string", {"type": "map", "values": {"type": "map", "values": "long"}}],
            ["string"],
            {"type": "long", "logicalType": "local-timestamp-micros"},
            {"type": "error", "name": "Oops", "fields": []},
            "Kind",
            ["null", "R"],
        )
    )

    kinds = [avro.kind for _, avro in read.fields]
    assert kinds == ["enum", "fixed", "union", "union", "long", "record", "enum", "union"]
    assert read.fields[1][1].size == 16
    assert read.fields[4][1].logical == "local-timestamp-micros"
    assert read.fields[6][1] is read.fields[0][1]
    assert read.fields[7][1].branches[1] is read, "a recursive type holds itself"


@pytest.mark.parametrize("used", ["a.b.Kind", "Kind"])
def test_a_name_is_known_with_its_namespace_and_within_it(used: str) -> None:
    read = read_writer_type(record(ENUM, used, namespace="a.b"))

    assert read.full_name == "a.b.R"
    assert read.fields[1][1].full_name == "a.b.Kind"


def test_a_name_with_dots_is_its_own_namespace() -> None:
    read = read_writer_type(record(ENUM, "x.Kind", name="x.R", namespace="ignored"))

    assert (read.name, read.full_name) == ("R", "x.R")


def test_a_named_type_of_a_referred_schema_is_known() -> None:
    referred = {"type": "record", "name": "Address", "namespace": "a", "fields": [{"name": "kind", "type": ENUM}]}

    read = read_writer_type(record("a.Address", "a.Kind") | {REFERENCES: [referred]})

    assert [avro.kind for _, avro in read.fields] == ["record", "enum"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "JSON"},
        {"type": "object", "properties": {}},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        "Elsewhere",
        None,
        7,
        record("Elsewhere"),
        record(["null", "null"]),
        record(["null", ["int"]]),
        record(ENUM, ENUM),
        record({"type": "enum", "name": "E", "symbols": ["A", "A"]}),
        record({"type": "enum", "name": "E"}),
        record({"type": "fixed", "name": "F", "size": -1}),
        record({"type": "fixed", "name": "F", "size": "16"}),
        record({"type": "array"}),
        record({"type": "record", "name": "int", "fields": []}),
        {"type": "record", "name": "R"},
        {"type": "record", "fields": []},
        {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}, {"name": "a", "type": "int"}]},
        {"type": "record", "name": "R", "fields": ["a"]},
    ],
)
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    with pytest.raises(WriterSchemaError):
        read_writer_type(schema)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100_000])
def test_a_bottomless_schema_is_refused(depth: int) -> None:
    schema: Any = "int"
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    with pytest.raises(WriterSchemaError, match="deeper"):
        read_writer_type(schema)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["int", "record", "enum", "array", "R", "a.R"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["type", "name", "fields", "items", "values", "symbols", "size", "namespace"]), inner
        )
    ),
)


@given(JSON)
def test_any_json_is_a_schema_or_none(schema: Any) -> None:
    try:
        read_writer_type(schema)
    except WriterSchemaError as error:
        assert str(error)


@pytest.mark.parametrize("used", ["x.Kind", "a.b.x.Kind"])
def test_a_name_with_another_namespace_is_not_known(used: str) -> None:
    with pytest.raises(WriterSchemaError):
        read_writer_type(record(ENUM, used))
