"""What a contract may say: its rules are as many as a verdict has bits, and no name is there twice."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.contracts.model import EVENT_TIME_RULE, MAX_RULES_PER_SEVERITY, Contract


def contract(*rules: dict[str, str], **others: Any) -> Contract:
    given: dict[str, Any] = {
        "dataset": "visits",
        "owner": "web",
        "description": "Visits.",
        "topic": {"name": "raw.visits"},
        "event_time": {"field": "at"},
        "identity": ["id"],
        "rules": list(rules),
        **others,
    }
    return Contract.model_validate(given)


def rules(severity: str, count: int) -> list[dict[str, str]]:
    return [rule(f"{severity}_{number}", severity) for number in range(count)]


def rule(name: str, severity: str = "reject") -> dict[str, str]:
    return {"name": name, "field": "id", "check": "TRUE", "severity": severity, "description": "Always met."}


def test_each_severity_may_have_as_many_rules_as_its_verdict_has_bits() -> None:
    made = contract(*(each for severity in ("reject", "warn", "drop") for each in rules(severity, 60)))

    assert len(made.rules) == 3 * MAX_RULES_PER_SEVERITY


def test_too_many_rules_of_one_severity_are_refused() -> None:
    with pytest.raises(ValidationError, match="61 rules of severity warn, at most 60"):
        contract(*rules("warn", 61), rule("another"))


def test_a_name_that_two_rules_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="rules named twice: doubled"):
        contract(rule("doubled"), rule("doubled", "drop"))


def test_the_name_of_the_event_time_section_is_no_rules() -> None:
    with pytest.raises(ValidationError, match=EVENT_TIME_RULE):
        contract(rule(EVENT_TIME_RULE))


@pytest.mark.parametrize(
    "others",
    [
        {"dedup_ttl_hours": 0},
        {"dedup_ttl_hours": 1e-9},
        {"dedup_ttl_hours": float("inf")},
        {"dedup_ttl_hours": float("nan")},
        {"topic": {"name": "raw.visits", "retention_hours": 10**30}},
        {"topic": {"name": "raw.visits", "partitions": 10**9}},
        {"event_time": {"field": "at", "max_future_s": 2**31}},
        {"event_time": {"field": "at", "earliest": "0001-01-01T00:00:00+01:00"}},
        {"index": {"pattern": "events-visits-{at|dd}"}},
        {"index": {"pattern": "events-visits-{at|MM}"}},
        {"index": {"pattern": "events-visits-{at|yyyy.dd}"}},
        {"index": {"pattern": "events-visits-{at|...}"}},
        {"index": {"pattern": "events-visits-{at|yyyyMMMM}"}},
        {"silver": {"version": 0}},
        {"silver": {"version": 1.5}},
        {"silver": {"versoin": 2}},
        {"dataset": "dead_letter"},
        {"dataset": "default_database"},
        {"dataset": "x" * 101},
        {"enrich": [{"reference": "pages", "on": "page", "columns": []}]},
        {"enrich": [{"reference": "pages", "on": "page", "columns": ["name"], "prefix": "`"}]},
        {
            "privacy": [
                {"field": "ip", "method": method, "purpose": "x", "retention_days": 1} for method in ("hmac", "drop")
            ]
        },
    ],
)
def test_a_value_that_cannot_work_is_refused(others: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        contract(**others)


@pytest.mark.parametrize("name", ["createdAt", "CreatedAt", "created_at", "at2", "created2At"])
@pytest.mark.parametrize("period", ["yyyy", "yyyy.MM", "yyyy-MM-dd", "yyyyMMdd", "yyyy.MM.dd"])
def test_any_name_that_avro_allows_may_be_a_key_and_choose_the_index(name: str, period: str) -> None:
    pattern = f"events-visits-{{{name}|{period}}}"
    made = contract(index={"pattern": pattern}, topic={"name": "raw.visits", "key": name}, explode={"field": name})

    assert (made.index and made.index.pattern, made.topic.key, made.explode and made.explode.field) == (
        pattern,
        name,
        name,
    )


def test_a_description_of_several_lines_is_read_as_one() -> None:
    made = contract(rule("folded") | {"description": " Folded,\n\tand indented.\x00\n"})

    assert made.rules[0].description == "Folded, and indented."


def test_a_policy_for_unknown_fields_is_refused_where_nothing_reads_it() -> None:
    with pytest.raises(ValidationError, match=r"topic.unknown_fields counts for topics of JSON only"):
        contract(topic={"name": "raw.visits", "unknown_fields": "ignore"})


def test_records_are_avro_unless_the_contract_says_otherwise() -> None:
    assert not contract().is_json
    assert not contract().rescues


@pytest.mark.parametrize("key", [{"registered_by": "producers"}, {"subject": "visits"}])
def test_what_is_looked_up_in_the_registry_is_no_json(key: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=r"count for Avro only"):
        contract(topic={"name": "raw.visits", "format": "json", **key})


def test_reference_data_is_no_json() -> None:
    with pytest.raises(ValidationError, match="json is for streams"):
        contract(kind="reference", topic={"name": "ref.visits", "format": "json"})


def test_silver_is_of_the_version_that_the_contract_says() -> None:
    assert contract().silver_version == 1
    assert contract(silver={"version": 2}).silver_topic == "silver.visits.v2"
