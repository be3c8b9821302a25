"""Files of a table, from its metadata."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tidegate.errors import TransientError
from tidegate.metric_names import LAKE_FILES, LAKE_ROWS
from tidegate.monitor import lake
from tidegate.monitor.lake import LakeReader, samples, table_facts
from tidegate.monitor.reading import Since
from tidegate.settings import Settings


@dataclass
class Snapshot:
    snapshot_id: int = 1
    timestamp_ms: int = 5_000
    summary: dict[str, str] = field(default_factory=lambda: {"total-records": "30", "total-data-files": "7"})


class Column:
    def __init__(self, counts: list[int]) -> None:
        self._counts = counts

    def to_pylist(self) -> list[int]:
        return self._counts


class Table:
    """A table of two partitions; counts how often its manifests were read."""

    def __init__(self, snapshot: Snapshot | None, counts: list[int]) -> None:
        self.snapshot = snapshot
        self.counts = counts
        self.inspected = 0

    @property
    def inspect(self) -> "Table":
        return self

    def current_snapshot(self) -> Snapshot | None:
        return self.snapshot

    def partitions(self) -> "Table":
        self.inspected += 1
        return self

    def column(self, name: str) -> Column:
        assert name == "file_count"
        return Column(self.counts)


def test_a_table_is_told_by_its_fullest_partition_and_the_average() -> None:
    facts = table_facts(Table(Snapshot(), [5, 2]), Snapshot())
    assert (facts.rows, facts.files, facts.partition_files_max, facts.partition_files_avg) == (30, 7, 5, 3.5)
    assert facts.committed_s == 5.0


def test_an_empty_table_has_no_files() -> None:
    facts = table_facts(Table(Snapshot(), []), Snapshot())
    assert (facts.partition_files_max, facts.partition_files_avg) == (0, 0.0)


def test_what_a_snapshot_does_not_say_is_not_told_as_0() -> None:
    facts = table_facts(Table(Snapshot(), [1]), Snapshot(summary={"total-records": "30"}))
    told = {sample.metric for sample in samples("clicks", "bronze.clicks", facts)}
    assert LAKE_ROWS in told and LAKE_FILES not in told


def test_a_table_that_can_not_be_read_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Table):
        def current_snapshot(self) -> Snapshot | None:
            raise FileNotFoundError("its metadata")

    tables: dict[str, Table | None] = {
        "bronze.clicks": Broken(Snapshot(), []),
        "silver.clicks": Table(Snapshot(), [1]),
    }
    monkeypatch.setattr(lake, "open_catalog", lambda settings: tables)
    monkeypatch.setattr(lake, "find_table", lambda catalog, name: catalog[name])
    told: list[Any] = []
    with pytest.raises(TransientError):
        told.extend(LakeReader(Settings(), ["clicks"], 5).read())
    assert {sample.labels[1] for sample in told} == {"silver.clicks"}


def test_manifests_are_read_again_for_a_new_snapshot_only(monkeypatch: pytest.MonkeyPatch) -> None:
    tables: dict[str, Table | None] = {
        "bronze.clicks": Table(Snapshot(), [1]),
        "silver.clicks": Table(None, []),
        "bronze.orders": None,
        "silver.orders": None,
    }
    monkeypatch.setattr(lake, "open_catalog", lambda settings: tables)
    monkeypatch.setattr(lake, "find_table", lambda catalog, name: catalog[name])
    reader = LakeReader(Settings(), ["clicks", "orders"], 5)
    bronze = tables["bronze.clicks"]
    assert bronze is not None

    def read() -> dict[str, Any]:
        return {sample.metric.name: (*sample.labels, sample.value) for sample in reader.read()}

    assert read() == read()
    assert bronze.inspected == 1
    bronze.snapshot, bronze.counts = Snapshot(2, 9_000), [1, 3]
    found = read()
    assert bronze.inspected == 2
    assert found["tidegate_lake_partition_files_max"] == ("clicks", "bronze.clicks", 3)
    assert found["tidegate_lake_commit_age_seconds"] == ("clicks", "bronze.clicks", Since(9.0))
