"""What a contract may say: its rules are as many as a verdict has bits, and no name is there twice."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.contracts.model import EVENT_TIME_RULE, MAX_RULES_PER_SEVERITY, Contract


def contract(*rules: dict[str, str]) -> Contract:
    given: dict[str, Any] = {
        "dataset": "visits",
        "owner": "web",
        "description": "Visits.",
        "topic": {"name": "raw.visits"},
        "event_time": {"field": "at"},
        "identity": ["id"],
        "rules": list(rules),
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
