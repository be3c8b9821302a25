"""The text of a CREATE TABLE."""

import json

from tests.unit.sql.visits import CONNECTIONS, RAW
from tidegate.avro.types import columns
from tidegate.sql.ddl import column_lines, contract_avro, contract_json, create, kafka_source, quoted


def test_a_table_has_its_columns_and_its_options_in_their_order() -> None:
    table = create("visits", ["`id` STRING", "`seconds` INT"], {"connector": "kafka", "topic": "raw.visits"})

    assert table.name == "visits"
    assert table.sql == (
        "CREATE TEMPORARY TABLE `visits` (\n  `id` STRING,\n  `seconds` INT\n) WITH (\n"
        "  'connector' = 'kafka',\n  'topic' = 'raw.visits'\n)"
    )


def test_a_quote_in_an_option_ends_no_text() -> None:
    assert "'password' = 'it''s'" in create("visits", [], {"password": "it's"}).sql


def test_columns_are_quoted_for_names_that_are_words_of_sql() -> None:
    assert column_lines(columns(RAW))[:2] == ["`id` STRING", "`visited_at` TIMESTAMP_LTZ(3)"]
    assert quoted(columns(RAW)) == "`id`, `visited_at`, `visitor`, `page`, `plan`, `seconds`"


def test_a_source_reads_what_is_committed_from_the_beginning() -> None:
    options = kafka_source("raw.visits", CONNECTIONS, "group")

    assert options["properties.bootstrap.servers"] == "kafka:9092"
    assert options["properties.group.id"] == "group"
    assert options["properties.isolation.level"] == "read_committed"
    assert options["scan.startup.mode"] == "earliest-offset"


def test_a_format_has_its_prefix_before_every_option() -> None:
    assert {*contract_avro("value.", RAW, CONNECTIONS)} == {
        "value.format", "value.contract-avro.registry.url", "value.contract-avro.schema",
    }  # fmt: skip


def test_a_format_of_json_has_the_contracts_schema_and_policy_and_no_registry() -> None:
    assert contract_json("value.", RAW, "reject") == {
        "value.format": "contract-json",
        "value.contract-json.schema": json.dumps(RAW),
        "value.contract-json.unknown-fields": "reject",
    }
