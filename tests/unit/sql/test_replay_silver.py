"""What fills silver's next topics; its SQL is in golden/replay_silver."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.sql.visits import CONTRACT, DELIVERY, PLATFORM, stream
from tidegate.sql.job_sql import JobSql
from tidegate.sql.replay_silver import Filling, job_sql

SPANS = {0: (0, 90), 1: (5, 50)}
FILLING = Filling("visits", "20260102t030405-abcd", 2, SPANS, {0: (0, 3), 1: (0, 0)}, {0: (10, 20)}, {0: (12, 20)})
NO_DROP = {"rules": [rule for rule in CONTRACT["rules"] if rule["severity"] != "drop"]}


def made(filling: Filling = FILLING, changes: Mapping[str, Any] | None = None) -> JobSql:
    return job_sql(stream(**(changes or {})), PLATFORM, filling, DELIVERY)


def table(sql: JobSql, name: str) -> str:
    [found] = [each for each in sql.definitions if each.name == name]
    return found.sql


def test_it_comes_back_from_its_file_as_it_was() -> None:
    assert Filling.from_json(FILLING.to_json()) == FILLING


def test_it_makes_something_where_there_is_an_offset_to_make() -> None:
    assert FILLING.makes
    assert not replace(FILLING, made={0: (0, 0)}).makes
    assert FILLING.of("silver") == SPANS
    assert FILLING.of("dropped") == {0: (0, 3), 1: (0, 0)}


def test_records_outside_of_the_whole_range_are_copied_and_rows_are_made_where_raw_has_their_records() -> None:
    silver, dropped, rows, marks = made().inserts
    assert "NOT ((_source_partition = 0 and _source_offset >= 10 and _source_offset < 20))" in silver.sql
    assert "NOT ((source_partition = 0 and source_offset >= 10 and source_offset < 20))" in dropped.sql
    assert rows.sql.endswith(
        "FROM lake.`silver`.`visits`\nWHERE (_source_partition = 0 and _source_offset >= 12 and _source_offset < 20)"
    )
    assert "'scan.bounded.specific-offsets' = 'partition:0,offset:20'" in table(made(), "raw_records")
    assert marks.sql.startswith("INSERT INTO dropped_of_range\nSELECT ")


def test_what_it_reads_and_writes_are_the_topics_of_two_versions_by_names_of_its_own() -> None:
    sql = made()
    assert "'topic' = 'silver.visits'" in table(sql, "silver_before")
    assert "'topic' = 'dropped.visits'" in table(sql, "dropped_before")
    sinks = ("silver_copied", "dropped_copied", "silver_of_range", "dropped_of_range")
    written = {name: table(sql, name) for name in sinks}
    prefixes = {line for text in written.values() for line in text.splitlines() if "transactional-id-prefix" in line}
    assert len(prefixes) == len(written)
    assert all("fill-" in line for line in prefixes)
    assert all(f"'topic' = '{name.split('_')[0]}.visits.v2'" in text for name, text in written.items())
    assert "'value.contract-avro.subject' = 'silver.visits.v2-value'" in written["silver_of_range"]


def test_the_next_version_is_made_from_the_one_before_whatever_the_contract_says() -> None:
    """Once its user has put the new number into it, the tail is filled."""
    tail = replace(FILLING, version=4, made={0: (0, 0)})
    sql = made(tail, {"silver": {"version": 4}})
    assert "'topic' = 'silver.visits.v3'" in table(sql, "silver_before")
    assert "'topic' = 'silver.visits.v4'" in table(sql, "silver_copied")
    assert [each.into for each in sql.inserts] == ["silver_copied", "dropped_copied"]


def test_without_drop_rules_no_raw_record_is_read() -> None:
    sql = made(changes=NO_DROP)
    assert [each.into for each in sql.inserts] == ["silver_copied", "dropped_copied", "silver_of_range"]
    assert "raw_records" not in {each.name for each in sql.definitions}


@pytest.mark.parametrize("name", ["silver_copied", "dropped_copied"])
def test_a_copied_record_keeps_key_value_headers_and_time_stamp(name: str) -> None:
    text = table(made(), name)
    for line in ("`_key` BYTES", "`_value` BYTES", "METADATA FROM 'headers'", "METADATA FROM 'timestamp'"):
        assert line in text
    assert "'value.format' = 'raw'" in text


def test_a_made_row_has_the_key_of_refine_s() -> None:
    assert "'key.fields' = 'id'" in table(made(), "silver_of_range")
    keyless = {"topic": {"name": "raw.visits"}}
    assert "key.fields" not in table(made(changes=keyless), "silver_of_range")
