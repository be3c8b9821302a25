"""Examples are judged as records are."""

import duckdb
import pytest

from tests.unit.sql.in_duckdb import of_duckdb
from tests.unit.sql.visits import stream
from tidegate.contracts.examples import ARRIVAL, Accepted, Dropped, Expectation, Refused
from tidegate.sql.examples import expectation, masks_query

VISIT = {"id": "a", "visited_at": ARRIVAL, "visitor": "ann", "page": "/home", "plan": "free", "seconds": 5}
ACCEPTED = Accepted(verdict="silver")


def refused(code: str, *violations: str) -> Expectation:
    return Refused.model_validate({"verdict": "dead_letter", "error_code": code, "violations": violations})


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, ACCEPTED),
        ({"plan": None}, ACCEPTED),
        ({"seconds": 3601}, Accepted(verdict="silver", warnings=("not_too_long",))),
        ({"seconds": -1, "page": "home"}, refused("RULE_VIOLATED", "known_length", "page_is_a_path")),
        ({"visited_at": ARRIVAL.replace(year=2019)}, refused("EVENT_TIME_OUT_OF_RANGE", "event_time_in_range")),
        ({"page": "/robots.txt"}, Dropped(verdict="dropped", violations=("no_robots",))),
        ({"page": "/health", "seconds": -1}, refused("RULE_VIOLATED", "known_length")),
    ],
    ids=["accepted", "null", "warned", "refused", "out of range", "dropped", "refused before dropped"],
)
def test_an_example_gets_the_verdict_of_its_record(record: dict[str, object], expected: Expectation) -> None:
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'UTC'")

    rows = duck.execute(of_duckdb(masks_query(stream(), [VISIT, VISIT | record]))).fetchall()

    position, *masks = max(rows)
    assert position == 1
    assert expectation(stream().contract, *masks) == expected
