"""What a recomputation says to its job; its SQL is in golden/recompute."""

from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.sql.make_golden import golden_settings
from tidegate.contracts.load import load_stream
from tidegate.jobs.platform import platform_of
from tidegate.sql import recompute
from tidegate.sql.recompute import Recomputation


@pytest.mark.parametrize(
    "which",
    [
        {"offsets": {0: (1, 2, 5), 1: ()}},
        {"ranges": {0: (1, 6), 1: (0, 0)}},
        {"ranges": {0: (1, 6), 1: (0, 0)}, "from_bronze": True},
    ],
)
def test_it_comes_back_from_its_file_as_it_was(which: dict[str, Any]) -> None:
    asked = Recomputation.of("clicks", "20260102t030405", **which)

    assert Recomputation.from_json(asked.to_json()) == asked
    assert asked.scope.spans == {0: (1, 6), 1: (0, 0)}
    assert asked.table == "recomputed.clicks__20260102t030405"
    assert asked.scope.from_bronze == which.get("from_bronze", False)


@pytest.mark.parametrize("some", [{"ranges": {0: (1, 6)}}, {"offsets": {0: (1, 2, 5)}}])
def test_bronze_is_refined_by_the_same_sql_from_another_source(some: dict[str, Any]) -> None:
    clicks = load_stream(SCHEMAS, "clicks")
    platform = platform_of(clicks, golden_settings())
    raw, bronze = (
        recompute.job_sql(clicks, platform, Recomputation.of("clicks", "token", **some, from_bronze=from_bronze))
        for from_bronze in (False, True)
    )

    differing = [each for each in bronze.definitions if each not in raw.definitions]
    assert [each.name for each in differing] == ["raw_records"]
    assert "'connector' = 'bronze'" in differing[0].sql and "'spans' = '0:1-6'" in differing[0].sql
    assert (raw.inserts, len(raw.definitions)) == (bronze.inserts, len(bronze.definitions))
