"""A bit for each rule that is not met."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sql.visits import stream
from tidegate.contracts.model import MAX_RULES_PER_SEVERITY, Rule
from tidegate.sql.literals import text
from tidegate.sql.rules import mask, verdict_sql


def rules(count: int) -> list[Rule]:
    return [
        Rule(name=f"r{number}", field="f", check=f"c{number}", severity="reject", description="")
        for number in range(count)
    ]


@settings(deadline=None)  # a busy machine may let DuckDB wait
@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=MAX_RULES_PER_SEVERITY))
def test_a_bit_is_set_where_a_check_is_false_and_not_where_it_is_null(checks: list[bool | None]) -> None:
    values = ", ".join("NULL::BOOLEAN" if check is None else str(check) for check in checks)
    names = ", ".join(f"c{number}" for number in range(len(checks)))

    query = f"SELECT {mask(rules(len(checks)))} FROM (VALUES ({values})) AS checks ({names})"

    assert duckdb.execute(query).fetchall() == [(sum(1 << bit for bit, check in enumerate(checks) if check is False),)]


def test_no_rules_are_all_met() -> None:
    assert mask([]) == "CAST(0 AS BIGINT)"


def test_the_event_time_is_the_last_bit_of_reject() -> None:
    verdict = verdict_sql(stream().contract)

    assert verdict.event_time_bit == 4
    assert "CAST(4 AS BIGINT)" in verdict.reject_mask and "CAST(8 AS BIGINT)" not in verdict.reject_mask
    assert "`visited_at` >= CAST(TIMESTAMP '2020-01-01 00:00:00' AS TIMESTAMP_LTZ(3))" in verdict.reject_mask
    assert "`visited_at` <= TIMESTAMPADD(SECOND, 60, _ingested_at)" in verdict.reject_mask


@pytest.mark.parametrize("severity", ["reject", "warn", "drop"])
def test_all_rules_that_a_severity_may_have_fit_into_a_bigint(severity: str) -> None:
    many = [
        {"name": f"r{number}", "field": "id", "check": "TRUE", "severity": severity, "description": "Met."}
        for number in range(MAX_RULES_PER_SEVERITY)
    ]
    verdict = verdict_sql(stream(rules=many).contract)

    assert verdict.event_time_bit < 1 << 63
    assert f"CAST({1 << MAX_RULES_PER_SEVERITY - 1} AS BIGINT)" in getattr(verdict, f"{severity}_mask")


def test_names_go_to_the_functions_in_the_order_of_their_bits() -> None:
    verdict = verdict_sql(stream().contract)

    assert verdict.dropped_by == "first_rule_name(_dropped, 'no_health_check,no_robots')"
    assert verdict.warnings == "rule_names(_warned, 'not_too_long')"
    assert [line.split("\t")[0] for line in verdict.violations.splitlines()] == [
        "violations(_rejected, 'known_length",
        "page_is_a_path",
        "event_time_in_range",
    ]


def test_a_quote_in_a_description_ends_no_text() -> None:
    rule = {"name": "quoted", "field": "id", "check": "TRUE", "severity": "reject", "description": "the visit's id"}

    assert text("the visit's id")[1:-1] in verdict_sql(stream(rules=[rule]).contract).violations


@pytest.mark.parametrize(
    "description",
    ["two\nlines\n", "a\ttab", "a\r\nb\tc\x00d\x1be", "line\u2028separator\x85next"],
)
def test_a_description_of_several_lines_is_one_line_of_the_functions_text(description: str) -> None:
    rule = {"name": "told", "field": "id", "check": "TRUE", "severity": "reject", "description": description}
    lines = verdict_sql(stream(rules=[rule]).contract).violations.split("\n")

    assert [line.split("\t")[0].rpartition("'")[2] for line in lines] == ["told", "event_time_in_range"]
    assert [line.count("\t") for line in lines] == [2, 2]


def test_a_comment_at_the_end_of_a_check_hides_nothing_behind_it() -> None:
    rule = Rule(name="r", field="f", check="c0 > 1 -- or NULL", severity="reject", description="")

    query = f"SELECT {mask([rule])} FROM (VALUES (1)) AS checks (c0)"

    assert duckdb.execute(query).fetchall() == [(1,)]


def test_the_earliest_time_is_told_to_flink_in_utc() -> None:
    window = {"field": "visited_at", "earliest": "2020-01-01T00:00:00+02:00"}

    assert "TIMESTAMP '2019-12-31 22:00:00'" in verdict_sql(stream(event_time=window).contract).reject_mask
