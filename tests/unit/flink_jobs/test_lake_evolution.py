"""What pyiceberg makes of a plan's steps, in memory; ``tests/jobs/test_lake_schema.py`` has the catalog and Flink."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.table.update.schema import UpdateSchema

from flink_jobs.lake_evolution import Followed, apply, followed_by, steps_to
from tests.contracts import SCHEMAS, copy_of_clicks
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_refined, load_stream, platform_schema
from tidegate.errors import TidegateError
from tidegate.sql.lake_schema import LakeType, as_iceberg, of_avro, of_iceberg, plan

DEAD_LETTER = platform_schema(SCHEMAS, "dead_letter")
WIDER = {"int": "long", "float": "double", "decimal(9, 2)": "decimal(11, 2)"}


def schema_of(lake_type: LakeType) -> Schema:
    return assign_fresh_schema_ids(Schema.model_validate(as_iceberg(lake_type)))


def evolved(table: Schema, silver: LakeType) -> Schema:
    """The table's schema after the steps to silver's types."""
    update: Any = UpdateSchema(transaction=None, schema=table)  # type: ignore[arg-type]
    planned = plan(of_iceberg(json.loads(table.model_dump_json())), silver)
    assert planned.refusals == ()
    for step in planned.steps:
        apply(step, update)
    result = update._apply()
    assert isinstance(result, Schema)
    return result


def lake_type(schema: Schema) -> LakeType:
    return of_iceberg(json.loads(schema.model_dump_json()))


@st.composite
def grown(draw: st.DrawFn, old: LakeType) -> LakeType:
    """The type, wider and with more fields in places, its fields in any order."""
    if old.name == "struct":
        fields = [(name, draw(grown(inner))) for name, inner in old.fields]
        fields += [(f"new_{name}", draw(TYPES)) for name in draw(st.lists(st.sampled_from("xy"), unique=True))]
        return LakeType("struct", tuple(draw(st.permutations(fields))))
    if old.items is not None:
        return LakeType(old.name, items=draw(grown(old.items)))
    return LakeType(draw(st.sampled_from([old.name, WIDER.get(old.name, old.name)])))


def structs(kinds: st.SearchStrategy[LakeType]) -> st.SearchStrategy[LakeType]:
    return st.lists(kinds, min_size=1, max_size=3).map(
        lambda inner: LakeType("struct", tuple(zip("abc", inner, strict=False)))
    )


TYPES = st.recursive(
    st.sampled_from([LakeType(name) for name in ("string", "int", "float", "decimal(9, 2)")]),
    lambda inner: (
        structs(inner)
        | inner.map(lambda one: LakeType("list", items=one))
        | inner.map(lambda one: LakeType("map", items=one))
    ),
    max_leaves=6,
)


@given(st.data())
def test_a_table_becomes_what_silver_is_and_then_needs_nothing_more(data: st.DataObject) -> None:
    """In one column, so that the order of all fields in it is compared."""
    old = LakeType("struct", (("v", data.draw(TYPES)),))
    silver = LakeType("struct", (("v", data.draw(grown(old.fields[0][1]))),))
    table = schema_of(old)

    after = evolved(table, silver)

    assert lake_type(after) == silver
    assert plan(lake_type(after), silver).steps == ()
    kept = {table.find_column_name(number): number for number in table.field_ids}
    assert {name: after.find_field(str(name)).field_id for name in kept} == kept


@pytest.fixture
def dataset(tmp_path: Path) -> Stream:
    copy_of_clicks(tmp_path, "probe")
    return load_stream(tmp_path, "probe")


def with_quantity(dataset: Stream, name: str) -> Any:
    """The schema of the dataset's table, in Iceberg's JSON, with another type of ``quantity``."""
    silver = of_avro(dataset.silver_type)
    fields = tuple((field, LakeType(name) if field == "quantity" else inner) for field, inner in silver.fields)
    return as_iceberg(LakeType("struct", (*fields, *((part, LakeType("int")) for part in ("year", "month", "day")))))


def silver_of(dataset: Stream) -> Followed:
    """The first of the tables that follow the dataset's schemas."""
    return followed_by(dataset, DEAD_LETTER)[0]


def test_dead_letters_and_metrics_follow_their_schemas_too() -> None:
    followed = followed_by(load_stream(SCHEMAS, "clicks"), DEAD_LETTER)
    assert [(each.table, each.file) for each in followed] == [
        ("silver.clicks", "clicks/silver.avsc"),
        ("bronze.dead_letters", "the schema of dead letters"),
        ("gold.clicks_browsers_changes", "clicks/metrics/browsers.avsc"),
        ("gold.clicks_funnel_changes", "clicks/metrics/funnel.avsc"),
        ("gold.clicks_page_views_changes", "clicks/metrics/page_views.avsc"),
    ]


@pytest.mark.parametrize("name", sorted(path.parent.name for path in SCHEMAS.glob("*/silver.avsc")))
def test_a_table_made_for_a_dataset_needs_no_step(name: str) -> None:
    dataset = load_refined(SCHEMAS, name)
    assert steps_to(silver_of(dataset), with_quantity(dataset, "int")) == ()


def test_what_iceberg_cannot_follow_is_one_line_with_the_field_and_the_remedy(dataset: Stream) -> None:
    with pytest.raises(TidegateError) as raised:
        steps_to(silver_of(dataset), with_quantity(dataset, "string"))
    assert str(raised.value) == (
        "the lake's table silver.probe can't follow probe/silver.avsc: quantity from string to int. Leave such a field "
        "as it was, and add the new one under another name: Iceberg only widens int to long, float to double and a "
        "decimal's precision, and adds fields."
    )
