"""What a letter says of its cause, and what of it is counted."""

from typing import Any

import numpy as np
import pytest

from tests.unit.monitor.test_outputs import DEAD_LETTER, LETTER, Registry, framed
from tidegate.clients.kafka_records import Batch
from tidegate.monitor.causes import UNREADABLE_CAUSE, Cause, Letters, letter_schemas, letters_of

VIOLATIONS = [
    {"rule": "price_positive", "field": "price", "message": "price is not negative"},
    {"rule": "known_type", "field": "type", "message": "type is known"},
]


def letters(*values: bytes) -> Letters:
    batch = Batch("dlq.clicks", np.zeros(len(values), np.int32), np.arange(len(values)), list(values))
    return letters_of(batch, letter_schemas(Registry().by_id))


def letter(**changes: Any) -> bytes:
    return framed(DEAD_LETTER, {**LETTER, **changes})


def test_the_first_rule_that_a_record_breaks_and_its_schema_are_part_of_the_cause() -> None:
    broken = {"stage": "rule", "error_code": "RULE_VIOLATED", "violations": VIOLATIONS}
    found = letters(
        letter(dead_letter_id="a" * 32, contract={"subject": "s", "schema_id": 12}),
        letter(dead_letter_id="b" * 32, **broken),
        letter(dead_letter_id="c" * 32, **broken, contract={"subject": "s", "schema_id": 12}),
    )
    assert found.causes == [
        Cause("decode", "TRUNCATED", "", "12"),
        Cause("rule", "RULE_VIOLATED", "price_positive", ""),
        Cause("rule", "RULE_VIOLATED", "price_positive", "12"),
    ]
    assert found.ids == ["a" * 32, "b" * 32, "c" * 32]


def test_the_rules_of_a_record_whose_time_is_not_believed_are_not_its_cause() -> None:
    value = letter(stage="contract", error_code="EVENT_TIME_OUT_OF_RANGE", violations=VIOLATIONS)
    assert letters(value).causes == [Cause("contract", "EVENT_TIME_OUT_OF_RANGE", "", "")]


def test_ids_that_nobody_gave_out_are_one_cause() -> None:
    values = [letter(error_code="UNKNOWN_SCHEMA", contract={"subject": "s", "schema_id": each}) for each in (1, 2)]
    assert set(letters(*values).causes) == {Cause("decode", "UNKNOWN_SCHEMA", "", "")}


@pytest.mark.parametrize("value", [b"", b"hello", framed(DEAD_LETTER, LETTER, 8), framed(DEAD_LETTER, LETTER)[:40]])
def test_what_no_job_wrote_has_a_cause_too(value: bytes) -> None:
    good = Cause("decode", "TRUNCATED", "", "")
    found = letters(letter(), value, letter())
    assert found.causes == [good, UNREADABLE_CAUSE, good]
    assert found.ids[1] == ""


def test_the_first_letter_of_each_cause_is_known() -> None:
    found = letters(*(letter(dead_letter_id=name * 32, stage=stage) for name, stage in ("ax", "bx", "cy")))
    assert found.firsts() == {
        Cause("x", "TRUNCATED", "", ""): "a" * 32,
        Cause("y", "TRUNCATED", "", ""): "c" * 32,
    }
