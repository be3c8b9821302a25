"""Lag arithmetic, by job."""

from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.measure.lag import LagReader, behind
from tidegate.settings import Settings

RAW, SILVER = "raw.clicks", "silver.clicks"


WRITTEN = {(RAW, 0): 100, (RAW, 1): 50, (SILVER, 0): 80}
COMMITTED = {
    "refine": {RAW: {0: 104}},
    "lake": {RAW: {0: 100, 1: 50}, SILVER: {0: 70}},
    "index": {SILVER: {0: 80}},
}


class Offsets(OffsetReader):
    """A cluster without one: what is written, and what each job has committed."""

    def __init__(self, settings: Settings, *, timeout_s: float | None = None) -> None: ...

    def places(self, topics: Any) -> list[tuple[str, int]]:
        return [place for place in WRITTEN if place[0] in set(topics)]

    def written_ends(self, places: Any) -> dict[tuple[str, int], int]:
        return {place: WRITTEN[place] for place in places}

    def positions(self, job: str, dataset: str) -> dict[str, dict[int, int]]:
        return COMMITTED.get(job, {})


def test_each_jobs_lag_is_over_all_that_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.measure.lag.OffsetReader", Offsets)
    reader = LagReader(Settings(), load_stream(SCHEMAS, "clicks").contract)

    assert (reader.raw_ends(), reader.silver_ends()) == ({0: 100, 1: 50}, {0: 80})
    assert reader.lags({0: 110, 1: 53}, {0: 81}) == {"refine": 6 + 3, "lake": 10 + 3 + 11, "index": 1, "metrics": 81}


def test_only_the_jobs_that_are_asked_for_have_a_lag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.measure.lag.OffsetReader", Offsets)
    reader = LagReader(Settings(), load_stream(SCHEMAS, "clicks").contract, ["refine"])

    assert reader.lags({0: 104}, {0: 81}) == {"refine": 0}


def test_a_dataset_without_topics_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.measure.lag.OffsetReader", Offsets)
    with pytest.raises(TidegateError, match=r"no topic raw\.orders\. Create it"):
        LagReader(Settings(), load_stream(SCHEMAS, "orders").contract)


def test_a_partition_without_a_position_lags_by_all_it_has() -> None:
    assert behind({0: 10, 1: 7}, {1: 7}) == {0: 10, 1: 0}


def test_a_position_beyond_the_last_known_end_is_no_lag() -> None:
    assert behind({(RAW, 0): 10, (RAW, 1): 5}, {(RAW, 0): 12, (RAW, 1): 4}) == {(RAW, 0): 0, (RAW, 1): 1}
