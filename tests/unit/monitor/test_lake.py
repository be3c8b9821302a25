"""Files of a table, from its metadata."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tidegate.clients import lake_contents
from tidegate.clients.lake_contents import ListedFile
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


class Table:
    """A table of some partitions, each with files of so many bytes; counts how often its manifests were read."""

    def __init__(self, snapshot: Snapshot | None, sizes: dict[str, list[int]]) -> None:
        self.snapshot = snapshot
        self.sizes = sizes
        self.inspected = 0

    def current_snapshot(self) -> Snapshot | None:
        return self.snapshot


@pytest.fixture(autouse=True)
def _manifests(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(table: Table, snapshot_id: int) -> list[ListedFile]:
        assert table.snapshot is not None and table.snapshot.snapshot_id == snapshot_id
        table.inspected += 1
        files = [ListedFile("f", part, size, 1) for part, sizes in table.sizes.items() for size in sizes]
        return [*files, ListedFile("deletes", "day=1", 1, 1, is_delete=True)]

    monkeypatch.setattr(lake_contents, "current_files", read)


def test_a_table_is_told_by_its_fullest_partition_and_the_average() -> None:
    facts = table_facts(Table(Snapshot(), {"day=1": [900], "day=2": [10, 30, 20]}), Snapshot())
    assert (facts.rows, facts.files, facts.partition_files_max, facts.partition_files_avg) == (30, 7, 3, 2.0)
    assert facts.partition_file_bytes == 20, "a large file elsewhere makes none of these larger"
    assert facts.committed_s == 5.0


def test_an_empty_table_has_no_files() -> None:
    facts = table_facts(Table(Snapshot(), {}), Snapshot())
    assert (facts.partition_files_max, facts.partition_files_avg, facts.partition_file_bytes) == (0, 0.0, None)


def test_what_a_snapshot_does_not_say_is_not_told_as_0() -> None:
    facts = table_facts(Table(Snapshot(), {"day=1": [1]}), Snapshot(summary={"total-records": "30"}))
    told = {sample.metric for sample in samples("clicks", "bronze.clicks", facts)}
    assert LAKE_ROWS in told and LAKE_FILES not in told


def test_a_table_that_can_not_be_read_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Table):
        def current_snapshot(self) -> Snapshot | None:
            raise FileNotFoundError("its metadata")

    tables: dict[str, Table | None] = {
        "bronze.clicks": Broken(Snapshot(), {}),
        "silver.clicks": Table(Snapshot(), {"day=1": [1]}),
    }
    monkeypatch.setattr(lake, "open_catalog", lambda settings: tables)
    monkeypatch.setattr(lake, "find_table", lambda catalog, name: catalog[name])
    told: list[Any] = []
    with pytest.raises(TransientError):
        told.extend(LakeReader(Settings(), ["clicks"], 5).read())
    assert {sample.labels[1] for sample in told} == {"silver.clicks"}


def test_manifests_are_read_again_for_a_new_snapshot_only(monkeypatch: pytest.MonkeyPatch) -> None:
    tables: dict[str, Table | None] = {
        "bronze.clicks": Table(Snapshot(), {"day=1": [1]}),
        "silver.clicks": Table(None, {}),
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
    bronze.snapshot, bronze.sizes = Snapshot(2, 9_000), {"day=1": [1], "day=2": [4, 2, 9]}
    found = read()
    assert bronze.inspected == 2
    assert found["tidegate_lake_partition_files_max"] == ("clicks", "bronze.clicks", 3)
    assert found["tidegate_lake_partition_file_bytes_median"] == ("clicks", "bronze.clicks", 4)
    assert found["tidegate_lake_commit_age_seconds"] == ("clicks", "bronze.clicks", Since(9.0))
