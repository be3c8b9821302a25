"""Which columns of silver are looked at before they are written: those that a decoder has not made certain."""

from dataclasses import replace

import pytest

from tests.contracts import SCHEMAS
from tests.unit.sql.visits import REFINE_SQL, SILVER, record, stream
from tidegate.avro.types import AvroSchema
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.sql.refined import refined_query


def looked_at(dataset: Stream) -> list[str]:
    selected = refined_query(dataset).partition("\nFROM (")[0]
    return [part.partition("`")[2].partition("`")[0] for part in selected.split("storable(")[1:]]


def with_column(name: str, kind: object, expression: str) -> Stream:
    """Visits with one more column in silver."""
    silver: AvroSchema = {**SILVER, "fields": [*SILVER["fields"], {"name": name, "type": kind}]}
    return replace(stream(), silver=silver, refine_sql=REFINE_SQL.replace("_warnings", f"_warnings, {expression}"))


def test_what_comes_as_it_was_decoded_is_certain() -> None:
    assert looked_at(stream()) == []


@pytest.mark.parametrize(
    "expression",
    ["upper(page) as shown", "coalesce(page, plan) as shown", "page || '' as shown", "plan as shown", "plan shown"],
)
def test_what_is_computed_or_may_be_null_is_not(expression: str) -> None:
    assert looked_at(with_column("shown", "string", expression)) == ["shown"]


def test_a_column_under_another_name_is_as_certain_as_under_its_own() -> None:
    assert looked_at(with_column("shown", "string", "page as shown")) == []
    assert looked_at(with_column("shown", "string", "`page` as `shown`")) == []


def test_another_type_is_a_conversion_which_can_fail() -> None:
    assert looked_at(with_column("shown", "long", "seconds as shown")) == ["shown"]


def test_where_null_is_allowed_only_what_can_hold_a_null_or_an_overflow_is_looked_at() -> None:
    assert looked_at(with_column("shown", ["null", "string"], "upper(page) as shown")) == []
    micros = {"type": "long", "logicalType": "timestamp-micros"}
    assert looked_at(with_column("shown", ["null", micros], "visited_at as shown")) == ["shown"]
    texts = {"type": "array", "items": "string"}
    assert looked_at(with_column("shown", ["null", texts], "array[page] as shown")) == ["shown"]


@pytest.mark.parametrize(
    "query",
    [
        REFINE_SQL.replace("from validated", "from (select cast(null as string) as page, * from validated)"),
        "with visits as (select * from validated)\n" + REFINE_SQL.replace("from validated", "from visits"),
        REFINE_SQL.replace("from validated", "from validated left join other on true"),
    ],
    ids=["subquery", "with", "join"],
)
def test_the_columns_of_another_relation_are_not_certain(query: str) -> None:
    assert "page" in looked_at(replace(stream(), refine_sql=query))


def test_a_function_that_is_named_like_a_column_is_no_column() -> None:
    assert looked_at(with_column("shown", "int", "seconds(visited_at) as shown")) == ["shown"]


def test_a_field_that_privacy_empties_is_not_certain() -> None:
    privacy = [{"field": "visitor", "method": "drop", "purpose": "none", "retention_days": 30}]

    assert looked_at(stream(privacy=privacy)) == ["visitor"]


def test_the_fields_of_items_are_certain_as_far_as_the_items_are() -> None:
    assert looked_at(load_stream(SCHEMAS, "orders")) == ["amount", "line_count"]


def test_what_the_sink_writes_is_what_is_looked_at() -> None:
    query = refined_query(with_column("shown", record("Place", city="string"), "row(page) as shown"))

    assert (
        """storable(`shown`, '{"type": "record", "name": "Silver", "fields": [{"name": "shown", "type": """
        """{"type": "record", "name": "Place", "fields": [{"name": "city", "type": "string"}]}}]}') AS `shown`"""
    ) in query
