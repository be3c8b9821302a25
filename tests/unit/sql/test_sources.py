"""What jobs read."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.sql.visits import CONNECTIONS, PLATFORM, stream
from tidegate.contracts.dataset import Stream
from tidegate.sql.job_sql import Table
from tidegate.sql.sources import Copied, bytes_source, copied_source, raw_source, reference_table, silver_source


def options(table: Table) -> dict[str, str]:
    return dict(re.findall(r"^  '([^']+)' = '([^']*)'", table.sql, re.MULTILINE))


def columns_of(table: Table) -> list[str]:
    return re.findall(r"^  `(\w+)`", table.sql, re.MULTILINE)


def test_a_raw_record_has_its_fields_its_coordinates_and_what_the_decoder_says() -> None:
    table = raw_source(stream(), CONNECTIONS, "group")

    assert table.name == "raw_records"
    assert columns_of(table) == [
        "id", "visited_at", "visitor", "page", "plan", "seconds",
        "_key", "_source_topic", "_source_partition", "_source_offset", "_ingested_at", "_headers",
        "_error_code", "_error_message", "_payload", "_payload_sha256", "_payload_bytes", "_schema_id", "_proc_time",
    ]  # fmt: skip
    assert options(table)["topic"] == "raw.visits"
    assert "scan.bounded.mode" not in options(table)


def test_a_schema_named_in_a_header_is_seen_where_records_of_others_are_decoded_and_nowhere_else() -> None:
    foreign = (raw_source(stream(), CONNECTIONS, "group"), reference_table(PLATFORM.references["pages"], CONNECTIONS))
    for table in foreign:
        assert options(table)["properties.interceptor.classes"] == "io.tidegate.connectors.avro.SchemaIdHeaders"
    for table in (bytes_source(stream(), CONNECTIONS, "group"), silver_source(stream(), CONNECTIONS, "group")):
        assert "properties.interceptor.classes" not in options(table)


def test_spans_bound_what_is_read_of_each_partition() -> None:
    bounded = options(raw_source(stream(), CONNECTIONS, "group", {0: (3, 9), 1: (0, 0)}))

    assert bounded["scan.startup.mode"] == bounded["scan.bounded.mode"] == "specific-offsets"
    assert bounded["scan.startup.specific-offsets"] == "partition:0,offset:3;partition:1,offset:0"
    assert bounded["scan.bounded.specific-offsets"] == "partition:0,offset:9;partition:1,offset:0"


def test_the_bytes_of_a_record_are_not_decoded() -> None:
    table = bytes_source(stream(), CONNECTIONS, "group")

    assert columns_of(table)[0] == "_value"
    assert options(table)["value.format"] == "raw"
    assert "registry" not in table.sql


def test_silver_is_read_with_the_schema_it_is_written_with() -> None:
    table = silver_source(stream(), CONNECTIONS, "group", table="silver_records")

    assert table.name == "silver_records"
    assert options(table)["topic"] == "silver.visits"
    row = [column.name for column in stream().silver_columns]
    assert columns_of(table)[: len(row) + 1] == [*row, "_error_code"]
    assert {"_silver_topic", "_silver_partition", "_silver_offset", "_silver_value"} <= {*columns_of(table)}


def test_silver_is_read_in_the_version_that_the_contract_says_and_nothing_else_is_different() -> None:
    first, second = (silver_source(stream().of_silver_version(number), CONNECTIONS, "group") for number in (1, 2))

    assert (first, first.version) == (silver_source(stream(), CONNECTIONS, "group"), 1)
    assert (second.name, second.version) == ("silver", 2)
    assert second.sql == first.sql.replace("'silver.visits'", "'silver.visits.v2'")
    assert second.resumed == first.resumed.replace("'silver.visits'", "'silver.visits.v2'")


def test_reference_data_answers_by_its_key_as_of_a_time() -> None:
    table = reference_table(PLATFORM.references["pages"], CONNECTIONS)

    assert table.name == "ref_pages"
    assert columns_of(table) == ["path", "updated_at", "title", "_as_of"]
    assert {name: options(table)[name] for name in ("topic", "key", "version-time", "as-of")} == {
        "topic": "ref.pages", "key": "path", "version-time": "updated_at", "as-of": "_as_of",
    }  # fmt: skip


@pytest.mark.parametrize(("lag_hours", "expected"), [(0, "168 h"), (168, "168 h"), (400, "400 h")])
def test_versions_are_kept_as_long_as_compaction_surely_leaves_them(lag_hours: int, expected: str) -> None:
    pages = PLATFORM.references["pages"]
    topic = pages.contract.topic.model_copy(update={"min_compaction_lag_hours": lag_hours})
    contract = pages.contract.model_copy(update={"topic": topic})

    assert options(reference_table(replace(pages, contract=contract), CONNECTIONS))["lookup.versions-kept"] == expected


@pytest.mark.parametrize("table", [raw_source, bytes_source, silver_source], ids=lambda made: str(made.__name__))
def test_a_topic_is_read_from_its_beginning_or_on_from_what_its_group_has_committed(
    table: Callable[..., Table],
) -> None:
    made = table(stream(), CONNECTIONS, "group")
    resumed = replace(made, sql=made.resumed)

    assert options(made)["scan.startup.mode"] == "earliest-offset"
    assert options(resumed) == options(made) | {
        "scan.startup.mode": "group-offsets",
        "properties.auto.offset.reset": "earliest",
    }


def test_records_in_json_are_read_by_their_own_format_which_needs_no_registry(meters: Stream) -> None:
    table = raw_source(meters, CONNECTIONS, "group")

    assert options(table)["value.format"] == "contract-json"
    assert options(table)["value.contract-json.unknown-fields"] == "rescue"
    assert columns_of(table)[-1] == "_rescued"
    assert not [name for name in options(table) if "avro" in name]


@pytest.mark.parametrize("policy", ["reject", "ignore", None])
def test_a_column_of_rescued_fields_is_there_only_where_they_are_rescued(meters: Stream, policy: Any) -> None:
    topic = meters.contract.topic.model_copy(update={"unknown_fields": policy})
    other = replace(meters, contract=meters.contract.model_copy(update={"topic": topic}))

    table = raw_source(other, CONNECTIONS, "group")

    assert options(table)["value.contract-json.unknown-fields"] == (policy or "ignore")
    assert "_rescued" not in columns_of(table)


def test_a_record_that_is_copied_is_kept_whole_and_read_no_further_than_where_its_raw_one_is() -> None:
    read = Copied("silver.visits", stream().silver, ("_source_partition", "_source_offset"), {0: (3, 9)})
    table = copied_source("silver_before", read, CONNECTIONS, "group")

    assert columns_of(table)[:4] == ["_key", "_source_partition", "_source_offset", "_value"]
    found = options(table)
    schema = json.loads(found["value.contract-avro.schema"])
    assert schema["name"] == "VisitSilver"
    assert [field["name"] for field in schema["fields"]] == ["_source_partition", "_source_offset"]
    assert found["value.contract-avro.raw.max-bytes"] == found["value.contract-avro.max-record-bytes"]
    assert found["scan.bounded.specific-offsets"] == "partition:0,offset:9"
