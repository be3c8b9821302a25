"""What a word on the command line means."""

import pytest

from tidegate.errors import TidegateError
from tidegate.lake_care.choose import chosen_tables, only_table

TABLES = [
    "bronze.clicks",
    "bronze.dead_letters",
    "files.clicks_v2_verdicts",
    "files.versions",
    "gold.clicks_per_minute_changes",
    "replays.clicks__20261121t101500_1a2b",
    "silver.clicks",
    "silver.clicks_v2",
]


def test_nothing_means_all() -> None:
    assert chosen_tables(TABLES[::-1], None) == TABLES


def test_a_table_is_meant_by_its_whole_name() -> None:
    assert chosen_tables(TABLES, "silver.clicks") == ["silver.clicks"]
    assert only_table(TABLES, "silver.clicks") == "silver.clicks"


def test_a_dataset_has_its_layers_its_metrics_and_what_replays_left_and_nothing_of_one_that_is_called_alike() -> None:
    assert chosen_tables(TABLES, "clicks") == [
        "bronze.clicks",
        "gold.clicks_per_minute_changes",
        "replays.clicks__20261121t101500_1a2b",
        "silver.clicks",
    ]
    assert chosen_tables(TABLES, "clicks_v2") == ["files.clicks_v2_verdicts", "silver.clicks_v2"]


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(TidegateError, match="no table or dataset orders"):
        chosen_tables(TABLES, "orders")
    with pytest.raises(TidegateError, match="no table clicks"):
        only_table(TABLES, "clicks")
