from typing import Any

import pytest

from tests.unit.redrive.records import CLICKS
from tidegate.dead_letters.ledger import Place
from tidegate.redrive.verdicts import MEANINGS, Row, Verdict, rows_of, verdict_of

ELSEWHERE = Place("raw.clicks", 3, 4711)


def letter(offset: int, code: str, stage: str = "rule", **fields: Any) -> dict[str, Any]:
    found = {"error_code": code, "stage": stage, "error_message": "why", "violations": [], "source": {"offset": offset}}
    return found | fields


def test_rows_are_told_by_the_offset_of_their_record() -> None:
    violations = [{"rule": "r", "message": "r is not met"}, {"rule": "s", "message": "nor s"}]
    rows = rows_of(
        CLICKS,
        {
            "silver": [{"_source_offset": 0, "event_time": "2026-11-29T09:00:00.250Z"}],
            "dead_letters": [letter(1, "RULE_VIOLATED", violations=violations), letter(2, "NOT_JSON", "decode")],
            "dropped": [{"source_offset": 3, "rule": "no_heartbeats"}],
        },
    )

    assert rows[0] == Row(silver=True, event_time_ms=1_795_942_800_250)
    assert (rows[1].code, rows[1].message) == ("RULE_VIOLATED", "r: r is not met; s: nor s")
    assert (rows[2].stage, rows[2].message) == ("decode", "why")
    assert rows[3].rule == "no_heartbeats"
    assert 4 not in rows


@pytest.mark.parametrize(
    ("row", "in_silver", "expected"),
    [
        (Row(silver=True), None, (Verdict.PASSES, "")),
        (Row(silver=True), ELSEWHERE, (Verdict.DUPLICATE, "of silver")),
        (Row(), ELSEWHERE, (Verdict.DUPLICATE, "of silver")),
        (Row(), None, (Verdict.DUPLICATE, "of this plan")),
        (Row(rule="no_heartbeats"), ELSEWHERE, (Verdict.DROPPED, "no_heartbeats")),
        (Row(stage="rule", code="RULE_VIOLATED"), ELSEWHERE, (Verdict.FAILS, "rule RULE_VIOLATED")),
        (
            Row(stage="contract", code="EVENT_TIME_OUT_OF_RANGE"),
            None,
            (Verdict.OUT_OF_WINDOW, "contract EVENT_TIME_OUT_OF_RANGE"),
        ),
        (Row(stage="decode", code="RECORD_TOO_LARGE"), None, (Verdict.TOO_LARGE, "decode RECORD_TOO_LARGE")),
        (
            Row(silver=True, stage="transform", code="TRANSFORM_FAILED"),
            None,
            (Verdict.FAILS, "transform TRANSFORM_FAILED"),
        ),
    ],
)
def test_a_record_has_one_verdict(row: Row, in_silver: Place | None, expected: tuple[Verdict, str]) -> None:
    assert verdict_of(row, in_silver, None)[:2] == expected


def test_a_duplicate_names_what_it_repeats() -> None:
    assert verdict_of(Row(), ELSEWHERE, None)[2] == "its identity is in silver, from raw.clicks/3/4711"
    assert (
        verdict_of(Row(), None, Place("raw.clicks", 0, 7))[2]
        == "its identity is that of raw.clicks/0/7, of this plan too"
    )


def test_every_verdict_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Verdict)
