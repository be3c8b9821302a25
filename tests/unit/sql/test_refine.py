"""Each verdict of refine, by its SQL run on records; and what of it no record shows."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.sql.in_duckdb import NOW, DeadLetter, Outputs, refined
from tests.unit.sql.visits import CONTRACT, DELIVERY, PLATFORM, stream
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.naming import Output
from tidegate.dead_letters.codes import Code, Stage
from tidegate.sql.job_sql import JobSql
from tidegate.sql.refine import enriched_view, insert_silver, job_sql, judged_view, silver_key
from tidegate.sql.scope import Scope

PAGES = [{"path": "/home", "updated_at": NOW, "title": "Home"}]
PLANS = [{"name": "free", "updated_at": NOW, "price": 0}]
VISIT = {"id": "a", "visited_at": NOW, "visitor": "ann", "page": "/home", "plan": "free", "seconds": 5}
BROKEN = dict.fromkeys(VISIT) | {"_error_code": "TRUNCATED", "_error_message": "ends within seconds"}


def outputs(*records: dict[str, Any], of: Stream | None = None) -> Outputs:
    return refined(of or stream(), [VISIT | record for record in records], {"pages": PAGES, "plans": PLANS})


def only_dead_letter(found: Outputs) -> DeadLetter:
    assert found.silver == [] and found.dropped == {}
    [letter] = found.dead_letters
    return letter


def made(scope: Scope | None = None, **changes: Any) -> JobSql:
    return job_sql(stream(**changes), PLATFORM, scope or Scope(), DELIVERY)


def test_a_record_that_fits_is_a_silver_row_with_its_references_and_coordinates() -> None:
    found = outputs({})

    [row] = found.silver
    assert row == VISIT | {
        "visitor": "hashed ann",
        "page_title": "Home",
        "plan_price": 0,
        "_source_topic": "raw.visits",
        "_source_partition": 0,
        "_source_offset": 0,
        "_ingested_at": NOW,
        "_schema_id": 1,
        "_warnings": [],
    }
    assert found.dead_letters == [] and found.dropped == {}


def test_a_record_that_can_not_be_decoded_is_a_dead_letter_with_the_decoders_words() -> None:
    letter = only_dead_letter(outputs(BROKEN))

    assert letter == DeadLetter(0, Stage.DECODE, Code.TRUNCATED, "ends within seconds", [])


@pytest.mark.parametrize("visited_at", [NOW.replace(year=2019), NOW + timedelta(seconds=61)], ids=["early", "late"])
def test_a_time_out_of_range_is_a_dead_letter_of_the_contract(visited_at: Any) -> None:
    letter = only_dead_letter(outputs({"visited_at": visited_at}))

    assert (letter.stage, letter.code) == (Stage.CONTRACT, Code.EVENT_TIME_OUT_OF_RANGE)
    assert letter.violations == ["event_time_in_range"]


@pytest.mark.parametrize("visited_at", [NOW.replace(year=2020), NOW + timedelta(seconds=60)], ids=["early", "late"])
def test_the_ends_of_the_range_are_in_it(visited_at: Any) -> None:
    assert len(outputs({"visited_at": visited_at}).silver) == 1


def test_a_dead_letter_lists_every_rule_that_is_broken() -> None:
    letter = only_dead_letter(outputs({"seconds": -1, "page": "home"}))

    assert (letter.stage, letter.code) == (Stage.RULE, Code.RULE_VIOLATED)
    assert letter.violations == ["known_length", "page_is_a_path"]


def test_a_redriven_record_is_judged_by_its_first_arrival_and_silver_keeps_its_own() -> None:
    """What is refused as ahead of time stays so, whenever it is sent again."""
    first = (NOW - timedelta(hours=1)).isoformat().encode()
    redriven = {"_headers": {"tidegate.redrive.arrived": first}}
    of_then, ahead = {"id": "b", "visited_at": NOW - timedelta(hours=1)}, {"visited_at": NOW}

    found = outputs(redriven | of_then, redriven | ahead)

    assert [(row["id"], row["_ingested_at"]) for row in found.silver] == [("b", NOW)]
    assert [letter.code for letter in found.dead_letters] == [Code.EVENT_TIME_OUT_OF_RANGE]


def test_a_broken_rule_is_listed_beside_a_time_out_of_range() -> None:
    letter = only_dead_letter(outputs({"seconds": -1, "visited_at": NOW.replace(year=2019)}))

    assert letter.stage == Stage.CONTRACT
    assert letter.violations == ["known_length", "event_time_in_range"]


def test_a_rule_that_warns_leaves_its_name_in_silver() -> None:
    [row] = outputs({"seconds": 3601}).silver

    assert row["_warnings"] == ["not_too_long"]


def test_a_dropped_record_leaves_its_coordinates_and_the_first_rule() -> None:
    found = outputs({"page": "/health"}, {"page": "/robots.txt"})

    assert found.dropped == {0: "no_health_check", 1: "no_robots"}
    assert found.silver == [] and found.dead_letters == []


def test_reject_goes_before_drop() -> None:
    assert only_dead_letter(outputs({"page": "/health", "seconds": -1})).code == Code.RULE_VIOLATED


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"page": "/new"}, "page is not known in pages at the event's time"),
        ({"plan": "new"}, "plan is not known in plans at the event's time"),
        ({"page": "/new", "plan": "new"}, "page is not known in pages at the event's time"),
    ],
    ids=["first", "second", "both"],
)
def test_a_missing_reference_is_one_dead_letter_that_names_it(record: dict[str, Any], message: str) -> None:
    letter = only_dead_letter(outputs(record))

    assert letter == DeadLetter(0, Stage.ENRICH, Code.REFERENCE_MISSING, message, [])


def test_one_demanded_reference_is_named_without_looking_which() -> None:
    pages, plans = CONTRACT["enrich"]
    dataset = stream(enrich=[pages | {"missing": "keep"}, plans])

    letter = only_dead_letter(outputs({"plan": "new"}, of=dataset))

    assert letter.message == "plan is not known in plans at the event's time"
    assert "_missing_message" not in enriched_view(dataset, [*PLATFORM.references.values()]).query


def test_a_reference_that_may_be_missing_leaves_its_columns_null() -> None:
    pages, plans = CONTRACT["enrich"]
    dataset = stream(enrich=[pages | {"missing": "keep"}, plans | {"missing": "keep"}])

    [row] = outputs({"page": "/new", "plan": "new"}, of=dataset).silver

    assert (row["page_title"], row["plan_price"]) == (None, None)


def test_a_key_that_is_null_asks_for_no_reference() -> None:
    [row] = outputs({"plan": None}).silver

    assert row["plan_price"] is None


def test_the_second_record_of_an_identity_is_neither_silver_nor_a_dead_letter() -> None:
    found = outputs({}, {"seconds": 6}, {"id": "b"})

    assert [(row["id"], row["_source_offset"]) for row in found.silver] == [("a", 0), ("b", 2)]
    assert found.dead_letters == [] and found.dropped == {}


def test_a_refused_record_does_not_make_the_next_of_its_identity_a_duplicate() -> None:
    found = outputs({"seconds": -1}, {"page": "/health"}, {"page": "/new"}, {})

    assert [row["_source_offset"] for row in found.silver] == [3]


def test_every_record_has_one_verdict() -> None:
    records: list[dict[str, Any]] = [
        {},
        BROKEN,
        {"seconds": -1},
        {"page": "/health"},
        {"plan": "new", "id": "b"},
        {"page": "/new", "plan": "n"},
    ]

    found = outputs(*records)

    offsets = [row["_source_offset"] for row in found.silver]
    offsets += [letter.offset for letter in found.dead_letters] + [*found.dropped]
    assert sorted(offsets) == list(range(len(records)))


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("hmac", "hmac_sha256(`visitor`) AS `visitor`"),
        ("mask", "CASE WHEN `visitor` IS NOT NULL THEN '***' END AS `visitor`"),
        ("drop", "CAST(NULL AS STRING) AS `visitor`"),
    ],
)
def test_a_personal_field_is_replaced_in_the_first_view(method: str, expected: str) -> None:
    privacy = [{"field": "visitor", "method": method, "purpose": "counting", "retention_days": 30}]

    assert expected in judged_view(stream(privacy=privacy), Scope()).query


def test_an_exploding_dataset_looks_at_the_identity_first_and_then_at_the_references_of_each_item() -> None:
    orders = load_stream(SCHEMAS, "orders")
    query = enriched_view(orders, [PLATFORM.references["pages"]]).query

    items = query[query.index("FROM (") : query.index("LEFT JOIN")]
    assert "PARTITION BY `order_id`, `status` ORDER BY _proc_time" in items
    assert "TABLE(items(d.`lines`)) AS i (`product_id`, `quantity`, `unit_price`, `line_number`, `_fault`)" in items
    assert "ROW_NUMBER" not in insert_silver(orders).sql


def test_every_statement_has_the_name_of_what_it_makes_or_fills() -> None:
    sql = made()

    assert [each.name for each in sql.definitions] == [
        "raw_records", "ref_pages", "ref_plans", "silver", "dead_letters", "dropped",
        "judged", "enriched", "validated", "refined",
    ]  # fmt: skip
    assert [insert.into for insert in sql.inserts] == ["silver", "dead_letters", "dropped"]
    assert sql.state_ttl_ms == 7_200_000


@pytest.mark.parametrize(("output", "table"), [("silver", "silver"), ("dlq", "dead_letters"), ("dropped", "dropped")])
def test_only_the_outputs_of_the_scope_are_written(output: Output, table: str) -> None:
    sql = made(Scope(outputs=frozenset({output})))

    sinks = {each.name for each in sql.definitions if "sink.delivery-guarantee" in each.sql}
    assert sinks == {table}
    assert [insert.into for insert in sql.inserts] == [table]


def test_a_reference_that_is_asked_twice_is_one_table() -> None:
    pages = CONTRACT["enrich"][0]
    referrer = pages | {"on": "plan", "prefix": "referrer_"}

    sql = made(enrich=[pages, referrer])

    assert [each.name for each in sql.definitions].count("ref_pages") == 1
    [enriched] = [each.sql for each in sql.definitions if each.name == "enriched"]
    assert enriched.count("LEFT JOIN ref_pages") == 2


def test_without_a_drop_rule_nothing_is_inserted_into_dropped() -> None:
    sql = made(rules=[])

    assert [insert.into for insert in sql.inserts] == ["silver", "dead_letters"]


def test_a_scope_of_offsets_reads_and_judges_these_only_under_its_own_name() -> None:
    sql = made(Scope("again", {0: (3, 5), 1: ()}))
    texts = {each.name: each.sql for each in sql.definitions}

    assert "'properties.group.id' = 'tidegate-again-visits'" in texts["raw_records"]
    assert "'scan.startup.specific-offsets' = 'partition:0,offset:3;partition:1,offset:0'" in texts["raw_records"]
    assert "'scan.bounded.specific-offsets' = 'partition:0,offset:6;partition:1,offset:0'" in texts["raw_records"]
    assert "'sink.transactional-id-prefix' = 'again-silver-visits'" in texts["silver"]
    assert "WHERE (_source_partition = 0 AND _source_offset BETWEEN 3 AND 5" in texts["judged"]


def test_a_silver_row_has_the_raw_key_where_it_has_the_column() -> None:
    assert silver_key(stream()) == "id"
    assert silver_key(stream(topic={"name": "raw.visits", "key": "seconds"})) is None
    assert silver_key(stream(topic={"name": "raw.visits"})) is None
