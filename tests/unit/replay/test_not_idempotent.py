"""SQL that gives another answer each time is found, and nothing that only looks like it."""

from dataclasses import replace

import pytest

from tests.unit.sql.visits import stream
from tidegate.replay.not_idempotent import not_idempotent


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select current_timestamp as t from validated", ["refine.sql uses CURRENT_TIMESTAMP"]),
        ("select Now() as t, uuid () as u from validated", ["refine.sql uses NOW", "refine.sql uses UUID"]),
        ("select rand(5) as r from validated", ["refine.sql uses RAND"]),
        ("select uuid, now, rand_seed from validated", []),
        ("select 'now()' as t -- uuid()\nfrom validated /* rand() */", []),
    ],
)
def test_functions_of_the_clock_and_of_chance_are_named(sql: str, found: list[str]) -> None:
    assert not_idempotent(replace(stream(), refine_sql=sql)) == found
