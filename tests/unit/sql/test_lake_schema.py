"""From the types of a lake table to those of silver: the steps, or the refusal."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.avro.types import read_type
from tidegate.sql.lake_schema import Add, LakeType, Move, Plan, Promote, Step, as_iceberg, of_avro, of_iceberg, plan

PRIMITIVES = ("int", "long", "float", "double", "string", "binary", "boolean", "date", "timestamptz", "decimal(10, 2)")
WIDENINGS = {
    ("int", "long"),
    ("float", "double"),
    ("decimal(10, 2)", "decimal(12, 2)"),
    ("decimal(9, 0)", "decimal(38, 0)"),
}


def of(name: str) -> LakeType:
    return LakeType(name)


def struct(**fields: str | LakeType) -> LakeType:
    return LakeType(
        "struct", tuple((name, of(kind) if isinstance(kind, str) else kind) for name, kind in fields.items())
    )


def list_of(items: LakeType) -> LakeType:
    return LakeType("list", items=items)


def map_of(items: LakeType) -> LakeType:
    return LakeType("map", items=items)


def planned(old: str | LakeType, new: str | LakeType) -> Plan:
    """The plan for a column ``v`` of a table that has another column before it and the partitions behind it."""
    return plan(struct(k="string", v=old, year="int", month="int", day="int"), struct(k="string", v=new))


def steps(old: str | LakeType, new: str | LakeType) -> tuple[Step, ...]:
    result = planned(old, new)
    assert result.refusals == ()
    return result.steps


def refused(old: str | LakeType, new: str | LakeType) -> str:
    [refusal] = planned(old, new).refusals
    return refusal


@pytest.mark.parametrize(("old", "new"), sorted(WIDENINGS))
def test_a_wider_type_is_a_promotion(old: str, new: str) -> None:
    assert steps(old, new) == (Promote(("v",), of(new)),)


@pytest.mark.parametrize(("old", "new"), sorted(WIDENINGS))
def test_a_column_that_is_wider_already_stays(old: str, new: str) -> None:
    assert steps(new, old) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [(old, new) for old in PRIMITIVES for new in PRIMITIVES if old != new and not {(old, new), (new, old)} & WIDENINGS]
    + [("decimal(10, 2)", "decimal(12, 3)"), ("decimal(12, 3)", "decimal(10, 2)"), ("int", "decimal(10, 0)")],
)
def test_any_other_change_of_a_type_is_refused(old: str, new: str) -> None:
    assert refused(old, new) == f"v from {old} to {new}"


@pytest.mark.parametrize("kind", [*PRIMITIVES, struct(a="int"), list_of(of("int")), map_of(struct(a="int"))], ids=str)
def test_the_same_type_needs_nothing(kind: str | LakeType) -> None:
    assert planned(kind, kind) == Plan((), ())


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        (of("int"), list_of(of("int")), "v from int to list"),
        (list_of(of("int")), map_of(of("int")), "v from list to map"),
        (struct(a="int"), of("string"), "v from struct to string"),
        (list_of(of("int")), list_of(struct(a="int")), "v.element from int to struct"),
        (map_of(of("int")), map_of(of("double")), "v.value from int to double"),
        (struct(a=struct(b="int")), struct(a=struct(b="string")), "v.a.b from int to string"),
    ],
)
def test_a_refusal_names_the_place_by_its_path(old: LakeType, new: LakeType, refusal: str) -> None:
    assert refused(old, new) == refusal


def test_a_new_column_is_added_whatever_its_place_in_silver() -> None:
    new = struct(a="int", b="string")
    result = plan(struct(k="string", year="int", month="int", day="int"), struct(v=new, k="string"))
    assert result == Plan((Add(("v",), new),), ())


def test_columns_go_by_their_names_and_one_that_silver_has_no_more_stays() -> None:
    assert plan(struct(a="int", b="string", gone="int"), struct(b="string", a="int")) == Plan((), ())


def test_a_column_cannot_have_the_name_of_a_partition() -> None:
    result = plan(struct(k="string", year="int"), struct(k="string", year="int"))
    assert result.refusals == ("year is the name of a partition column",)


@pytest.mark.parametrize(
    ("around", "inside"),
    [
        (lambda kind: kind, ()),
        (list_of, ("element",)),
        (map_of, ("value",)),
        (lambda kind: struct(s=kind), ("s",)),
        (lambda kind: map_of(list_of(kind)), ("value", "element")),
    ],
    ids=["row", "list", "map", "row in a row", "list in a map"],
)
def test_fields_inside_are_promoted_and_added(around: Callable[[LakeType], LakeType], inside: tuple[str, ...]) -> None:
    old, new = struct(a="int", b="string"), struct(a="long", b="string", c="date")
    path = ("v", *inside)
    assert steps(around(old), around(new)) == (Promote((*path, "a"), of("long")), Add((*path, "c"), of("date")))


@pytest.mark.parametrize(("around", "inside"), [(list_of, "element"), (map_of, "value")])
def test_an_element_is_promoted_itself(around: Callable[[LakeType], LakeType], inside: str) -> None:
    assert steps(around(of("float")), around(of("double"))) == (Promote(("v", inside), of("double")),)


def test_a_new_field_is_moved_to_where_silver_has_it() -> None:
    assert steps(struct(a="int", c="int"), struct(a="int", b="int", c="int")) == (
        Add(("v", "b"), of("int")),
        Move(("v", "b"), "a"),
    )
    assert steps(struct(b="int"), struct(a="int", b="int")) == (Add(("v", "a"), of("int")), Move(("v", "a"), None))


def test_fields_that_change_places_are_moved() -> None:
    """Flink would write each into the other's place: it casts a row by position."""
    assert steps(struct(a="string", b="string"), struct(b="string", a="string")) == (Move(("v", "b"), None),)


def test_a_field_that_is_gone_from_a_row_is_refused() -> None:
    assert refused(list_of(struct(a="int", b="int")), list_of(struct(b="int"))) == "v.element.a is gone"


def test_every_refusal_is_told() -> None:
    result = plan(struct(a="int", b="long", c="int"), struct(a="double", b="string", c="long"))
    assert result.refusals == ("a from int to double", "b from long to string")


def test_avro_types_are_those_that_flink_makes_the_table_with() -> None:
    avro = {
        "type": "record",
        "name": "R",
        "fields": [
            {"name": "number", "type": ["null", "int"]},
            {"name": "raw", "type": "bytes"},
            {"name": "millis", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "micros", "type": {"type": "long", "logicalType": "timestamp-micros"}},
            {"name": "day", "type": {"type": "int", "logicalType": "date"}},
            {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
            {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
            {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}},
            {"name": "counts", "type": {"type": "map", "values": "long"}},
        ],
    }
    assert of_avro(read_type(avro)) == struct(
        number="int",
        raw="binary",
        millis="timestamptz",
        micros="timestamptz",
        day="date",
        price="decimal(12, 2)",
        id="string",
        tags=list_of(of("string")),
        counts=map_of(of("long")),
    )


NAMES = st.lists(st.sampled_from("abcdef"), unique=True, min_size=1, max_size=4)


def structs(kinds: st.SearchStrategy[LakeType]) -> st.SearchStrategy[LakeType]:
    return NAMES.flatmap(
        lambda names: st.tuples(*(st.tuples(st.just(name), kinds) for name in names)).map(
            lambda fields: LakeType("struct", fields)
        )
    )


LAKE_TYPES = st.recursive(
    st.sampled_from([of(name) for name in PRIMITIVES]),
    lambda inner: structs(inner) | inner.map(list_of) | inner.map(map_of),
    max_leaves=8,
)


@given(LAKE_TYPES)
def test_icebergs_json_of_a_type_gives_the_type(lake_type: LakeType) -> None:
    assert of_iceberg(as_iceberg(lake_type)) == lake_type


def test_the_name_of_a_partition_column_is_taken_only_where_the_table_is_partitioned_by_it() -> None:
    day = LakeType("struct", (("day", LakeType("timestamptz")),))

    assert plan(day, day).refusals == ("day is the name of a partition column",)
    assert plan(day, day, ("_day",)) == Plan((), ())
